import type { Reply } from '../core/inputs.ts'
import type { Store } from '../store/store.ts'
import type { LiveBoard } from './activity-feed.ts'
import type { CommandRequest } from './command-request.ts'
import type { Dispatcher } from './dispatch.ts'
import type { Face } from './face.ts'
import type { Followers } from './follow.ts'
import type { Reached } from './points.ts'
import type { Views } from './views.ts'

/** The key stands for another request already, so nothing is done. */
export const KEY_REUSED: Reply = {
  ok: false,
  code: 'key-reused',
  text: 'This key was already used for another request; a new request needs its own key.',
}

/** The face inside the process that works. */
export function createLocalFace(ports: {
  store: Store<CommandRequest>
  dispatchers: ReadonlyMap<string, Dispatcher>
  boards: ReadonlyMap<string, LiveBoard>
  views: Views
  followers: Followers
  now: () => number
  newId: () => string
  reached: Reached
}): Face {
  const { store, dispatchers } = ports
  return {
    view: ports.views,
    follow: ports.followers.follow,
    onLive: (listener) => {
      const offs = [...ports.boards].map(([queue, board]) => board.onLive((lives) => listener(lives, queue)))
      return () => {
        for (const off of offs) off()
      }
    },
    async submit(
      command,
      by,
      { key = `local:${ports.newId()}`, queue = ports.views.queues()[0] ?? 'main', about } = {},
    ): Promise<Reply> {
      const dispatcher = dispatchers.get(queue)
      if (!dispatcher) return { ok: false, code: 'not-possible', text: `There is no project ${queue}.` }
      try {
        const receivedAt = ports.now()
        store.inbox.put({ key, queue, content: { command, by }, receivedAt, ...(about !== undefined && { about }) })
        if (store.inbox.isOther(key, about)) return KEY_REUSED
      } catch (error) {
        // Nothing is accepted that is not stored.
        const text = error instanceof Error ? error.message : String(error)
        return { ok: false, code: 'not-possible', text: `This could not be stored, so it was not done: ${text}` }
      }
      ports.reached('stored')
      await dispatcher.drain()
      const reply = store.inbox.reply(key)
      return (
        reply ?? {
          ok: false,
          code: 'not-possible',
          text: 'Stored; it will be done as soon as the disk can be written again.',
        }
      )
    },
  }
}
