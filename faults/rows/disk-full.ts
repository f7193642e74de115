import { setTimeout as sleep } from 'node:timers/promises'
import type { Reply } from '../../src/core/inputs.ts'
import { openStore } from '../../src/store/store.ts'
import { limitWrites, missingLimits, mountSmallDisk, type SmallDisk } from '../disk/small-disk.ts'
import { explainStuck } from '../explain.ts'
import { createFaultHome, type FaultHome } from '../home.ts'
import { createJobs } from '../jobs.ts'
import { createPerson } from '../person.ts'
import { killNow, processesWith } from '../processes.ts'
import type { Random } from '../random.ts'
import type { Row, RowRun } from '../row.ts'
import { type RunnerProcess, startRunner } from '../runner-process.ts'
import { findFaults } from '../verdict.ts'

const DISK_MB = 24
const JOBS = 6
const PERIODS_A_HOUSE = 4
/** Most of the time is waiting for the disk. */
const AT_ONCE = 2
const STUCK_MS = 60_000
/** With the safeguard broken an act gets lost, and what waits for it waits for ever. */
const STUCK_IN_CONTROL_MS = 12_000
const PERIODS_IN_CONTROL = 2
const CANNOT = /Cannot write to the disk/
const AGAIN = /can be written again/

/** The disk is full, or refuses writes, for a while and again and again. */
export const diskFullRow: Row = {
  number: 3,
  title: 'disk full, and errors of the disk',
  unit: 'times',
  sizes: { test: 8, small: 30, large: 1_000 },
  missing: missingLimits,
  controls: [{ breaks: 'acts need no disk', size: 20 }],
  async run(run) {
    const periods = run.breaks ? PERIODS_IN_CONTROL : PERIODS_A_HOUSE
    let begun = 0
    const player = async () => {
      while (begun < run.size && !run.isEnough()) {
        const i = begun
        begun += periods
        await house(run, run.random.fork(), Math.min(periods, run.size - i), (i / periods) % 2 === 0)
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, player))
  },
}

async function house(run: RowRun, random: Random, periods: number, isSmall: boolean): Promise<void> {
  const stuckMs = run.breaks ? STUCK_IN_CONTROL_MS : STUCK_MS
  const disk = isSmall ? mountSmallDisk(DISK_MB) : undefined
  if (isSmall && !disk) run.count('houses without a small disk, which cannot be mounted here')
  const jobs = createJobs(random, JOBS, { stubborn: 0 })
  const home = createFaultHome(jobs.text, 'retries: 3\n', disk?.dir)
  const person = createPerson(random.fork(), { delayMs: 600 })
  const runner = startRunner(home, { breaks: run.breaks })
  try {
    person.meet(runner)
    person.wants('start', { type: 'start' })
    const ended = runner.until('event', ({ event }) => event.type === 'run.ended', stuckMs)
    await runner.until('reply')
    const said = new Map<string, Reply>()
    runner.on((told) => {
      if (told.is === 'reply' && told.key.startsWith('say:')) said.set(told.key, told.reply)
    })
    for (let i = 0; i < periods; i++) await period(run, random, runner, disk)
    if (!(await ended)) return run.fail(`nothing goes on: ${explainStuck(home, runner, person)}`)
    await sleep(300)
    runner.say({ do: 'status' })
    const status = await runner.until('status')
    if (status?.health.worker !== 'ok') run.fail(`the worker is dead: ${status?.health.error}`)
    runner.kill('SIGTERM')
    await runner.ended
    for (const fault of [...findFaults(home, jobs, person), ...wordFaults(home, said), ...toldFaults(runner, periods)])
      run.fail(`${fault} (${disk ? 'full' : 'refusing'})`)
  } finally {
    disk?.free()
    limitWrites(runner.pid, false)
    runner.kill()
    await runner.ended
    killNow(processesWith('BATON_REHEARSAL_JOURNAL', home.journal))
    home.remove()
    disk?.remove()
  }
}

/** One time without a disk, in which somebody wants things. */
async function period(run: RowRun, random: Random, runner: RunnerProcess, disk: SmallDisk | undefined): Promise<void> {
  await sleep(random.int(100, 1_000))
  if (disk) disk.fill()
  else if (!limitWrites(runner.pid, true)) throw new Error('prlimit cannot limit what a runner writes')
  run.count(disk ? 'disk full' : 'writes refused')
  const lasts = random.int(200, 3_000)
  for (const part of [0.3, 0.6]) {
    await sleep(lasts * part)
    const words = `word-${random.int(0, 1_000_000_000)}`
    runner.say({ do: 'command', key: `say:${words}`, command: { type: 'say', task: JOBS, text: words } })
  }
  await sleep(lasts * 0.1)
  if (disk) disk.free()
  else limitWrites(runner.pid, false)
}

/** What was accepted is there once; what was refused because it could not be stored is not there. */
function wordFaults(home: FaultHome, said: ReadonlyMap<string, Reply>): string[] {
  const store = openStore<unknown>(home.stateDir)
  try {
    const events = store.read.events({ limit: 1_000_000 }).filter((event) => event.type === 'task.said')
    return [...said].flatMap(([key, reply]) => {
      const times = events.filter((event) => event.data?.text === key.slice('say:'.length)).length
      if (reply.ok && times !== 1) return [`accepted and stored ${times} times: ${key} (${reply.text})`]
      if (/not be stored/.test(reply.text) && times !== 0) return [`refused and stored all the same: ${key}`]
      if (/^Stored;/.test(reply.text) && times !== 1) return [`promised for later and done ${times} times: ${key}`]
      return []
    })
  } finally {
    store.close()
  }
}

/** Said once when it begins and once when it is over, and nothing of it is called a defect. */
function toldFaults({ told }: RunnerProcess, periods: number): string[] {
  const texts = told.flatMap((what) => (what.is === 'trouble' ? [what.text] : []))
  const cannot = texts.filter((text) => CANNOT.test(text)).length
  const again = texts.filter((text) => AGAIN.test(text)).length
  const errors = told.flatMap((what) => (what.is === 'error' ? [what.text.split('\n')[0]] : []))
  return [
    ...(cannot > periods
      ? [`said ${cannot} times in ${periods} that the disk cannot be written: ${texts.join(' | ')}`]
      : []),
    ...(cannot === again
      ? []
      : [`said ${cannot} times that it cannot and ${again} times that it can again: ${texts.join(' | ')}`]),
    ...(errors.length > periods ? [`${errors.length} errors of Baton's own, as ${errors[0]}`] : []),
  ]
}
