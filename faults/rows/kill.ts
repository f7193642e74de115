import { CRASH_POINTS } from '../../src/daemon/crash-points.ts'
import { explainStuck } from '../explain.ts'
import { createFaultHome, type FaultHome } from '../home.ts'
import { createJobs } from '../jobs.ts'
import { createPerson, type Person } from '../person.ts'
import { killNow, processesWith, waitedMs } from '../processes.ts'
import type { Random } from '../random.ts'
import type { Row, RowRun } from '../row.ts'
import { type RunnerProcess, startRunner } from '../runner-process.ts'
import { findFaults } from '../verdict.ts'

const JOBS = 5
const CONTROL_JOBS = 2
/** Most of the time processes start or wait, so that one house would leave the machine idle. */
const AT_ONCE = 3
const CONFIG = 'retries: 2\ntimeouts:\n  exit: 5s\n'
/** Nothing at all happens in a house for this long, with everybody else on the machine: it is stuck. */
const STUCK_MS = 45_000
/** Something happens all the time and nothing comes of it. */
const ENDLESS_MS = 10 * 60_000
const WORKING_MS = 2_000
/** A point that is not passed any more must not keep the row waiting. */
const POINT_MS = 2_500

/** How one life of the runner ends. */
type Death =
  | { at: 'point'; point: string; env: Record<string, string> }
  | { at: 'time'; since: 'start' | 'begin' | 'ask'; ms: number }
  | { at: 'none' }

/** kill -9 of the daemon at random moments and at every named step. */
export const killRow: Row = {
  number: 1,
  title: 'kill -9 at random, and at every named step',
  unit: 'kills',
  sizes: { test: 24, small: 200, large: 10_000 },
  controls: [
    { breaks: 'leftovers stay', size: 40 },
    { breaks: 'acts count twice', size: 40 },
  ],
  async run(run) {
    const left = { kills: run.size }
    const player = async () => {
      while (left.kills > 0 && !run.isEnough()) await house(run, run.random.fork(), left)
    }
    await Promise.all(Array.from({ length: run.breaks ? 1 : AT_ONCE }, player))
  },
}

/** One house and its jobs, killed again and again until they are done. */
async function house(run: RowRun, random: Random, left: { kills: number }): Promise<void> {
  const jobs = run.breaks ? createJobs(random, CONTROL_JOBS, { stubborn: 1 }) : createJobs(random, JOBS)
  const hold = random.pick(['0', '300ms', '10m'])
  const home = createFaultHome(jobs.text, CONFIG)
  home.write('config.yaml', home.read('config.yaml').replace('claude:\n', `claude:\n  hold: ${hold}\n`))
  const person = createPerson(random.fork(), { delayMs: 250 })
  person.wants('start', { type: 'start' })
  try {
    for (let isOver = false; !isOver && !run.isEnough(); ) {
      const isKilled = left.kills > 0
      if (isKilled) left.kills--
      const life = await live(run, random, {
        home,
        person,
        death: isKilled ? chooseDeath(random) : { at: 'none' },
      })
      if (life === 'stuck') return
      isOver = life === 'over'
      if (isOver && isKilled) left.kills++
    }
    for (const fault of findFaults(home, jobs, person)) run.fail(`${fault} (hold ${hold})`)
    run.count('houses')
  } finally {
    killNow(processesWith('BATON_REHEARSAL_JOURNAL', home.journal))
    home.remove()
  }
}

function chooseDeath(random: Random): Death {
  if (random.chance(0.1)) return { at: 'time', since: 'start', ms: random.int(50, 1_500) }
  if (random.chance(0.2)) return { at: 'time', since: 'begin', ms: random.int(0, 1_500) }
  if (random.chance(0.1)) return { at: 'time', since: 'ask', ms: random.int(0, 400) }
  // There is no phone in this house: that one is in test/telegram/bot-kill.test.ts.
  const point = random.pick(CRASH_POINTS.filter((one) => one !== 'notified'))
  return { at: 'point', point, env: { BATON_KILL_AT: `${point}:${random.chance(0.25) ? 2 : 1}` } }
}

async function live(
  run: RowRun,
  random: Random,
  { home, person, death }: { home: FaultHome; person: Person; death: Death },
): Promise<'over' | 'killed' | 'stuck'> {
  const runner = startRunner(home, { breaks: run.breaks, env: death.at === 'point' ? death.env : {} })
  person.meet(runner)
  const done = Promise.withResolvers<'over'>()
  const timers = createTimers()
  const stuck = timers.after(STUCK_MS)
  runner.on((told) => {
    stuck.timer.refresh()
    if (told.is === 'event' && told.event.type === 'run.ended') done.resolve('over')
    if (told.is === 'opened' && told.run && /done|failed|stopped/.test(told.run.status)) done.resolve('over')
    if (told.is === 'error') run.fail(`an error of Baton's own: ${told.text}`)
    if (told.is === 'working') {
      const ownMs = told.ms - waitedMs(runner.pid)
      run.measure('working again after ms', told.ms)
      run.measure('the same without waiting for a processor, ms', ownMs)
      if (told.ms > WORKING_MS) run.count('later than 2 s')
      if (ownMs > WORKING_MS) run.fail(`it worked again only after ${told.ms} ms, ${ownMs} of them its own`)
    }
  })
  const how = await Promise.race([
    done.promise,
    runner.ended.then(() => 'dead' as const),
    timeOf(death, runner, timers).then(() => 'time' as const),
    Promise.race([stuck.over, timers.after(ENDLESS_MS).over]).then(() => 'stuck' as const),
  ])
  timers.clear()
  if (how === 'over') return close(runner)
  if (how === 'stuck') run.fail(`nothing goes on: ${explainStuck(home, runner, person)}`)
  runner.kill()
  const { code, signal } = await runner.ended
  if (signal !== 'SIGKILL') run.fail(`the runner ended by itself: ${code ?? signal} ${runner.stderr()}`)
  if (how === 'stuck') return 'stuck'
  run.count(how === 'dead' && death.at === 'point' ? `at ${death.point}` : 'at random')
  // Now and then the whole machine dies, the agents with it.
  if (!run.breaks && random.chance(0.3)) killNow(processesWith('BATON_REHEARSAL_JOURNAL', home.journal))
  return 'killed'
}

/** Settles when it is time to kill. */
async function timeOf(death: Death, runner: RunnerProcess, timers: Timers): Promise<void> {
  if (death.at === 'none') return new Promise(() => undefined)
  if (death.at === 'point') {
    await runner.until('opened')
    return timers.after(POINT_MS).over
  }
  if (death.since === 'begin')
    await runner.until('event', ({ event }) => /^task\.(started|continued)$/.test(event.type), 4_000)
  if (death.since === 'ask') await runner.until('event', ({ event }) => event.type === 'ask.opened', 4_000)
  return timers.after(death.ms).over
}

async function close(runner: RunnerProcess): Promise<'over'> {
  runner.kill('SIGTERM')
  await runner.ended
  return 'over'
}

interface Timers {
  after: (ms: number) => { timer: NodeJS.Timeout; over: Promise<void> }
  clear: () => void
}

/** Timers that are all cleared together, so that none keeps the program alive after its life is over. */
function createTimers(): Timers {
  const timers: NodeJS.Timeout[] = []
  let isOver = false
  return {
    after(ms) {
      const { promise, resolve } = Promise.withResolvers<void>()
      const timer = setTimeout(resolve, ms)
      timers.push(timer)
      if (isOver) clearTimeout(timer)
      return { timer, over: promise }
    },
    clear() {
      isOver = true
      for (const timer of timers) clearTimeout(timer)
    },
  }
}
