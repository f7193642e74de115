import { setTimeout as sleep } from 'node:timers/promises'
import { withDeadline } from '../outbox/deadline.ts'
import type { ChatDeps } from './ports.ts'
import { renderNotice } from './render/notice.ts'
import type { ChatRef, Transport } from './transport.ts'

/** Says something at once and without the database, when nothing can be stored any more. */
export type Alarm = (text: string) => Promise<void>

const TRIES = 5
const PAUSE_MS = 1_000
const TIMEOUT_MS = 30_000

/** Makes it; `stopping` ends the tries. */
export function createAlarm({ chats, log }: ChatDeps, transport: Transport, stopping: AbortSignal): Alarm {
  // What is under way at the end may still get through.
  const never = new AbortController().signal
  const send = async (chatId: ChatRef, text: string) => {
    const what = { message: renderNotice(text, { mark: '⚠️' }) }
    for (let tries = 1; ; tries++) {
      try {
        await withDeadline(never, TIMEOUT_MS, (signal) => transport.send(chatId, what, 'plain', signal))
        return
      } catch (error) {
        log.warn({ chatId }, `Could not send an alarm: ${String(error)}`)
        if (tries === TRIES || stopping.aborted) return
        await sleep(PAUSE_MS * tries, undefined, { ref: false })
      }
    }
  }
  return async (text) => {
    await Promise.all(chats.map((chatId) => send(chatId, text)))
  }
}
