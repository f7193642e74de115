import type { Crossing } from './postgres/crossing.ts'
import { type HappenedThere, MOST_EVENTS, MOST_READ } from './postgres/events.ts'

/** The events of this machine, for the others. */
export interface OwnEvents {
  lastSeq: () => number
  /** Each event after a place, without secrets, until the returned function is called. */
  follow: (listener: (seq: number, json: string) => void, after: number) => () => void
}

/** Hears events of the others; `isBacklog`: they happened before it was followed. */
export type HearEvents = (events: readonly HappenedThere[], isBacklog: boolean) => void

/** Events between this machine and the others. */
export interface EventsBetween {
  /** Takes what is new, for the others; gives how they are told, which says whether there was anything. */
  take: (at: Crossing, own: OwnEvents) => Promise<() => Promise<boolean>>
  /** Reads what is new there; gives how whoever follows here is told. */
  read: (at: Crossing) => Promise<() => void>
  follow: (listener: HearEvents) => () => void
  stop: () => void
}

const FORGET_MS = 10 * 60_000

/** Makes it; it costs nothing before there is another machine, and reads nothing before somebody follows. */
export function createEventsBetween(): EventsBetween {
  const pending: { seq: number; json: string }[] = []
  let unfollow: (() => void) | undefined
  let forgotAt: number | undefined
  const listeners = new Set<HearEvents>()
  /** They have not heard yet what there is. */
  const fresh = new Set<HearEvents>()
  let places = new Map<string, number>()

  const begin = async (at: Crossing, own: OwnEvents) => {
    const newest = await at.events.newest()
    const last = own.lastSeq()
    unfollow = own.follow(
      (seq, json) => {
        pending.push({ seq, json })
        if (pending.length > MOST_EVENTS) pending.shift()
      },
      Math.max(newest ?? last, last - MOST_EVENTS),
    )
  }
  const readAll = async (at: Crossing, from: ReadonlyMap<string, number>) => {
    const found: HappenedThere[] = []
    const reached = new Map(from)
    for (let isMore = true; isMore; ) {
      const some = await at.events.after(reached)
      for (const { machine, place } of some) reached.set(machine, place)
      found.push(...some)
      isMore = some.length === MOST_READ
    }
    return { found, reached }
  }

  return {
    async take(at, own) {
      if (!unfollow) await begin(at, own)
      const now = performance.now()
      if (forgotAt === undefined || now - forgotAt > FORGET_MS) {
        forgotAt = now
        await at.events.forget()
      }
      const sent = [...pending]
      return async () => {
        if (sent.length === 0) return false
        await at.events.publish(sent)
        const last = sent.at(-1)?.seq ?? 0
        while (pending[0] && pending[0].seq <= last) pending.shift()
        return true
      }
    },
    async read(at) {
      if (listeners.size === 0) return () => undefined
      const isBacklog = fresh.size > 0
      // Whoever is new hears all that is remembered; it is the same for all, and each keeps its own place.
      const { found, reached } = await readAll(at, isBacklog ? new Map() : places)
      return () => {
        const known = places
        places = reached
        for (const listener of [...listeners]) {
          const isNew = fresh.has(listener)
          // One that came meanwhile hears everything at the next look.
          if (isNew && !isBacklog) continue
          fresh.delete(listener)
          const unheard = isNew ? found : found.filter(({ machine, place }) => place > (known.get(machine) ?? 0))
          if (isNew || unheard.length > 0) listener(unheard, isNew)
        }
      }
    },
    follow(listener) {
      listeners.add(listener)
      fresh.add(listener)
      return () => {
        listeners.delete(listener)
        fresh.delete(listener)
      }
    },
    stop: () => unfollow?.(),
  }
}
