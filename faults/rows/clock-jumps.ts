import { setTimeout as sleep } from 'node:timers/promises'
import { createSetClock, type SetClock } from '../clock.ts'
import { createFaultHome, type FaultHome } from '../home.ts'
import { killNow, processesWith } from '../processes.ts'
import type { Row, RowRun } from '../row.ts'
import { type RunnerProcess, startRunner } from '../runner-process.ts'
import { readWitness } from '../witness.ts'

const DAY_SECONDS = 86_400
const WATCH_MS = 700
const END_MS = 90_000
const AT_ONCE = 4
const LIMIT = 'the usage limit holds'

/** Something that must stay as it is while the clock is set, and how it continues after that. */
interface Scene {
  name: string
  task: string
  config?: string
  /** Brings it to where the clock is set. */
  until: (runner: RunnerProcess, home: FaultHome) => Promise<unknown>
  /** Events that would be the doing of the clock. */
  forbidden: RegExp
  /** Lets it continue; what is asked is answered by name. */
  goOn: (runner: RunnerProcess) => Promise<void>
}

const opened = (runner: RunnerProcess) => runner.until('event', ({ event }) => event.type === 'ask.opened')
const nothing = async () => undefined
const ANYTHING = /^(?!note)/

const SCENES: readonly Scene[] = [
  {
    name: LIMIT,
    task: '**Claude Instruction:**\nrehearse: limit 2s',
    until: (runner) => runner.until('event', ({ event }) => event.type === 'queue.held'),
    // A clock that went past the reset may only lead to one more try, which Claude refuses.
    forbidden: /^(ask\.|task\.(failed|retrying))/,
    goOn: nothing,
  },
  {
    name: 'an approval is open',
    task: '**Requires Approval:** yes\n**Claude Instruction:**\nrehearse: say hi',
    until: opened,
    forbidden: ANYTHING,
    goOn: answer,
  },
  {
    name: 'a question is held',
    task: '**Claude Instruction:**\nrehearse: ask "Which?" Red|Blue',
    until: opened,
    forbidden: ANYTHING,
    goOn: answer,
  },
  {
    name: 'a question is parked',
    task: '**Claude Instruction:**\nrehearse: ask "Which?" Red|Blue',
    config: 'hold: 0',
    until: (runner) => runner.until('event', ({ event }) => event.type === 'attempt.ended'),
    forbidden: ANYTHING,
    goOn: answer,
  },
  {
    name: 'it is paused',
    task: '**Requires Approval:** yes\n**Claude Instruction:**\nrehearse: say hi',
    until: async (runner) => {
      await opened(runner)
      runner.say({ do: 'command', key: 'pause', command: { type: 'pause' } })
      await runner.until('event', ({ event }) => event.type === 'queue.paused')
    },
    forbidden: ANYTHING,
    goOn: async (runner) => {
      runner.say({ do: 'command', key: 'resume', command: { type: 'resume' } })
      await answer(runner)
    },
  },
  {
    name: 'an agent works',
    task: '**Claude Instruction:**\nrehearse: wait 6s\nrehearse: say hi',
    until: async (_runner, home) => {
      while (readWitness(home.journal).starts.length === 0) await sleep(100)
    },
    // It may come to its end meanwhile, but by itself.
    forbidden: /^(ask\.|queue\.|task\.(failed|retrying|interrupted|continued))/,
    goOn: nothing,
  },
]

/** The wall clock jumps by -7 to +40 days. */
export const clockRow: Row = {
  number: 11,
  title: 'clock jumps of -7 to +40 days',
  unit: 'jumps',
  sizes: { test: 12, small: 20, large: 500 },
  controls: [{ breaks: 'holds go by the wall clock', size: 12 }],
  async run(run) {
    let jumps = 0
    let next = 0
    const player = async () => {
      while (jumps < run.size && !run.isEnough()) {
        const scene = (run.breaks ? SCENES[2] : SCENES[next++ % SCENES.length]) as Scene
        jumps += jumpsOf(scene)
        await play(run, scene)
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, player))
  },
}

/** A limit that is told again is waited for a while: one jump is enough of that. */
const jumpsOf = (scene: Scene) => (scene.name === LIMIT ? 1 : 2)

async function play(run: RowRun, scene: Scene): Promise<void> {
  const { random } = run
  const clock = createSetClock()
  const home = createFaultHome(`## Task 1: Job 1\n${scene.task}\n`)
  if (scene.config)
    home.write('config.yaml', home.read('config.yaml').replace('claude:\n', `claude:\n  ${scene.config}\n`))
  const runner = startRunner(home, { breaks: run.breaks, env: clock.env, nodeArgs: clock.nodeArgs })
  const fail = (what: string) => run.fail(`${scene.name}: ${what}`)
  const jumps = jumpsOf(scene)
  try {
    await runner.until('opened')
    runner.say({ do: 'command', key: 'start', command: { type: 'start' } })
    await scene.until(runner, home)
    for (let i = 0; i < jumps; i++)
      await jump(run, scene, { clock, home, runner, fail, seconds: random.int(-7 * DAY_SECONDS, 40 * DAY_SECONDS) })
    // The clock is put right again, or stays wrong.
    if (scene.name === LIMIT || random.chance(0.5)) await clock.set(0)
    await scene.goOn(runner)
    if (!(await runner.until('event', ({ event }) => event.type === 'run.ended', END_MS))) fail('it does not go on')
    const failed = runner.told.find((told) => told.is === 'event' && /^task\.(failed|skipped)$/.test(told.event.type))
    if (failed) fail('it failed')
    run.count(`jumps by ${clock.by}`, jumps)
  } finally {
    runner.kill('SIGTERM')
    await runner.ended
    killNow(processesWith('BATON_REHEARSAL_JOURNAL', home.journal))
    home.remove()
    clock.remove()
  }
}

async function jump(
  run: RowRun,
  scene: Scene,
  {
    clock,
    home,
    runner,
    fail,
    seconds,
  }: { clock: SetClock; home: FaultHome; runner: RunnerProcess; fail: (what: string) => void; seconds: number },
): Promise<void> {
  await sleep(run.random.int(0, 300))
  const before = runner.told.length
  const starts = readWitness(home.journal).starts.length
  await clock.set(seconds)
  await sleep(WATCH_MS)
  const events = runner.told.slice(before).flatMap((told) => (told.is === 'event' ? [told.event.type] : []))
  const wrong = events.filter((type) => scene.forbidden.test(type))
  if (wrong.length > 0) fail(`a jump of ${seconds} s brought ${wrong.join(', ')}`)
  const more = readWitness(home.journal).starts.length - starts
  if (more > (scene.name === LIMIT ? 1 : 0)) fail(`a jump of ${seconds} s started ${more} agents`)
}

async function answer(runner: RunnerProcess): Promise<void> {
  runner.say({ do: 'command', key: 'yes', command: { type: 'words', target: { task: 1 }, text: 'Blue' } })
  runner.say({ do: 'command', key: 'ok', command: { type: 'words', target: { task: 1 }, text: 'yes' } })
}
