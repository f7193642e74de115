import type { Reply } from '../../core/inputs.ts'
import { notPossible } from '../../core/reply.ts'
import type { Store } from '../../store/store.ts'
import type { ActivityFeed } from '../attempt/activity-feed.ts'
import type { PassCrashPoint } from '../crash-points.ts'
import type { Dispatcher } from '../queue/dispatcher.ts'
import type { DaemonApi } from './api.ts'
import type { CommandRequest } from './command-request.ts'
import type { Followers } from './event-followers.ts'
import type { Views } from './views.ts'

/** The key was already used for another request, so nothing is done. */
export const KEY_REUSED: Reply = {
  ok: false,
  code: 'key-reused',
  text: 'This key was already used for another request; a new request needs its own key.',
}

/** The API inside the process that runs the tasks. */
export function createInProcessApi(ports: {
  store: Store<CommandRequest>
  dispatchers: ReadonlyMap<string, Dispatcher>
  feeds: ReadonlyMap<string, ActivityFeed>
  views: Views
  followers: Followers
  now: () => number
  newId: () => string
  reached: PassCrashPoint
}): DaemonApi {
  const { store, dispatchers } = ports
  return {
    view: ports.views,
    follow: ports.followers.follow,
    onLive: (listener) => {
      const offs = [...ports.feeds].map(([queue, feed]) => feed.onLive((lives) => listener(lives, queue)))
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
      if (!dispatcher) return notPossible(`There is no project ${queue}.`)
      try {
        const receivedAt = ports.now()
        store.inbox.put({ key, queue, content: { command, by }, receivedAt, ...(about !== undefined && { about }) })
        if (store.inbox.isOther(key, about)) return KEY_REUSED
      } catch (error) {
        // Nothing is accepted that is not stored.
        const text = error instanceof Error ? error.message : String(error)
        return notPossible(`This could not be stored, so it was not done: ${text}`)
      }
      ports.reached('stored')
      await dispatcher.drain()
      const reply = store.inbox.reply(key)
      return reply ?? notPossible('Stored; it will be done as soon as the disk can be written again.')
    },
  }
}
