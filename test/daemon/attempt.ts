import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { ResolvedCommand } from '../../src/core/commands/commands.ts'
import { next } from '../../src/core/next.ts'
import type { Ask, Policy, Task, TaskSpec } from '../../src/core/types.ts'
import type { CommandRequest } from '../../src/daemon/api/command-request.ts'
import { type ActivityFeed, createActivityFeed } from '../../src/daemon/attempt/activity-feed.ts'
import type { AttemptPorts } from '../../src/daemon/attempt/attempt-ports.ts'
import { createRunAttempt } from '../../src/daemon/attempt/run-attempt.ts'
import { createStreamFollower } from '../../src/daemon/attempt/stream-follower.ts'
import { newId } from '../../src/daemon/ids.ts'
import { createDispatcher, type Dispatcher } from '../../src/daemon/queue/dispatcher.ts'
import { openStore, type Store } from '../../src/store/store.ts'
import { ANNA, POLICY, planned } from '../core/house.ts'
import { type FakeClaude, fakeClaude, outcomeOf } from './fake-claude.ts'

/** A watch of Baton's own files that finds nothing, since there are none. */
export const unwatched = () => ({
  ready: Promise.resolve(),
  rules: { deny: [], ask: [] },
  guard: () => undefined,
  judge: () => undefined,
  heard: () => undefined,
  end: async () => [],
})

/** A queue with a real store and dispatcher whose Claude is played by hand. */
export interface AttemptHouse {
  dir: string
  store: Store<CommandRequest>
  dispatcher: Dispatcher
  feed: ActivityFeed
  /** Every process that was started. */
  claudes: FakeClaude[]
  logged: string[]
  errors: unknown[]
  act: (command: ResolvedCommand) => void
  task: () => Task
  asks: () => Ask[]
  /** Works on the task that has its turn; gives its process once it is there. */
  begin: (ports?: Partial<AttemptPorts>) => Promise<{ claude: FakeClaude; over: Promise<void> }>
  /** The same where no process is expected. */
  work: (ports?: Partial<AttemptPorts>) => Promise<void>
  close: () => Promise<void>
}

/** Opens a queue with a run of one task. */
export function openAttemptHouse(policy: Partial<Policy> = {}, spec: Partial<TaskSpec> = {}): AttemptHouse {
  const dir = mkdtempSync(join(tmpdir(), 'baton-attempt-'))
  const store = openStore<CommandRequest>(dir)
  const claudes: FakeClaude[] = []
  const logged: string[] = []
  const errors: unknown[] = []
  const works: Promise<void>[] = []
  const dispatcher = createDispatcher({
    store,
    queue: 'main',
    policy: { ...POLICY, finish: false, ...policy },
    now: Date.now,
    newId,
    resolve: async ({ command }) =>
      command.type === 'pause' ? { command } : { reply: { ok: true, text: command.type } },
    reached: () => undefined,
    onTrouble: () => undefined,
    onError: (error) => errors.push(error),
  })
  const feed = createActivityFeed(Date.now, () => undefined)
  const ports: AttemptPorts = {
    dispatcher,
    feed,
    now: Date.now,
    newId,
    newUuid: newId,
    open: async () => ({ folder: dir, env: {} }),
    logsDir: join(dir, 'logs'),
    redact: (text) => text,
    openLog: () => ({
      line: (text) => void logged.push(text),
      raw: () => undefined,
      close: async () => undefined,
    }),
    sessionInUse: async () => undefined,
    whyNoRoom: () => undefined,
    startOf: (task, plan) => ({
      command: ['claude'],
      args: [plan.isNew ? '--session-id' : '--resume', plan.attempt.sessionId],
      cwd: plan.attempt.cwd,
      env: {},
      attemptId: plan.attempt.id,
      prompt: task.spec.instruction,
      limits: { startMs: 1, idleMs: 1, totalMs: 1, exitMs: 1, graceMs: 1 },
    }),
    startClaude(start, on) {
      const claude = fakeClaude(start, on)
      claudes.push(claude)
      return claude
    },
    classify: outcomeOf,
    describe: (ask) => ({
      kind: ask.kind,
      tool: ask.tool,
      input: ask.input,
      useId: ask.toolUseId,
      requestId: ask.requestId,
      title: 'Run a command',
      text: JSON.stringify(ask.input),
      ...(ask.kind === 'question' && { questions: ask.questions }),
      ...(ask.kind === 'permission' && { rule: 'Bash(npm test)', matchingRules: ['Bash(npm test)'] }),
    }),
    follow: (cwd) => createStreamFollower(cwd, (text) => text),
    evidence: {
      before: async () => ({ checkpointBefore: 'before' }),
      after: async () => ({ proof: { flags: ['looked at'] }, checkpointAfter: 'after' }),
    },
    watchOwnFiles: unwatched,
    holdMs: () => Number.POSITIVE_INFINITY,
    reached: () => undefined,
    isStopping: () => false,
    onError: (error) => errors.push(error),
    runCommands: async () => ({ kind: 'done', text: 'ran' }),
  }
  const stepNow = () => next(dispatcher.state(), Date.now())
  const house: AttemptHouse = {
    dir,
    store,
    dispatcher,
    feed,
    claudes,
    logged,
    errors,
    act: (command) => void dispatcher.apply({ type: 'command', command, by: ANNA }),
    task: () => dispatcher.state().tasks.values().next().value as Task,
    asks: () => [...dispatcher.state().asks.values()],
    work(more = {}) {
      const step = stepNow()
      if (step.do !== 'work') throw new Error(`nothing to work on: ${step.do}`)
      const isWanted = () => {
        const now = stepNow()
        return now.do === 'work' && now.task.id === step.task.id
      }
      const over = createRunAttempt({ ...ports, ...more })(step.task, isWanted)
      works.push(over)
      return over
    },
    async begin(more) {
      const before = claudes.length
      const over = house.work(more)
      await expect.poll(() => claudes.length, { interval: 1 }).toBe(before + 1)
      return { claude: claudes[before] as FakeClaude, over }
    },
    async close() {
      for (const claude of claudes) claude.finish()
      await Promise.allSettled(works)
      store.close()
      await rm(dir, { recursive: true, force: true })
    },
  }
  dispatcher.apply({ type: 'boot' })
  house.act({ type: 'start', tasks: [planned(1, spec)], files: ['tasks/today.md'], autoApprove: false })
  return house
}
