import type { RunLease } from '../core/types.ts'
import type { Store } from '../store/store.ts'
import type { Elapsed } from './clock.ts'
import type { LeasedRun } from './leases.ts'
import type { Held, LeaseName, OfferState } from './machines.ts'
import { whoHas } from './who-has.ts'

/** What runs are given back with while a person is asked. */
export interface ParkPorts {
  elapsed: Elapsed
  /** A person who has not answered for so long may take hours. */
  parkMs: number
  read: Pick<Store<unknown>['read'], 'openAsks' | 'liveAttempts' | 'begunTasks'>
  leased: (run: LeasedRun, lease: RunLease, why?: string) => Promise<void>
  /** This machine. */
  here: string
}

/** Where they are kept. */
export interface ParkedRuns {
  park: (lease: LeaseName) => Promise<boolean>
  unpark: (lease: LeaseName) => Promise<boolean>
  renew: (lease: LeaseName) => Promise<Held>
  find: (id: string) => Promise<OfferState | undefined>
}

/** How often it is looked whether what is parked is still this machine's: others may decide so when they think that it is gone. */
const LOOK_MS = 30_000
const PARKED = 'While this run waits for an answer, other machines may work on the project.'

/** Gives a run back that waits for a person, and wants it again with the answer. */
export function createParking({ elapsed, parkMs, read, leased, here }: ParkPorts): {
  round: (open: readonly LeasedRun[], shared: ParkedRuns) => Promise<void>
} {
  /** By this process's own clock, which nobody sets: when it first saw an ask. */
  const seenAt = new Map<string, number>()
  let lookedAt = elapsed()

  /** Nothing of the run can happen before somebody answers, and all of it was asked long ago. */
  const waitsForLong = (runId: string): boolean => {
    if (read.liveAttempts().some((attempt) => attempt.runId === runId)) return false
    const asks = read.openAsks().filter((ask) => ask.runId === runId)
    if (asks.length === 0 || asks.some(({ id }) => elapsed() - (seenAt.get(id) ?? elapsed()) < parkMs)) return false
    return read.begunTasks([runId]).every(({ id }) => asks.some(({ taskId }) => taskId === id))
  }

  return {
    async round(open, shared) {
      if (open.length === 0) return seenAt.clear()
      const asks = read.openAsks()
      const there = new Set(asks.map(({ id }) => id))
      for (const id of seenAt.keys()) if (!there.has(id)) seenAt.delete(id)
      for (const id of there) if (!seenAt.has(id)) seenAt.set(id, elapsed())
      const looks = elapsed() - lookedAt >= LOOK_MS
      if (looks) lookedAt = elapsed()
      for (const run of open) {
        const { offer, fence, state } = run.lease
        const lease = { id: offer, fence }
        if (state === 'held' && waitsForLong(run.id)) {
          if (await shared.park(lease)) await leased(run, { ...run.lease, state: 'parked' }, PARKED)
        }
        if (state !== 'parked') continue
        const isAnswered = !asks.some(({ runId }) => runId === run.id)
        if (isAnswered && (await shared.unpark(lease))) await leased(run, { ...run.lease, state: 'waits' })
        else if ((isAnswered || looks) && (await shared.renew(lease)) === 'lost')
          await leased(run, { ...run.lease, state: 'lost' }, whoHas(await shared.find(offer), here, startedAgain))
      }
    },
  }
}

/** It is not this machine's any more, which waited for an answer. */
const startedAgain = (machine: string | undefined): string =>
  `while nothing was heard of this machine, a person had the run started again ${machine === undefined ? 'elsewhere' : `on ${machine}`}.`
