import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ProjectConfig } from '../../src/config/types.ts'
import type { Attempt, Task } from '../../src/core/types.ts'
import { createWorktrees, type Worktrees } from '../../src/workspace/worktree/worktree.ts'
import { sampleTask } from '../../test/support/samples.ts'
import { median, percentile, row } from '../figures.ts'

const FILES = 10_000
/** Half of them on a branch that has not moved: enough for a 99th percentile. */
const LANDINGS = 200
const never = new AbortController().signal

/** Worktrees over a repository of that many files, with one check that never runs a process: only Baton's own time and git's counts. */
function lineWorld(files: number, isRed: (folder: string) => Promise<boolean> = async () => false) {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'baton-bench-line-')))
  const root = join(dir, 'app')
  mkdirSync(root)
  const git = (...args: string[]) => execFileSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 1e9 })
  git('init', '-q', '-b', 'main')
  git('config', 'user.name', 'b')
  git('config', 'user.email', 'b@localhost')
  for (let i = 0; i < files; i++) {
    const folder = join(root, `folder-${i % 100}`)
    if (i < 100) mkdirSync(folder)
    writeFileSync(join(folder, `file-${i}.txt`), `${i}\n`.repeat(20))
  }
  writeFileSync(join(root, 'README.md'), 'hello\n')
  git('add', '-A')
  git('commit', '-q', '-m', 'first')
  const attempts: Attempt[] = []
  const tasks: Task[] = []
  const kept = new Map<string, string>()
  let checks = 0
  const workspace: Worktrees = createWorktrees({
    project: {
      ...{ name: 'main', path: root, mark: false, git: 'read', guard: 'off', commit: 'never', branch: 'current' },
      ...{ commitMessage: '{title}', push: false, verify: [] },
    } as unknown as ProjectConfig,
    ...{ exclude: [], claudeDir: '/nonexistent', inbox: '/nonexistent' },
    attempt: (id) => attempts.find((one) => one.id === id),
    attempts: (taskId) => attempts.filter((one) => one.taskId === taskId),
    tasks: () => tasks,
    meta: {
      get: <T>(key: string) => (kept.has(key) ? (JSON.parse(kept.get(key) as string) as T) : undefined),
      set: (key, value) => void kept.set(key, JSON.stringify(value)),
    },
    notes: { settled: async () => ({ isRewritten: false }) },
    onError: (error) => {
      throw error
    },
    options: { dir: join(dir, 'trees'), copy: [], setup: [], keep: 10 },
    merge: { into: 'run', method: 'squash' },
    mayBeDirty: () => [],
    marksIn: async () => undefined,
    checksFor: async () => [{ check: { name: 'check', command: 'check', timeoutMs: 0 }, isOwn: false }],
    runCheck: async (_, { folder }) => {
      checks++
      const ok = !(await isRed(folder))
      return { name: 'check', command: 'check', ok, durationMs: 0, exitCode: ok ? 0 : 1, output: '' }
    },
    runSetUp: async () => ({}),
  })
  /** Works on a task to its end, and says how long its folder took. */
  const seen = new Set<string>()
  const work = async (number: number, file: string): Promise<{ task: Task; readyMs: number; isPooled: boolean }> => {
    const task = sampleTask({
      id: `task${number}`,
      runId: 'run',
      number,
      phase: 'working',
      spec: { title: `Task ${number}`, verify: [] },
    })
    tasks.push(task)
    const start = performance.now()
    const { folder } = await workspace.open(task, (number % 10) + 1)
    const readyMs = performance.now() - start
    const isPooled = seen.has(folder)
    seen.add(folder)
    const stored: Attempt = {
      ...{ id: `${task.id}-1`, taskId: task.id, runId: task.runId, number: 1, sessionId: 's', cwd: folder },
      ...{
        processes: 1,
        live: true,
        heard: true,
        startedAt: Date.now(),
        costUsd: 0,
        turns: 0,
        logFile: '',
        rawFile: '',
      },
    }
    Object.assign(stored, await workspace.before(task, { attempt: stored }))
    attempts.push(stored)
    task.attempts = 1
    task.attemptId = stored.id
    writeFileSync(join(folder, file), `by task ${number}\n`)
    const { proof, checkpointAfter } = await workspace.after(
      task,
      { attempt: stored },
      { kind: 'done', text: 'done', result: 'done' },
      undefined,
    )
    Object.assign(stored, { live: false, outcome: 'done', checkpointAfter })
    // Its own checks were green in its own worktree.
    task.proof = { checks: [{ name: 'check', command: 'check', ok: true, durationMs: 0, output: '' }], ...proof }
    return { task, readyMs, isPooled }
  }
  return {
    work,
    workspace,
    checks: () => checks,
    forgetChecks: () => {
      checks = 0
    },
    remove: () => rmSync(dir, { recursive: true, force: true }),
  }
}

