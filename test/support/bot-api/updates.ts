import { ApiError } from './errors.ts'

/** Updates wait at most this long. */
const EXPIRE_AFTER_MS = 24 * 3600_000
const MAX_TIMEOUT_S = 50

export interface Update {
  update_id: number
  [kind: string]: unknown
}

interface Waiting {
  respond: (updates: Update[]) => void
  fail: (error: ApiError) => void
  offset: number
  limit: number
  timer: NodeJS.Timeout
}

export interface UpdateQueue {
  /** Adds an update and wakes a waiting poll. */
  push: (update: Record<string, unknown>) => number
  /** One getUpdates; resolves when there is something or the time is over. `signal`: the client went away. */
  get: (query: { offset: number; limit: number; timeoutS: number }, signal: AbortSignal) => Promise<Update[]>
  /** Ends a waiting poll with 409. */
  conflict: (words: string) => void
  /** Whether somebody polls at the moment, and waits. */
  isPolled: () => boolean
  clear: () => void
  /** Ids start somewhere else, as after a quiet week. */
  jump: (nextId: number) => void
  /** Every update ever pushed, whatever became of it. */
  all: () => Update[]
  /** Not yet confirmed by an offset, and not expired. */
  unconfirmed: () => Update[]
  /** How often each update was handed out. */
  timesDelivered: (updateId: number) => number
}

/** The queue behind getUpdates. `now` in epoch milliseconds, for the expiry only. */
export function createUpdateQueue(now: () => number, firstId: number): UpdateQueue {
  const all: Update[] = []
  const delivered = new Map<number, number>()
  let pending: { update: Update; expiresAt: number }[] = []
  let nextId = firstId
  let waiting: Waiting | undefined

  const expire = () => {
    pending = pending.filter((entry) => entry.expiresAt > now())
  }
  const take = (offset: number, limit: number): Update[] => {
    expire()
    if (offset < 0) {
      pending = pending.slice(Math.max(0, pending.length + offset))
    } else if (offset > 0 && offset <= nextId + 10) {
      pending = pending.filter((entry) => entry.update.update_id >= offset)
    }
    // An offset from the future is ignored: everything there is comes back and nothing is confirmed.
    const updates = pending.slice(0, limit).map((entry) => entry.update)
    for (const { update_id } of updates) delivered.set(update_id, (delivered.get(update_id) ?? 0) + 1)
    return updates
  }
  const release = () => {
    const poll = waiting
    waiting = undefined
    if (poll) clearTimeout(poll.timer)
    return poll
  }
  const conflict = (words: string) => {
    release()?.fail(new ApiError(409, `Conflict: ${words}`))
  }

  return {
    push: (fields) => {
      const update = { update_id: nextId++, ...fields }
      all.push(update)
      pending.push({ update, expiresAt: now() + EXPIRE_AFTER_MS })
      // One that is handed out again comes before the newer ones.
      pending.sort((a, b) => a.update.update_id - b.update.update_id)
      const poll = release()
      if (poll) poll.respond(take(poll.offset, poll.limit))
      return update.update_id
    },
    get: ({ offset, limit, timeoutS }, signal) => {
      const updates = take(offset, limit)
      if (updates.length > 0 || timeoutS <= 0) return Promise.resolve(updates)
      conflict('terminated by other getUpdates request; make sure that only one bot instance is running')
      return new Promise((respond, fail) => {
        const timer = setTimeout(
          () => release()?.respond(take(offset, limit)),
          Math.min(timeoutS, MAX_TIMEOUT_S) * 1000,
        )
        const poll: Waiting = { respond, fail, offset, limit, timer }
        waiting = poll
        signal.addEventListener('abort', () => {
          if (waiting === poll) release()?.respond([])
        })
      })
    },
    conflict,
    isPolled: () => waiting !== undefined,
    clear: () => {
      pending = []
    },
    jump: (id) => {
      nextId = id
    },
    all: () => all,
    unconfirmed: () => {
      expire()
      return pending.map((entry) => entry.update)
    },
    timesDelivered: (id) => delivered.get(id) ?? 0,
  }
}
