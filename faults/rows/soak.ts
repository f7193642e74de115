import { appendFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openStore } from '../../src/store/store.ts'
import { mountSmallDisk, type SmallDisk } from '../disk/small-disk.ts'
import { createFaultHome, type FaultHome } from '../home.ts'
import { createPerson, type Person } from '../person.ts'
import { killNow, processesWith } from '../processes.ts'
import type { Random } from '../random.ts'
import type { Row, RowRun } from '../row.ts'
import { type RunnerProcess, startRunner } from '../runner-process.ts'
import { eventFaults } from '../verdict.ts'
import { readWitness } from '../witness.ts'

const MB = 1024 * 1024
const MOST_WAL_BYTES = 16 * MB
const MOST_GROWTH = 1.1
/** What a heap of this size may grow by without it meaning anything. */
const HEAP_NOISE_BYTES = 3 * MB
const JOBS = 3
const END_MS = 120_000
/** What is kept by mistake shows after so many runs, however slow the machine is. */
const CONTROL_RUNS = 14
const CONFIG = 'retries: 5\ntimeouts:\n  start: 10s\n  idle: 4s\n  exit: 3s\nkeep:\n  runs: 5\n  log_mb: 2\n'
/** Ways for an agent to go wrong that a retry gets over. */
const TROUBLES = [
  'crash SIGKILL',
  'exit 3',
  'no-result',
  'half-line',
  'garbage',
  'not-utf8',
  'two-results',
  'fail-once',
  'hang',
  'child-sleep',
  'long-line 2MB',
]

/** Everything at once, for long. */
export const soakRow: Row = {
  number: 15,
  title: 'soak: kills, full disks, wrong agents, edits and second runners mixed',
  unit: 'seconds',
  sizes: { test: 25, small: 60, large: 259_200 },
  controls: [{ breaks: 'ended runs stay in memory', size: 25 }],
  async run(run) {
    const disk = mountSmallDisk(64)
    const home = createFaultHome('', CONFIG, disk?.dir)
    const soak: Soak = {
      run,
      home,
      disk,
      person: createPerson(run.random.fork(), { delayMs: 200 }),
      started: 0,
      files: [],
    }
    try {
      // Memory is measured in a process that lives on; kills have their own time.
      if (!run.breaks) await mixed(soak, (run.size * 1_000) / 2)
      await calm(soak, (run.size * 1_000) / (run.breaks ? 1 : 2))
      await verdict(soak)
    } finally {
      killNow(processesWith('BATON_REHEARSAL_JOURNAL', home.journal))
      home.remove()
      disk?.remove()
    }
  },
}

interface Soak {
  run: RowRun
  home: FaultHome
  disk: SmallDisk | undefined
  person: Person
  started: number
  files: string[]
}

/** A new file with a few jobs, and the command to work on it. */
function startAnother(soak: Soak, random: Random): void {
  const n = ++soak.started
  const sections = Array.from({ length: JOBS }, (_, i) => {
    // A session that never spoke starts over with every try, and would go wrong again every time.
    const steps = [
      'say Working.',
      random.pick(['edit a.txt "a"', `ask "Which ${n}.${i}?" Red|Blue`, 'bash true', 'wait 100ms']),
    ]
    if (random.chance(0.4)) steps.push(random.pick(TROUBLES))
    return `## Task ${i + 1}: Job ${n}.${i + 1}\n**Claude Instruction:**\n${steps.map((step) => `rehearse: ${step}`).join('\n')}\n`
  })
  const file = `tasks/soak-${n}.md`
  soak.home.write(file, sections.join('\n'))
  soak.files.push(file)
  soak.person.wants(`start:${n}`, { type: 'start', files: [file] })
}

/** Lives that end badly. */
async function mixed(soak: Soak, forMs: number): Promise<void> {
  const { run, home, disk, person } = soak
  const until = performance.now() + forMs
  while (performance.now() < until) {
    const runner = startRunner(home, { breaks: run.breaks })
    person.meet(runner)
    watch(soak, runner)
    await runner.until('opened')
    const endAt = Math.min(until, performance.now() + run.random.int(2_000, 9_000))
    while (performance.now() < endAt) {
      if (soak.started - finished(soak) < 2) startAnother(soak, run.random)
      await trouble(soak, runner)
      await sleep(run.random.int(100, 800))
      measureFiles(soak)
    }
    runner.kill(run.random.chance(0.7) ? 'SIGKILL' : 'SIGTERM')
    await runner.ended
    run.count('ends of the runner')
    disk?.free()
  }
}

