import { setTimeout as sleep } from 'node:timers/promises'
import { noPostgres, startPostgres, type TestPostgres } from '../../test/support/postgres.ts'
import { createSetClock, type SetClock } from '../clock.ts'
import { openMachinesHouse, type TestMachine, type TestMachines } from '../machines/house.ts'
import type { Row, RowRun } from '../row.ts'

const KINDS = [
  ...['freeze', 'kill', 'clock jump'],
  ...['short freeze', 'long freeze', 'database away', 'database silent', 'database restarted'],
] as const
const NAMES = ['one', 'two', 'three']
const TAKEN_OVER_MS = 20_000
/** A busy machine is no fault. */
const PATIENCE_MS = 240_000
/** Longer than any take-over lasts: whoever is not ended is met by the next one. */
const WORK_S = 22

/** Several daemons and one database, all on this machine; what befalls them is chosen by the seed. */
export const machinesRow: Row = {
  number: 22,
  title: 'machines that share runs: killed, frozen, without their database',
  unit: 'faults',
  sizes: { test: 3, small: 30, large: 5_000 },
  missing: () => noPostgres,
  controls: [{ breaks: 'a frozen machine keeps its lease', size: 1 }],
  run: async (run) => {
    const postgres = startPostgres()
    try {
      const url = postgres.createDatabase()
      const house = openMachinesHouse(url, run.breaks)
      const clocks = new Map<string, SetClock>()
      try {
        const machines: TestMachine[] = []
        for (const name of NAMES) {
          const clock = createSetClock()
          clocks.set(name, clock)
          machines.push(await house.start(name, { clock }))
        }
        for (let turn = 0; turn < run.size && !run.isEnough(); turn++)
          await oneFault(run, { postgres, url, house, machines, clocks }, turn)
      } finally {
        await house.close()
        for (const clock of clocks.values()) clock.remove()
      }
    } finally {
      postgres.remove()
    }
  },
}

interface Scene {
  postgres: TestPostgres
  url: string
  house: TestMachines
  machines: TestMachine[]
  clocks: ReadonlyMap<string, SetClock>
}

async function oneFault(run: RowRun, { postgres, url, house, machines, clocks }: Scene, turn: number): Promise<void> {
  // The first ones are always the same, so that the smallest size has them.
  const kind = turn < 3 ? KINDS[turn] : run.random.pick(KINDS)
  run.count(kind ?? 'none')
  const title = `Long ${turn}`
  const { home } = machines[0] as TestMachine
  const known = house.witness().overlaps.length
  home.write(`tasks/${turn}.md`, `## Task 1: ${title}\n**Claude Instruction:**\nrehearse: wait ${WORK_S}s\n`)
  const starts = () => house.witness().starts.filter((one) => one.title === title).length
  const row = () => {
    const [machine = '', fence, state] = postgres
      .query(url, `SELECT machine, fence, state FROM baton.run WHERE offer->'files'->0->>'name' = 'tasks/${turn}.md'`)
      .split('|')
    return { machine, fence: Number(fence), state }
  }
  const until = async (what: string, is: () => boolean): Promise<boolean> => {
    for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await sleep(50)) if (is()) return true
    run.fail(`${kind}: ${what} did not come`)
    return false
  }
  void house.call(home, ['tasks', `tasks/${turn}.md`, '--on', 'any'])
  if (!(await until('the first start', () => starts() > 0))) return
  const before = row()
  const holder = machines.find(({ name }) => name === before.machine) as TestMachine
  const at = Date.now()
  if (kind === 'freeze' || kind === 'kill' || kind === 'long freeze') {
    holder.daemon.kill(kind === 'kill' ? 'SIGKILL' : 'SIGSTOP')
    if (!(await until('a take-over', () => row().fence > before.fence))) return
    run.measure('taken over after ms', Date.now() - at)
    if (Date.now() - at > TAKEN_OVER_MS + 5_000) run.count('later than 20 s (busy machine)')
    if (row().machine === before.machine) run.fail(`${kind}: the same machine took it over`)
    await until('the second start', () => starts() > 1)
    if (kind === 'freeze') await sleep(run.random.int(0, 3_000))
    if (kind === 'long freeze') await sleep(run.random.int(10_000, run.size >= 100 ? 600_000 : 60_000))
    holder.daemon.kill('SIGCONT')
    if (kind === 'kill') await holder.again()
  } else if (kind === 'clock jump') {
    // Leases go by no wall clock: whichever way it jumps, and back, the work continues where it is.
    const clock = clocks.get(holder.name) as SetClock
    for (const hours of [run.random.pick([-24, -1, 1, 24]), 0]) await clock.set(hours * 3_600)
  } else if (kind === 'short freeze') {
    // Shorter than it may be silent: nobody takes over, and the work continues.
    holder.daemon.kill('SIGSTOP')
    await sleep(run.random.int(1_000, 7_000))
    holder.daemon.kill('SIGCONT')
  } else if (kind === 'database silent') {
    postgres.silence(true)
    await sleep(run.random.int(5_000, 40_000))
    postgres.silence(false)
  } else {
    postgres.stop(kind === 'database restarted' ? 'immediate' : 'fast')
    await sleep(kind === 'database away' ? run.random.int(5_000, 40_000) : 0)
    postgres.start()
  }
  await until('the end', () => row().state === 'done')
  const isHarmless = kind === 'short freeze' || kind === 'clock jump'
  if (isHarmless && row().fence !== before.fence) run.fail(`${kind}: it was taken over`)
  const ends = house.witness().ends.filter((one) => one.title === title).length
  if (ends < 1) run.fail(`${kind}: called done, and no agent ended`)
  for (const overlap of house.witness().overlaps.slice(known)) run.fail(`${kind}: two worked at once: ${overlap}`)
}
