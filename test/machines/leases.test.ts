import { spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Run, RunLease } from '../../src/core/types.ts'
import { createLeases, type LeasedRun } from '../../src/machines/leases.ts'
import { GIVE_UP_MS, type Held, LEASE_MS } from '../../src/machines/machines.ts'
import { createWatchdog } from '../../src/machines/watchdog.ts'

/** A machine with one held run, and a database that is played by hand. */
function house() {
  const run = { id: 'r', queue: 'web', state: 'open', lease: { offer: 'o', fence: 1, state: 'held' } }
  let now = 0
  let answer: () => Promise<Held> = async () => 'held'
  const said: string[] = []
  const leases = createLeases({
    elapsed: () => now,
    runs: (which) => (which === 'open' && run.state !== 'open' ? [] : [run as unknown as Run as LeasedRun]),
    leased: async (_, lease: RunLease, why) => {
      run.lease = lease
      if (why !== undefined) said.push(why)
    },
    renew: () => answer(),
    holderOf: async () => 'two has this run now.',
    onRenewed: () => undefined,
  })
  return {
    ...{ leases, said },
    state: () => run.lease.state,
    ended: () => {
      run.state = 'done'
    },
    at: (ms: number) => {
      now = ms
    },
    answers: (next: () => Promise<Held>) => {
      answer = next
    },
    now: () => now,
  }
}

describe('a lease', () => {
  it('is let go of when it could not be renewed, and taken up again when nobody else has it', async () => {
    const { leases, state, at, said, answers } = house()
    leases.taken('o', 0)
    at(GIVE_UP_MS)
    await leases.check()
    expect([state(), leases.mayBegin('r'), leases.mayBegin('another')]).toEqual(['held', true, true])
    at(GIVE_UP_MS + 1)
    // Nothing is stored of it yet, and nothing begins any more.
    expect([state(), leases.mayBegin('r')]).toEqual(['held', false])
    await leases.check()
    expect(state()).toBe('waits')
    expect(said).toEqual(['Stopped: the lease of this run could not be renewed for 10 s.'])
    await leases.renew()
    expect(state()).toBe('held')
    answers(async () => 'lapsed')
    await leases.renew()
    expect(state()).toBe('waits')
    answers(async () => 'lost')
    await leases.renew()
    expect([state(), said.at(-1)]).toEqual(['lost', 'two has this run now.'])
  })

  it('that was not renewed in this life, or is not held, lets nothing begin', async () => {
    const fresh = house()
    expect(fresh.leases.mayBegin('r')).toBe(false)
    const { leases, state } = house()
    leases.taken('o', 0)
    await leases.letGo('nobody knows who has it')
    expect([state(), leases.mayBegin('r')]).toEqual(['waits', false])
  })

  it('of a run whose end could not be reported allows nothing once it is out of date', async () => {
    const { leases, at, ended } = house()
    leases.taken('o', 0)
    ended()
    expect(leases.mayBegin('r')).toBe(true)
    at(GIVE_UP_MS + 1)
    expect(leases.mayBegin('r')).toBe(false)
  })

  it('is not taken up again by an answer that comes too late', async () => {
    const { leases, state, at, answers, said } = house()
    leases.taken('o', 0)
    await leases.letGo('nobody knows who has it')
    answers(async () => {
      at(GIVE_UP_MS + 1)
      return 'held'
    })
    await leases.renew()
    expect([state(), said]).toEqual(['waits', ['nobody knows who has it']])
  })

  it('counts from the moment that was asked, not from the answer', async () => {
    const { leases, state, at, answers } = house()
    leases.taken('o', 0)
    answers(async () => {
      // The machine sleeps while the answer waits in the socket.
      at(60_000)
      return 'held'
    })
    await leases.renew()
    await leases.check()
    expect(state()).toBe('waits')
  })

  it('is never held while another may begin, however late answers, checks and renewals come', async () => {
    const step = fc.record({
      wait: fc.integer({ min: 1, max: 12_000 }),
      late: fc.integer({ min: 0, max: 40_000 }),
      fails: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 30 }), async (steps) => {
        const { leases, state, at, answers, now } = house()
        leases.taken('o', 0)
        // By the database's clock: renewed when it is asked, never later than the answer comes.
        let renewedAt = 0
        for (const { wait, late, fails } of steps) {
          at(now() + wait)
          await leases.check()
          if (state() === 'held') expect(now() - renewedAt).toBeLessThan(LEASE_MS)
          answers(async () => {
            if (fails) throw new Error('away')
            const held: Held = now() - renewedAt < LEASE_MS ? 'held' : 'lapsed'
            if (held === 'held') renewedAt = now()
            at(now() + late)
            return held
          })
          await leases.renew().catch(() => undefined)
          await leases.check()
          if (state() === 'held') expect(now() - renewedAt).toBeLessThan(LEASE_MS)
        }
      }),
      { numRuns: 300 },
    )
  })
})

it.skipIf(process.platform === 'win32')(
  'a watchdog ends what is worked on when nothing is heard of the daemon',
  async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'watchdog-')), 'beat')
    const child = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' })
    const ended = new Promise<NodeJS.Signals | null>((resolve) => child.once('exit', (_, signal) => resolve(signal)))
    const watchdog = createWatchdog(file, 3)
    const pids = [child.pid as number]
    const beats = setInterval(() => watchdog.beat(pids), 500)
    await new Promise((resolve) => setTimeout(resolve, 5_000))
    expect(child.exitCode ?? child.signalCode).toBeNull()
    clearInterval(beats)
    watchdog.watch(pids)
    expect(await ended).toBe('SIGKILL')
    watchdog.stop()
  },
  60_000,
)
