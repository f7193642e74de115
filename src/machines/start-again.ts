import type { RunLease } from '../core/types.ts'
import { when } from '../text/times.ts'
import { type AcceptPorts, acceptRun } from './accept.ts'
import type { Elapsed } from './clock.ts'
import type { LeasedRun } from './leases.ts'
import type { NewOffer, OfferState } from './machines.ts'
import type { StrandedRun, StrandedRuns } from './postgres/stranded-runs.ts'
import { whoHas } from './who-has.ts'

/** What runs of machines that are gone are asked about with. */
export interface StartAgainPorts extends AcceptPorts {
  elapsed: Elapsed
  /** This machine, and the projects that it works on. */
  me: { name: string; projects: readonly string[] }
  /** Runs here with a lease that is neither over nor lost. */
  runs: () => LeasedRun[]
  isAskOpen: (runId: string) => boolean
  mayStart: (offer: NewOffer) => Promise<boolean>
  /** Only where the lease is still as it was in `run`. */
  leasedFrom: (run: LeasedRun, lease: RunLease, why?: string) => Promise<void>
  onTrouble: (text: string) => void
}

/** Where they are kept. */
export interface Shared {
  stranded: StrandedRuns
  find: (id: string) => Promise<OfferState | undefined>
}

/** How often it is looked for runs whose machine is gone: that takes ten minutes at least. */
const LOOK_MS = 60_000

/**
 * Runs that wait for a machine which is gone: a person is asked whether one of them is started again here, since what that machine did
 * and did not push is done a second time. A run of this machine carries the ask; nothing of it happens before there is an answer.
 */
export function createStartAgain(ports: StartAgainPorts): { round: (shared: Shared) => Promise<void> } {
  const { elapsed, me, runs, leasedFrom } = ports
  let lookedAt: number | undefined
  const told = new Set<string>()

  /** Does what was decided about those that are asked about here, or learns that nothing is left to decide. */
  const follow = async (run: LeasedRun, { stranded, find }: Shared) => {
    const { offer, fence, state } = run.lease
    const name = { id: offer, fence }
    const end = (to: 'over' | 'lost', why?: string) => leasedFrom(run, { offer, fence, state: to }, why)
    if (state === 'refused') {
      const text = run.reason ?? 'given up'
      const counts = await stranded.giveUp(name, { state: 'stopped', text, costUsd: 0, done: [] })
      return end(counts ? 'over' : 'lost')
    }
    if (state === 'wanted') {
      if (await stranded.adopt(name)) return leasedFrom(run, { offer, fence, state: 'waits' })
      return end('lost', whoHas(await find(offer), me.name, hasAgain))
    }
    if (state !== 'asked') return
    if (run.state === 'open' && (await stranded.isOpen(name))) {
      // Skipped, for example: that says nothing about the run. Asked about last, since a person may decide meanwhile.
      if (ports.isAskOpen(run.id) || runs().find(({ id }) => id === run.id)?.lease.state !== 'asked') return
      await stranded.release(name)
      return end('lost', 'nobody decided whether this run is started again.')
    }
    if (run.state === 'open') return end('lost', whoHas(await find(offer), me.name, hasAgain))
    await stranded.release(name)
    return end('lost')
  }

  const ask = async (one: StrandedRun, { stranded }: Shared) => {
    if (!(await ports.mayStart(one))) return
    const time = await stranded.claim(one)
    if (time === undefined) return
    const { machine, silentSince } = one
    const gone = { machine, since: when(silentSince, Date.now()), here: me.name }
    const accepted = await acceptRun(ports, one, { asking: { gone, time } })
    if (!('refused' in accepted)) return
    await stranded.release(one)
    if (told.has(one.id)) return
    told.add(one.id)
    const what = one.files.map(({ name }) => name).join(', ')
    ports.onTrouble(`${one.project}: ${what} waits for ${machine}, which is gone. ${accepted.refused}`)
  }

  return {
    async round(shared) {
      for (const run of runs()) await follow(run, shared)
      if (lookedAt !== undefined && elapsed() - lookedAt < LOOK_MS) return
      lookedAt = elapsed()
      const asked = new Set(runs().map(({ lease }) => lease.offer))
      for (const one of await shared.stranded.list(me.projects)) if (!asked.has(one.id)) await ask(one, shared)
    },
  }
}

/** It is not started again here after all. */
const hasAgain = (machine: string | undefined): string =>
  machine === undefined ? 'somebody has offered this run again.' : `${machine} is back and has this run.`
