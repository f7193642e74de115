import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Reply } from '../core/inputs.ts'
import { DATABASE_FILE } from '../store/open.ts'
import { type Holder, isLocked } from '../store/lock.ts'
import { openStore } from '../store/store.ts'
import { localDay } from './dispatch.ts'
import { createFollowers } from './follow.ts'
import type { Remote } from './runner-types.ts'
import { createViews, type Live } from './views.ts'
import type { Wished } from './wishes.ts'

const LOOK_MS = 50
const REPLY_MS = 10_000

/** True when there is a state to look at: nothing is created just by looking. */
export function hasState(stateDir: string): boolean {
  return existsSync(join(stateDir, DATABASE_FILE))
}

/** Opens a state folder from a process that does not work on it. Throws StoreError. */
export function openRemote({ stateDir, queues, now, newId }: { stateDir: string; queues: string[]; now: () => number; newId: () => string }): Remote {
  const store = openStore<Wished>(stateDir)
  const { read } = store
  const holder = () => (isLocked(stateDir) ? read.meta<Holder>('runner') : undefined)
  const live = (queue: string) => read.meta<Live>(`live:${queue}`) ?? undefined
  const followers = createFollowers(read, () => undefined)
  const liveListeners = new Set<(live: Live | undefined, queue: string) => void>()
  let version = read.dataVersion()
  const timer = setInterval(() => {
    const current = read.dataVersion()
    if (current === version) return
    version = current
    followers.notify()
    for (const queue of queues) for (const listener of liveListeners) listener(live(queue), queue)
  }, LOOK_MS)
  timer.unref()

  return {
    holder,
    close() {
      clearInterval(timer)
      store.close()
    },
    face: {
      view: createViews({ read, queues, now, localDay, runner: holder, live }),
      follow: followers.follow,
      onLive: (listener) => {
        liveListeners.add(listener)
        return () => liveListeners.delete(listener)
      },
      async act(wish, by, { key = `local:${newId()}`, queue = queues[0] ?? 'main' } = {}): Promise<Reply> {
        store.inbox.put({ key, queue, content: { wish, by }, receivedAt: now() })
        for (let waitedMs = 0; waitedMs < REPLY_MS; waitedMs += LOOK_MS) {
          const reply = store.inbox.reply(key)
          if (reply) return reply
          await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
        }
        return { ok: true, text: 'Stored; nobody has taken it up yet.' }
      },
    },
  }
}
