/** A life in which ten tasks at once are worked on in worktrees; killed at a chosen call of git. Argument: a `LaneLife` as JSON. */
import childProcess, { type ChildProcess } from 'node:child_process'
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ProjectConfig } from '../../src/config/types.ts'
import type { Attempt, Task } from '../../src/core/types.ts'
import { sampleTask } from '../../test/support/samples.ts'
import { contentOf, FILES, fileOf, type LaneLife, type LaneTask } from '../lanes/life.ts'

const life = JSON.parse(process.argv[2] as string) as LaneLife
const witness = (line: string) => appendFileSync(life.journal, `${line}\n`)

/** Git takes some milliseconds; this is somewhere in them. */
const MIDDLE_MS = 4
let calls = 0
const { execFile } = childProcess
childProcess.execFile = ((file: string, args: string[], options: object, done: (...given: unknown[]) => void) => {
  const isIt = ++calls === life.kill?.nth
  const die = () => process.kill(process.pid, 'SIGKILL')
  if (isIt && life.kill?.how === 'before') die()
  const child: ChildProcess = execFile(file, args, options, (...given) => {
    if (isIt && life.kill?.how === 'after') die()
    done(...given)
  })
  if (isIt && (life.kill?.how === 'together' || life.kill?.how === 'alone')) {
    const until = performance.now() + MIDDLE_MS
    while (performance.now() < until);
    if (life.kill.how === 'together') child.kill('SIGKILL')
    die()
  }
  return child
}) as unknown as typeof execFile
syncBuiltinESMExports()

const { openStore } = await import('../../src/store/store.ts')
const { createWorktrees } = await import('../../src/workspace/worktree/worktree.ts')
const { endOrphans } = await import('../../src/claude/process/orphans.ts')

const store = openStore(life.stateDir)
const { kept } = store
const before = kept.get<number>('pid')
kept.set('pid', process.pid)
if (before !== undefined) await endOrphans('BATON_GIT', before)

/** Where the work on a task stands; what the daemon's own tables would say. */
type Phase = 'new' | 'working' | 'worked' | 'over'
const phaseOf = ({ number }: LaneTask) => kept.get<Phase>(`phase:${number}`) ?? 'new'
const attempts = (taskId: string) => kept.get<Attempt[]>(`attempts:${taskId}`) ?? []
const put = (attempt: Attempt) => {
  const others = attempts(attempt.taskId).filter(({ id }) => id !== attempt.id)
  kept.set(`attempts:${attempt.taskId}`, [...others, attempt])
}
const all = life.tasks.map(({ number }) => taskOf(number))

const workspace = createWorktrees({
  project: {
    ...{
      name: 'main',
      path: life.repository,
      mark: false,
      git: 'read',
      guard: 'off',
      commit: 'never',
      branch: 'current',
    },
    ...{ commitMessage: '{title}', push: false, verify: [] },
  } as unknown as ProjectConfig,
  ...{ exclude: [], claudeDir: '/nonexistent', inbox: '/nonexistent', meta: kept, attempts },
  attempt: (id) => all.flatMap((task) => attempts(task.id)).find((one) => one.id === id),
  tasks: () => all,
  notes: { settled: async () => ({ isRewritten: false }) },
  onError: (error) => witness(`error ${error instanceof Error ? error.message.replaceAll('\n', ' ') : error}`),
  options: { dir: life.dir, copy: [], setup: ['half', 'whole'], keep: life.keep },
  merge: { into: 'run', method: 'squash' },
  mayBeDirty: () => [],
  marksIn: async () => undefined,
  checksFor: async () => [],
  runCheck: async () => {
    throw new Error('there are no checks')
  },
  // A call that is killed like those of git: before, in the middle, after.
  runSetUp: (step, { cwd }) =>
    new Promise((resolve) => {
      const script = `mkdir -p made && sleep 0.01 && echo ${step} > made/${step}`
      childProcess.execFile('/bin/sh', ['-c', script], { cwd }, (error) =>
        resolve(error ? { failed: error.message } : {}),
      )
    }),
})

