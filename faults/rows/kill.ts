import { setTimeout as sleep } from 'node:timers/promises'
import { POINTS } from '../../src/daemon/points.ts'
import { createFaultHome } from '../home.ts'
import { createJobs } from '../jobs.ts'
import { createPerson, type Person } from '../person.ts'
import { killNow, processesWith } from '../processes.ts'
import type { Random } from '../random.ts'
import type { Row, RowRun } from '../row.ts'
import { type RunnerProcess, startRunner } from '../runner-process.ts'
import { findFaults } from '../verdict.ts'

const JOBS = 5
const CONTROL_JOBS = 2
const CONFIG = 'timeouts:\n  exit: 5s\n'
/** A life without a kill must bring the jobs to their end in this time, with everybody else on the machine. */
const STUCK_MS = 60_000
const WORKING_MS = 2_000

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
  sizes: { test: 12, small: 200, large: 10_000 },
  controls: [
    { breaks: 'leftovers stay', size: 40 },
    { breaks: 'acts count twice', size: 40 },
  ],
  async run(run) {
    for (let kills = 0; kills < run.size && !run.isEnough(); ) kills += await campaign(run, run.size - kills)
  },
}

/** One house and its jobs, killed again and again until they are done. Gives the number of kills. */
async function campaign(run: RowRun, mostKills: number): Promise<number> {
  const { random } = run
  const jobs = run.breaks ? createJobs(random, CONTROL_JOBS, { stubborn: 1 }) : createJobs(random, JOBS)
  const hold = random.pick(['0', '300ms', '10m'])
  const home = createFaultHome(jobs.text, `${CONFIG}`.replace('timeouts', `retries: 2\ntimeouts`))
  home.write('config.yaml', home.read('config.yaml').replace('claude:\n', `claude:\n  hold: ${hold}\n`))
  const person = createPerson(random.fork(), { delayMs: 250 })
  person.wants('start', { type: 'start' })
  let kills = 0
  try {
    for (let isOver = false; !isOver && !run.isEnough(); ) {
      const death = kills < mostKills ? chooseDeath(random) : ({ at: 'none' } as const)
      const life = await live(run, { home, person, death })
      isOver = life === 'over'
      if (life === 'killed') kills++
      if (life === 'stuck') return Math.max(1, kills)
    }
    for (const fault of findFaults(home, jobs, person)) run.fail(`${fault} (hold ${hold})`)
    run.count('houses')
    return Math.max(1, kills)
  } finally {
    killNow(processesWith('BATON_REHEARSAL_JOURNAL', home.journal))
    home.remove()
  }
}

function chooseDeath(random: Random): Death {
  if (random.chance(0.15)) return { at: 'time', since: 'start', ms: random.int(50, 1_500) }
  if (random.chance(0.3)) return { at: 'time', since: 'begin', ms: random.int(0, 1_500) }
  if (random.chance(0.2)) return { at: 'time', since: 'ask', ms: random.int(0, 400) }
  const point = random.pick(POINTS.filter((one) => one !== 'notified'))
  return { at: 'point', point, env: { BATON_KILL_AT: `${point}:${random.int(1, 2)}` } }
}

async function live(
  run: RowRun,
  { home, person, death }: { home: Parameters<typeof startRunner>[0]; person: Person; death: Death },
): Promise<'over' | 'killed' | 'stuck'> {
  const runner = startRunner(home, { breaks: run.breaks, env: death.at === 'point' ? death.env : {} })
  person.meet(runner)
  const done = Promise.withResolvers<'over'>()
  runner.on((told) => {
    if (told.is === 'event' && told.event.type === 'run.ended') done.resolve('over')
    if (told.is === 'opened' && told.run && /done|failed|stopped/.test(told.run.status)) done.resolve('over')
    if (told.is === 'error') run.fail(`an error of Baton's own: ${told.text}`)
    if (told.is === 'working') {
      run.measure('working again after ms', told.ms)
      if (told.ms > WORKING_MS) run.count('later than 2 s')
    }
  })
  const timer = AbortSignal.timeout(STUCK_MS)
  const ending: Promise<'over' | 'dead' | 'time' | 'stuck'>[] = [
    done.promise,
    runner.ended.then(() => 'dead' as const),
    timeOf(death, runner).then(() => 'time' as const),
    new Promise((resolve) => timer.addEventListener('abort', () => resolve('stuck'))),
  ]
  const how = await Promise.race(ending)
  if (how === 'over') return close(runner)
  runner.kill()
  const { code, signal } = await runner.ended
  if (signal !== 'SIGKILL') run.fail(`the runner ended by itself: ${code ?? signal} ${runner.stderr()}`)
  if (how === 'stuck' || (how === 'time' && death.at === 'none')) {
    run.fail(`nothing went on for ${STUCK_MS} ms: ${JSON.stringify(runner.told.slice(-5))}`)
    return 'stuck'
  }
  run.count(how === 'dead' && death.at === 'point' ? `at ${death.point}` : 'at random')
  // Now and then the whole machine dies, the agents with it.
  if (!run.breaks && run.random.chance(0.3)) killNow(processesWith('BATON_REHEARSAL_JOURNAL', home.journal))
  return 'killed'
}

async function timeOf(death: Death, runner: RunnerProcess): Promise<void> {
  if (death.at === 'none') return sleep(STUCK_MS)
  // A point that is not passed any more must not keep the row waiting.
  if (death.at === 'point') return sleep(4_000)
  if (death.since === 'begin')
    await runner.until('event', ({ event }) => /^task\.(started|continued)$/.test(event.type), 4_000)
  if (death.since === 'ask') await runner.until('event', ({ event }) => event.type === 'ask.opened', 4_000)
  return sleep(death.ms)
}

async function close(runner: RunnerProcess): Promise<'over'> {
  runner.kill('SIGTERM')
  await runner.ended
  return 'over'
}
