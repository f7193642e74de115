import type { Run, RunLease } from '../core/types.ts'
import type { Elapsed } from './clock.ts'
import { GIVE_UP_MS, type Held, type LeaseName } from './machines.ts'

/** What leases are kept with. */
export interface LeasePorts {
  elapsed: Elapsed
  /** Runs of this machine with a lease that is not over; `open`: without those whose end is only not reported yet. */
  runs: (which: 'open' | 'all') => LeasedRun[]
  /** Stores what became of a lease, at once. */
  leased: (run: LeasedRun, lease: RunLease, why?: string) => Promise<void>
  renew: (lease: LeaseName) => Promise<Held>
  /** Who has a run by now, in words. */
  holderOf: (id: string) => Promise<string>
  onRenewed: () => void
}

export type LeasedRun = Run & { lease: RunLease }

/** Keeps the leases of this machine, or ends what they allow. */
export interface Leases {
  /** Renews each of them; throws when the database does not answer. */
  renew: () => Promise<void>
  /** This run was taken just now; `askedAt`: when that was asked for. */
  taken: (id: string, askedAt: number) => void
  /** Whether a run may be worked on at this very moment: after a sleep what is stored is out of date. */
  mayBegin: (runId: string) => boolean
  /** Lets go of what could not be renewed in time. */
  check: () => Promise<void>
  /** Lets go of everything: nobody knows who has it. */
  letGo: (why: string) => Promise<void>
}

const SECONDS = GIVE_UP_MS / 1_000

/**
 * A lease is renewed from the moment that its renewal was *asked* for: an answer may come late. Who could not renew it for too
 * long ends its work, by a clock of its own, before another machine may begin.
 */
export function createLeases({ elapsed, runs, leased, renew, holderOf, onRenewed }: LeasePorts): Leases {
  /** By the offered run; absent: not renewed in this life. */
  const renewedAt = new Map<string, number>()
  const set = (run: LeasedRun, state: RunLease['state'], why?: string) => leased(run, { ...run.lease, state }, why)
  const isHeld = ({ lease }: LeasedRun) => lease.state === 'held'
  const isFresh = ({ lease }: LeasedRun) => elapsed() - (renewedAt.get(lease.offer) ?? -Infinity) <= GIVE_UP_MS

  return {
    async renew() {
      for (const run of runs('open')) {
        if (run.lease.state !== 'held' && run.lease.state !== 'waits') continue
        const { offer, fence } = run.lease
        const askedAt = elapsed()
        const held = await renew({ id: offer, fence })
        if (held === 'lost') await set(run, 'lost', await holderOf(offer))
        else if (held === 'lapsed') {
          if (isHeld(run)) await set(run, 'waits', 'The lease of this run expired; its work here has stopped.')
        } else if (elapsed() - askedAt <= GIVE_UP_MS) {
          renewedAt.set(offer, askedAt)
          onRenewed()
          if (!isHeld(run)) await set(run, 'held', 'This machine has the run again, and continues.')
        }
      }
    },
    taken: (id, askedAt) => {
      renewedAt.set(id, askedAt)
      onRenewed()
    },
    mayBegin(runId) {
      const run = runs('all').find(({ id }) => id === runId)
      return !run || (isHeld(run) && isFresh(run))
    },
    async check() {
      for (const run of runs('open'))
        if (isHeld(run) && !isFresh(run))
          await set(run, 'waits', `Stopped: the lease of this run could not be renewed for ${SECONDS} s.`)
    },
    async letGo(why) {
      for (const run of runs('open')) if (isHeld(run)) await set(run, 'waits', why)
    },
  }
}