for (const line of await workspace.recover()) witness(`recovered ${line}`)
const inUse = new Map<string, number>()
const ended = await Promise.allSettled(life.tasks.map((task, index) => workOn(task, index + 1)))
for (const one of ended)
  if (one.status === 'rejected') witness(`thrown ${String(one.reason?.stack).replaceAll('\n', ' | ')}`)
await workspace.clean()
witness('end')

async function workOn(planned: LaneTask, lane: number): Promise<void> {
  const { number, fate } = planned
  const task = all.find((one) => one.number === number) as Task
  task.attempts = attempts(task.id).length
  if (phaseOf(planned) === 'over') return
  if (phaseOf(planned) !== 'worked') {
    const { folder } = await workspace.open(task, lane)
    const other = inUse.get(folder)
    if (other !== undefined) witness(`shared ${number} ${other}`)
    inUse.set(folder, number)
    look(number, folder)
    // One that a kill ended is continued, as the daemon does it.
    const due = (['first', 'second'] as const).filter((_, index) => attempts(task.id)[index]?.live !== false)
    for (const which of due) await attempt(task, folder, which)
    kept.set(`phase:${number}`, 'worked')
    writeFileSync(join(folder, fileOf(number, 'late')), contentOf(number, 'late'))
    witness(`late ${number} ${folder}`)
    // All lanes are in use at the same time.
    await sleep(20)
    inUse.delete(folder)
  }
  if (fate === 'wait') return
  if (fate === 'land') {
    const landing = await workspace.land(task, new AbortController().signal)
    if (landing.kind !== 'landed') {
      witness(`not-landed ${number} ${landing.kind} ${landing.words.replaceAll('\n', ' ')}`)
      return
    }
    witness(`landed ${number} ${landing.commit ?? 'nothing'}`)
    await workspace.finish(task, async () => false)
  } else await workspace.discard(task)
  kept.set(`phase:${number}`, 'over')
  witness(`over ${number}`)
}

/** As the daemon makes one: what is known before, the work, what is known after. */
async function attempt(task: Task, folder: string, which: 'first' | 'second'): Promise<void> {
  const number = which === 'first' ? 1 : 2
  const known = attempts(task.id).find((one) => one.number === number)
  const stored: Attempt = known ?? {
    ...{ id: `${task.id}-${number}`, taskId: task.id, runId: task.runId, number, sessionId: 's', cwd: folder },
    ...{ processes: 1, live: true, heard: true, startedAt: Date.now(), costUsd: 0, turns: 0, logFile: '', rawFile: '' },
  }
  if (!known) Object.assign(stored, await workspace.before(task, { attempt: stored }))
  put(stored)
  task.attempts = number
  task.attemptId = stored.id
  writeFileSync(join(folder, fileOf(task.number, which)), contentOf(task.number, which))
  witness(`wrote ${task.number} ${folder} ${which}`)
  const { checkpointAfter } = await workspace.after(
    task,
    { attempt: stored },
    { kind: 'done', text: 'done', result: 'Done.' },
    undefined,
  )
  put({ ...stored, live: false, outcome: 'done', ...(checkpointAfter !== undefined && { checkpointAfter }) })
  if (checkpointAfter === undefined) witness(`unseen ${task.number} ${which}`)
  else witness(`kept ${task.number} ${which}`)
}

/** What a task finds in its folder is told, so that the row can say what is missing. */
function look(number: number, folder: string): void {
  const found = FILES.filter((which) => {
    const file = join(folder, fileOf(number, which))
    return existsSync(file) && readFileSync(file, 'utf8') === contentOf(number, which)
  })
  witness(`found ${number} ${found.join(' ')}`)
  for (const step of ['half', 'whole']) {
    const file = join(folder, 'made', step)
    if (!existsSync(file) || readFileSync(file, 'utf8') !== `${step}\n`) witness(`not-set-up ${number} ${step}`)
  }
}

function taskOf(number: number): Task {
  const id = `task${number}`
  return sampleTask({ id, runId: 'run', number, phase: 'working', spec: { title: `Task ${number}`, verify: [] } })
}
