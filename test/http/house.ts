import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { ProjectConfig } from '../../src/config/types.ts'
import type { Command } from '../../src/core/commands/commands.ts'
import type { ClaudeRequest } from '../../src/core/inputs.ts'
import { next, turns } from '../../src/core/next.ts'
import type { Attempt, Outcome, Policy, Proof } from '../../src/core/types.ts'
import type { DaemonApi } from '../../src/daemon/api/api.ts'
import type { CommandRequest } from '../../src/daemon/api/command-request.ts'
import { createFollowers } from '../../src/daemon/api/event-followers.ts'
import { createInProcessApi } from '../../src/daemon/api/in-process-api.ts'
import { createViews } from '../../src/daemon/api/views.ts'
import { type ActivityFeed, createActivityFeed } from '../../src/daemon/attempt/activity-feed.ts'
import { createResolveCommand, type Planned } from '../../src/daemon/commands/resolve-command.ts'
import { newId, newRunId } from '../../src/daemon/ids.ts'
import { createDispatcher, type Dispatcher } from '../../src/daemon/queue/dispatcher.ts'
import { addTask } from '../../src/sources/files/add-task.ts'
import { planned } from '../../src/sources/files/plan-files.ts'
import { openStore, type Store } from '../../src/store/store.ts'
import { parseTaskFile } from '../../src/taskfile/parse.ts'
import { planRun } from '../../src/taskfile/plan/plan.ts'
import { localDay } from '../../src/text/times.ts'

const POLICY: Policy = {
  approval: { mode: 'marked', auto: [], review: 'never', checkpointAfter: [] },
  onFailure: 'ask',
  retries: 0,
  budget: {},
  hasChecks: () => false,
  guard: 'ask',
  attended: true,
  finish: false,
}

/** A daemon without a worker: the real store, dispatcher and api; tests play the part of Claude by hand. */
export interface House {
  home: string
  stateDir: string
  logsDir: string
  store: Store<CommandRequest>
  dispatcher: Dispatcher
  /** What applies from now on; a test may change it. */
  policy: Policy
  api: DaemonApi
  feed: ActivityFeed
  now: () => number
  /** Moves the clock. */
  wait: (ms: number) => void
  write: (name: string, text: string) => void
  /** Takes up the task that has its turn and lets Claude speak; its log has these lines. */
  begin: (...logLines: string[]) => Attempt
  ask: (request?: Partial<ClaudeRequest>) => void
  end: (outcome?: Partial<Outcome>, proof?: Partial<Proof>) => void
  log: (text: string) => void
  /** Stores an event by itself and tells the followers. */
  emit: (text: string) => void
  /** Does whatever is due beside the work itself: marks, checks. */
  settle: () => void
  close: () => Promise<void>
}

const ABOUT = { url: 'https://github.com/acme/app/issues/5', author: 'rita', session_id: null, pull: null }
/** What is open on GitHub; a title is what an outsider wrote. */
const BOARD = {
  repo: 'acme/app',
  issues: [
    { ...ABOUT, number: 5, title: '<img src=x onerror=alert(1)> Search is slow', state: 'open', can: ['take'] },
    { ...ABOUT, number: 4, title: 'Add a login page', state: 'running', can: [] },
  ],
  pulls: [
    {
      ...{ number: 12, title: 'Sort the list', url: 'https://github.com/acme/app/pull/12', author: 'tom' },
      ...{ head: 'ab12cd34'.repeat(5), state: 'reviewed, 2 open', can: ['review', 'merge'] },
    },
  ],
}