/** The line's own time a landing on 10,000 files: on a branch that has not moved, and on one that has. */
export async function timeOfLandings(): Promise<void> {
  const world = lineWorld(FILES)
  try {
    const fresh: number[] = []
    const pooled: number[] = []
    const own: number[] = []
    const combined: number[] = []
    const land = async (task: Task) => {
      const start = performance.now()
      const landing = await world.workspace.land(task, never)
      if (landing.kind !== 'landed') throw new Error(`Task ${task.number} did not land`)
      const ms = performance.now() - start
      await world.workspace.finish(task, async () => false)
      task.phase = 'done'
      return ms
    }
    for (let number = 1; number <= LANDINGS; number += 2) {
      const [one, two] = [await world.work(number, `${number}.txt`), await world.work(number + 1, `${number + 1}.txt`)]
      // The first landing takes one of the two for its checks, so that a later lane is the first in a third.
      for (const { readyMs, isPooled } of [one, two]) (isPooled ? pooled : fresh).push(readyMs)
      own.push(await land(one.task))
      // The other one has landed meanwhile: the two are combined, checked out and checked.
      combined.push(await land(two.task))
    }
    const ms = (values: number[]) =>
      `${median(values).toFixed(0)} ms, p99 ${percentile(values, 0.99).toFixed(0)}, at most ${Math.max(...values).toFixed(0)}`
    row(`a lane is ready, ${FILES} files, from the pool`, ms(pooled), 'goal ≤ 1 s')
    row('the same, the first time', ms(fresh), '')
    row(`the line's own time a landing, ${FILES} files, nothing else landed`, ms(own), 'goal ≤ 150 ms, p99 ≤ 400')
    row('the same where it is combined and checked out for its check', ms(combined), '')
  } finally {
    world.remove()
  }
}

/** How often checks are run for what lands. */
export async function checkRunsOfLandings(): Promise<void> {
  row('check runs of a task that lands on a branch that has not moved', String((await runsOfEight()).alone), 'goal 0')
  row('check runs of eight that are ready together', String((await runsOfEight()).batch), 'goal 1')
  const red: number[] = []
  for (let culprit = 1; culprit <= 8; culprit++) red.push((await runsOfEight(culprit)).batch)
  const figure = `${median(red)}, at most ${Math.max(...red)}`
  row('the same with one culprit among them, wherever it stands', figure, 'goal ≤ 1 + 3 + 1')
}

/** Eight become ready while another one is checked; the culprit breaks the checks only together with what landed before. */
async function runsOfEight(culprit?: number): Promise<{ alone: number; batch: number }> {
  const entered = Promise.withResolvers<void>()
  const go = Promise.withResolvers<void>()
  let isHeld = false
  const world = lineWorld(10, async (folder) => {
    if (isHeld) {
      isHeld = false
      entered.resolve()
      await go.promise
    }
    const names = readdirSync(folder)
    return names.includes('bad.txt') && names.includes('9.txt')
  })
  try {
    const works: Task[] = []
    for (const number of [9, 10, 1, 2, 3, 4, 5, 6, 7, 8])
      works.push((await world.work(number, number === culprit ? 'bad.txt' : `${number}.txt`)).task)
    const [first, second, ...eight] = works as [Task, Task, ...Task[]]
    await world.workspace.land(first, never)
    const alone = world.checks()
    isHeld = true
    const held = world.workspace.land(second, never)
    await entered.promise
    const landing = eight.map((task) => world.workspace.land(task, never))
    // What comes before the line is done for all of them by then.
    await sleep(5_000)
    go.resolve()
    await held
    const before = world.checks()
    await Promise.all(landing)
    return { alone, batch: world.checks() - before }
  } finally {
    world.remove()
  }
}
