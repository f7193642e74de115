import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { readPlainSync } from '../../files/plain.ts'
import { writePrivate } from '../../files/private.ts'
import type { PlacesThere } from './asked-elsewhere.ts'
import type { Subscription } from './subscription.ts'

/** What is remembered of push messages. */
export interface PushMemory {
  /** Who we are to push services; browsers subscribe to exactly this key. */
  vapid?: { publicKey: string; privateKey: string }
  subscriptions: Subscription[]
  /** Place of the newest event that was sent. */
  place?: number
  /** The same of each other machine. */
  elsewhere?: PlacesThere
}

/** In a file of the state folder that only the user can read. */
export function createPushMemory(stateDir: string): { read: () => PushMemory; write: (kept: PushMemory) => void } {
  const path = join(stateDir, 'push.json')
  let kept: PushMemory | undefined
  return {
    read() {
      kept ??= existsSync(path) ? remembered(readPlainSync(path).toString('utf8'), path) : { subscriptions: [] }
      return kept
    },
    write(next) {
      writePrivate(path, `${JSON.stringify(next, undefined, 2)}\n`)
      kept = next
    },
  }
}

/** Only Baton writes the file, and checks what browsers send before; zod would cost an idle daemon ten megabytes. */
function remembered(text: string, path: string): PushMemory {
  const found = JSON.parse(text) as Partial<PushMemory> | null
  const { subscriptions = [], ...rest } = found ?? {}
  if (!Array.isArray(subscriptions))
    throw new Error(`${path}: "subscriptions" is not a list. Remove the file to start over.`)
  return { ...rest, subscriptions }
}
