import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Reply } from '../../core/inputs.ts'
import { notPossible } from '../../core/reply.ts'
import { type Holder, isLocked } from '../../store/lock.ts'
import { DATABASE_FILE } from '../../store/open.ts'
import { openStore } from '../../store/store.ts'
import { localDay } from '../../text/times.ts'
import type { CrossProcessApi } from '../runner-types.ts'
import { watchCommits } from '../upkeep/commit-watcher.ts'
import type { CommandRequest } from './command-request.ts'
import { createFollowers } from './event-followers.ts'
import { KEY_REUSED } from './in-process-api.ts'
import { createViews, type Live } from './views.ts'

const LOOK_MS = 50
/** How long a command may wait while somebody holds the lock, and while nobody does. */
const REPLY_MS = 30_000
const NOBODY_MS = 2_000

/** True when there is a state to look at: nothing is created just by looking. */
export function hasState(stateDir: string): boolean {
  return existsSync(join(stateDir, DATABASE_FILE))
}

/** Opens a state folder from a process that does not work on it; undefined when there is none yet. Throws StoreError. */
export function openCrossProcessApi({ stateDir, queues, now, newId }: CrossProcessPorts): CrossProcessApi | undefined {
  if (!hasState(stateDir)) return undefined
  const store = openStore<CommandRequest>(stateDir)
  const { read } = store
  const holder = () => (isLocked(stateDir) ? read.meta<Holder>('runner') : undefined)
  const live = (queue: string) => read.meta<Live[]>(`live:${queue}`) ?? []
  const followers = createFollowers(read, () => undefined)
  const liveListeners = new Set<(lives: Live[], queue: string) => void>()
  let unwatch: (() => void) | undefined
  const watch = () => {
    unwatch ??= watchCommits(read, stateDir, () => {
      followers.notify()
      for (const queue of queues) for (const listener of liveListeners) listener(live(queue), queue)
    })
  }

  return {
    holder,
    close() {
      unwatch?.()
      followers.close()
      liveListeners.clear()
      store.close()
    },
    api: {
      view: createViews({ read, queues, now, localDay, runner: holder, live }),
      follow(listener, after) {
        watch()
        return followers.follow(listener, after)
      },
      onLive(listener) {
        watch()
        liveListeners.add(listener)
        return () => liveListeners.delete(listener)
      },
      async submit(command, by, { key = `local:${newId()}`, queue = queues[0] ?? 'main', about } = {}): Promise<Reply> {
        store.inbox.put({
          key,
          queue,
          content: { command, by },
          receivedAt: now(),
          ...(about !== undefined && { about }),
        })
        if (store.inbox.isOther(key, about)) return KEY_REUSED
        for (let waitedMs = 0, aloneMs = 0; waitedMs < REPLY_MS && aloneMs < NOBODY_MS; waitedMs += LOOK_MS) {
          const reply = store.inbox.reply(key)
          if (reply) return reply
          aloneMs = waitedMs % 500 === 0 && !isLocked(stateDir) ? aloneMs + 500 : aloneMs
          await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
        }
        return notPossible('Stored, but nothing has picked it up yet: it will be done when Baton runs again.')
      },
    },
  }
}

/** What a look from outside needs. */
export interface CrossProcessPorts {
  stateDir: string
  /** Names of the projects; the first one is used when none is named. */
  queues: string[]
  now: () => number
  newId: () => string
}