/** Opens a house in a temporary folder. */
export function openHouse(more: Partial<Policy> = {}, queues = ['main']): House {
  const policy: Policy = { ...POLICY, ...more }
  const outside = mkdtempSync(join(tmpdir(), 'baton-http-'))
  const home = join(outside, 'home')
  const logsDir = join(home, 'logs')
  const stateDir = join(home, '.baton')
  const store = openStore<CommandRequest>(stateDir)
  // It is noon, so that no test of a minute or an hour reaches another day.
  let ahead = new Date().setHours(12, 0, 0, 0) - Date.now()
  const now = () => Date.now() + ahead
  const readFile = (name: string) => readFileSync(join(home, name), 'utf8')
  const plan = async (command: Extract<Command, { type: 'start' }>): Promise<Planned> => {
    if (command.inline)
      return planned({ home, stateDir }, { order: 'written', tasks: [] as string[] } as ProjectConfig, command)
    const names = command.files ?? ['tasks/today.md']
    const parsed = names.map((name) => parseTaskFile(readFile(name), name))
    const { tasks, total, alreadyDone, problems } = planRun(parsed, { order: 'written' })
    const errors = [...parsed.flatMap((file) => file.problems), ...problems].filter((p) => p.severity === 'error')
    if (errors.length > 0) return { problems: errors.map((p) => `${p.file}:${p.line}: ${p.message}`).join('\n') }
    return { tasks, files: names, total, alreadyDone }
  }
  const resolve = createResolveCommand({
    now,
    plan,
    add: (command) =>
      addTask({ home }, { tasks: ['tasks/*.md'] } as ProjectConfig, command, { begun: undefined, begin: () => {} }),
    answers: {
      land: async () => ({ ok: true, text: 'Landed.' }),
      github: async ({ text = 'list' }) =>
        text === 'list' ? { ok: true, text: BOARD.repo, data: BOARD } : { ok: true, text: `Did ${text}.` },
      session: async () => ({ ok: true, text: 'It is free.' }),
      worktree: async () => ({ ok: true, text: 'There are no worktrees.' }),
      undo: async (command, by) => {
        const runId = command.runId ?? store.read.runs({ limit: 1 })[0]?.id ?? ''
        const task = store.read.taskByNumber(runId, command.task)
        const again = task?.phase === 'undone'
        if (command.confirm === undefined) {
          const text = again ? `Bring back task ${command.task}?` : `Undo task ${command.task}: 2 files go back.`
          return { ok: false, text, data: { confirm: 'word', again, overwrite: ['a.ts'] } }
        }
        const text = again ? `Task ${command.task} is brought back.` : `Task ${command.task} is undone.`
        if (task) dispatcher.apply({ type: 'undone', taskId: task.id, by, text, ok: true, again })
        return { ok: true, text }
      },
    },
    newRunId: () => newRunId(now()),
    deploys: async ({ type, text }) => ({ reply: { ok: true, text: `Did ${type} ${text}.` } }),
    taskFiles: async () => ['tasks/today.md'],
  })
  const followers = createFollowers(store.read, (error) => {
    throw error
  })
  const reached = () => undefined
  const dispatchers = new Map(
    queues.map((queue): [string, Dispatcher] => [
      queue,
      createDispatcher({
        store,
        queue,
        policy,
        now,
        newId,
        resolve,
        reached,
        onTrouble: (error) => {
          if (error) throw error
        },
        onError: (error) => {
          throw error
        },
      }),
    ]),
  )
  const feeds = new Map(
    queues.map((queue): [string, ActivityFeed] => [queue, createActivityFeed(now, () => undefined)]),
  )
  for (const dispatcher of dispatchers.values()) {
    dispatcher.apply({ type: 'boot' })
    dispatcher.onCommit((events) => events.length > 0 && followers.notify())
  }
  const dispatcher = dispatchers.get(queues[0] as string) as Dispatcher
  const feed = feeds.get(queues[0] as string) as ActivityFeed
  const views = createViews({
    read: store.read,
    queues,
    now,
    localDay,
    runner: () => ({ pid: process.pid, since: now(), kind: 'daemon' }),
    live: (queue) => feeds.get(queue)?.current() ?? [],
  })
  const api = createInProcessApi({ store, dispatchers, feeds, views, followers, now, newId, reached })
  const liveAttempt = () => {
    const attempt = [...dispatcher.state().attempts.values()].find((one) => one.live)
    if (!attempt) throw new Error('no process is running')
    return attempt
  }

  const house: House = {
    home,
    stateDir,
    logsDir,
    store,
    dispatcher,
    policy,
    api,
    feed,
    now,
    wait: (ms) => {
      ahead += ms
    },
    write(name, text) {
      mkdirSync(dirname(join(home, name)), { recursive: true })
      writeFileSync(join(home, name), text)
    },
    begin(...logLines) {
      house.settle()
      const live = new Set([...dispatcher.state().attempts.values()].filter((one) => one.live).map((one) => one.taskId))
      const { task } =
        turns(dispatcher.state(), now()).find((turn) => turn.step.do === 'work' && !live.has(turn.task.id)) ?? {}
      if (!task) throw new Error(`nothing to work on: ${next(dispatcher.state(), now()).do}`)
      const logFile = join(logsDir, task.runId, `${task.number}-task.log`)
      const attempt = { id: newId(), sessionId: newId(), cwd: home, logFile, rawFile: `${logFile}.jsonl` }
      dispatcher.apply({ type: 'claimed', taskId: task.id, attempt })
      dispatcher.apply({ type: 'spawned', attemptId: attempt.id, pid: 4_711, pidStartedAt: '1' })
      dispatcher.apply({ type: 'heard', attemptId: attempt.id })
      mkdirSync(dirname(logFile), { recursive: true })
      writeFileSync(logFile, logLines.map((line) => `${line}\n`).join(''))
      feed.set({
        runId: task.runId,
        taskId: task.id,
        task: task.number,
        title: task.spec.title,
        activity: 'starting',
        startedAt: now(),
        turns: 0,
        costUsd: 0,
        lastOutputAt: now(),
        checkedAt: now(),
      })
      return liveAttempt()
    },
    ask(request = {}) {
      const useId = newId()
      dispatcher.apply({
        type: 'asked',
        attemptId: liveAttempt().id,
        request: {
          kind: 'permission',
          tool: 'Bash',
          input: { command: 'npm test' },
          useId,
          requestId: useId,
          title: 'Run a command',
          text: 'npm test',
          ...request,
        },
      })
    },
    end(outcome = {}, proof) {
      const kind = outcome.kind ?? 'done'
      dispatcher.apply({
        type: 'ended',
        attemptId: liveAttempt().id,
        outcome: { kind, text: kind, result: 'All done.', sessionCostUsd: 0.25, turns: 3, ...outcome },
        ...(proof && { proof, checkpointAfter: 'after' }),
      })
      feed.clear(feed.current()[0]?.taskId ?? '')
      house.settle()
    },
    log(text) {
      writeFileSync(liveAttempt().logFile, text, { flag: 'a' })
    },
    emit(text) {
      store.commit({ changes: [], events: [{ at: now(), type: 'note', queue: queues[0] as string, text }] })
      followers.notify()
    },
    settle() {
      for (;;) {
        const step = next(dispatcher.state(), now())
        if (step.do !== 'verify') return
        const { checks = [] } = step.task.proof ?? {}
        dispatcher.apply({ type: 'checked', taskId: step.task.id, ok: true, text: 'checks passed', proof: { checks } })
      }
    },
    async close() {
      store.close()
      await rm(outside, { recursive: true, force: true })
    },
  }
  return house
}