async function trouble({ run, home, disk, person }: Soak, runner: RunnerProcess): Promise<void> {
  const { random } = run
  const kind = random.pick(['disk', 'edit', 'second', 'pause', 'nothing', 'nothing'] as const)
  if (kind === 'disk' && disk) {
    disk.fill()
    await sleep(random.int(100, 1_500))
    disk.free()
    run.count('full disks')
  } else if (kind === 'edit') {
    const names = readdirSync(join(home.dir, 'tasks')).filter((name) => name.startsWith('soak-'))
    if (names.length > 0) appendFileSync(join(home.dir, 'tasks', random.pick(names)), '\n')
    run.count('edits')
  } else if (kind === 'second') {
    const second = startRunner(home, { breaks: run.breaks })
    const { code } = await second.ended
    const refused = second.told.find((told) => told.is === 'refused')
    if (code !== 3 || !refused || refused.holder.pid !== runner.pid)
      run.fail(`a second runner was not refused: ${code} ${second.stderr()}`)
    run.count('second runners refused')
  } else if (kind === 'pause') {
    const key = `${random.int(0, 1e9)}`
    person.wants(`pause:${key}`, { type: 'pause' })
    await sleep(random.int(50, 500))
    person.wants(`resume:${key}`, { type: 'resume' })
    run.count('pauses')
  }
}

/** One long life; its memory must not grow. */
async function calm(soak: Soak, forMs: number): Promise<void> {
  const { run, home, person } = soak
  const runner = startRunner(home, { breaks: run.breaks, nodeArgs: ['--expose-gc'] })
  person.meet(runner)
  watch(soak, runner)
  await runner.until('opened')
  person.wants('resume:at last', { type: 'resume' })
  const heaps: number[] = []
  const until = performance.now() + forMs
  const showsNothingYet = () =>
    run.breaks !== undefined && finished(soak) < CONTROL_RUNS && performance.now() < until + END_MS
  while (performance.now() < until || showsNothingYet()) {
    while (soak.started - finished(soak) < 2) startAnother(soak, run.random)
    await sleep(400)
    measureFiles(soak)
    heaps.push(await heapOf(runner))
  }
  const began = performance.now()
  while (finished(soak) < soak.started && performance.now() - began < END_MS) await sleep(200)
  heaps.push(await heapOf(runner))
  // The first looks are at a process that still loads its parts.
  const settled = heaps.slice(Math.floor(heaps.length / 3))
  const [first, last] = [middle(settled.slice(0, 5)), middle(settled.slice(-5))]
  run.measure('heap at first, MB', first / MB)
  run.measure('heap at last, MB', last / MB)
  if (last > first * MOST_GROWTH + HEAP_NOISE_BYTES) run.fail(`the heap grew from ${first} to ${last} bytes`)
  runner.kill('SIGTERM')
  await runner.ended
}

async function heapOf(runner: RunnerProcess): Promise<number> {
  const seen = runner.told.length
  runner.say({ do: 'memory' })
  for (let i = 0; i < 200; i++) {
    const memory = runner.told.slice(seen).find((told) => told.is === 'memory')
    if (memory) return memory.heapBytes
    await sleep(20)
  }
  return 0
}

const middle = (values: number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

function watch({ run }: Soak, runner: RunnerProcess): void {
  runner.on((told) => {
    if (told.is === 'error') run.fail(`an error of Baton's own: ${told.text.split('\n')[0]}`)
  })
}

/** Files whose tasks are all noted as done. */
function finished({ home, files }: Soak): number {
  return files.filter((file) => (home.read(file).match(/^\*\*Status:\*\* done/gm)?.length ?? 0) === JOBS).length
}

function measureFiles({ run, home }: Soak): void {
  const size = (path: string) => statSync(path, { throwIfNoEntry: false })?.size ?? 0
  const wal = size(join(home.stateDir, 'baton.db-wal'))
  run.measure('write-ahead log, MB', wal / MB)
  run.measure('database, MB', size(join(home.stateDir, 'baton.db')) / MB)
  if (wal > MOST_WAL_BYTES) run.fail(`the write-ahead log has ${wal} bytes`)
}

async function verdict(soak: Soak): Promise<void> {
  const { run, home, person } = soak
  const { overlaps, ends } = readWitness(home.journal)
  for (const line of overlaps) run.fail(`worked on by two at once: ${line}`)
  if (finished(soak) < soak.started)
    run.fail(`${soak.started - finished(soak)} of ${soak.started} runs did not come to their end`)
  for (let n = 1; n <= soak.started; n++)
    for (let i = 1; i <= JOBS; i++)
      if (!ends.some(({ title }) => title === `Job ${n}.${i}`)) run.fail(`lost: Job ${n}.${i} never ended`)
  for (const what of person.contradictions) run.fail(`an act counted twice: ${what}`)
  for (const pid of processesWith('BATON_REHEARSAL_JOURNAL', home.journal)) run.fail(`a process is left: ${pid}`)
  const store = openStore<unknown>(home.stateDir)
  for (const fault of eventFaults(store.read.events({ limit: 1_000_000 }))) run.fail(fault)
  store.close()
  run.count('runs', soak.started)
  run.count('agents', readWitness(home.journal).starts.length)
}
