import { mkdirSync } from 'node:fs'
import { freemem } from 'node:os'
import { claudeEnvironment } from '../../claude/process/environment.ts'
import { markOfStart } from '../../claude/start/read-at-start.ts'
import type { ClaudeHandlers, ClaudeProcess, ClaudeStart, WarmClaude } from '../../claude/types.ts'
import type { ProjectConfig } from '../../config/types.ts'
import { BATON } from '../../core/actors.ts'
import { following } from '../../core/lanes/following.ts'
import type { Policy, Task } from '../../core/types.ts'
import type { Store } from '../../store/store.ts'
import { taskFolder } from '../../workspace/task-folder.ts'
import type { OpenWorkspace, Workspace } from '../../workspace/workspace.ts'
import type { CommandRequest, ResolveCommand } from '../api/command-request.ts'
import { type ActivityFeed, createActivityFeed } from '../attempt/activity-feed.ts'
import type { AttemptPorts } from '../attempt/attempt-ports.ts'
import { claudeStart, type OwnFolders } from '../attempt/claude-start.ts'
import { createHandBack, type HandBackPorts } from '../attempt/hand-back.ts'
import { createHooks, type HookPorts } from '../attempt/hooks.ts'
import { planAttempt } from '../attempt/plan-attempt.ts'
import { whyNoRoom } from '../attempt/room.ts'
import { createRunAttempt } from '../attempt/run-attempt.ts'
import type { TaskLog } from '../attempt/task-log.ts'
import { createVerify, type VerifyPorts } from '../attempt/verify.ts'
import { createWarmStart, type WarmStart } from '../attempt/warm-start.ts'
import type { OwnWatch, WatchOwnFiles } from '../attempt/watch-own-files.ts'
import type { PassCrashPoint } from '../crash-points.ts'
import { newId, newUuid } from '../ids.ts'
import { watchWindows } from '../upkeep/window-watch.ts'
import { createDispatcher, type Dispatcher, isStorageTrouble } from './dispatcher.ts'
import { startReminderClock } from './reminder-clock.ts'
import { createUndoDesk } from './undo-desk.ts'
import { createWorker, type Worker } from './worker.ts'

/** What one queue is built from. */
export interface QueuePorts {
  store: Store<CommandRequest>
  project: ProjectConfig
  policy: Policy
  logsDir: string
  /** Where Baton's own files are. */
  places: OwnFolders
  env: Readonly<Record<string, string | undefined>>
  now: () => number
  reached: PassCrashPoint
  resolve: (dispatcher: () => Dispatcher) => ResolveCommand
  startClaude: (start: ClaudeStart, handlers: ClaudeHandlers) => ClaudeProcess
  spawned?: AttemptPorts['spawned']
  /** Whether this machine may work on a run at this very moment; absent: always. */
  mayBegin?: (runId: string) => boolean
  warmClaude: (start: ClaudeStart) => WarmClaude
  classify: AttemptPorts['classify']
  /** Ends every process that bears the mark of an attempt. */
  endLeftovers: HandBackPorts['endLeftovers']
  sessionInUse: (
    command: readonly string[],
    env: Record<string, string>,
    sessionId: string,
  ) => Promise<number | undefined>
  describe: AttemptPorts['describe']
  follow: AttemptPorts['follow']
  workspace: Workspace
  watchOwnFiles: WatchOwnFiles
  /** The rules that `watchOwnFiles` gives to a process of this task, before there is one. */
  ownRules: (task: Task) => OwnWatch['rules']
  redact: (text: string) => string
  openLog: (files: { logFile: string; rawFile: string }) => TaskLog
  runCommands: AttemptPorts['runCommands']
  runChecks: VerifyPorts['runChecks']
  proveNewTests: VerifyPorts['proveNewTests']
  judge: VerifyPorts['judge']
  runHooks: HookPorts['runHooks']
  holdMs: () => number
  /** The disk refuses a write, or accepts it again. */
  onTrouble: (error: Error | undefined, what: 'state' | 'task file') => void
  /** Why no more decisions are made. */
  refusal: () => string | undefined
  onError: (error: unknown) => void
}

/** A task file on a full disk is tried again after this long. */
const AGAIN_MS = 2_000

/** One project's queue with its worker. */
export interface QueueRunner {
  dispatcher: Dispatcher
  worker: Worker
  feed: ActivityFeed
  /** Cleans up after a killed process; before anything else is done. */
  recover: () => Promise<void>
}

/** Builds a queue; nothing runs before its worker is started. */
export function createQueue(ports: QueuePorts): QueueRunner {
  const { store, project, now, reached } = ports
  const dispatcher: Dispatcher = createDispatcher({
    store,
    queue: project.name,
    policy: ports.policy,
    now,
    newId,
    resolve: ports.resolve(() => dispatcher),
    reached,
    refusal: ports.refusal,
    onTrouble: (error) => ports.onTrouble(error, 'state'),
    onError: ports.onError,
  })
  const feed = createActivityFeed(now, (lives) => {
    try {
      store.setPassing(`live:${project.name}`, lives)
    } catch (error) {
      // What the process does is shown only for the moment; a full disk is noticed by what has to be stored.
      if (!isStorageTrouble(error)) ports.onError(error)
    }
  })
  // Once for all: our own environment does not change, and reading it takes as long as everything else in a start.
  const env = claudeEnvironment(ports.env, project.claude.env)
  const startOf: AttemptPorts['startOf'] = (task, plan, own) => {
    const remainingUsd = () => dispatcher.remainingUsd(task.id)
    const ask = (id: string) => dispatcher.state().asks.get(id)
    return claudeStart({ project, env, places: ports.places, remainingUsd, ask }, task, plan, own)
  }
  const { runBefore, runAfter } = createHooks({
    dispatcher,
    project,
    runHooks: ports.runHooks,
    note: (text) => store.note(project.name, text, now()),
  })
  const open = async (task: Task): Promise<OpenWorkspace> => {
    const { lane = 1 } = dispatcher.state().tasks.get(task.id) ?? task
    const place = await ports.workspace.open(task, lane)
    const { tree, branch } = place
    if (tree !== undefined && (task.worktree !== tree || task.branch !== branch))
      await dispatcher.record({
        type: 'opened',
        taskId: task.id,
        worktree: tree,
        ...(branch !== undefined && { branch }),
      })
    await runBefore(task, place)
    return place
  }
  // Ahead of its turn a task has no folder of its own yet.
  const isAlone = ports.workspace.kind === 'in_place'
  const warmStart =
    project.claude.warm && isAlone ? warmStartOf(ports, dispatcher, startOf, () => worker.isStopping()) : undefined
  const work = createRunAttempt({
    dispatcher,
    feed,
    now,
    newId,
    newUuid,
    open,
    logsDir: ports.logsDir,
    redact: ports.redact,
    openLog: ports.openLog,
    startOf,
    startClaude: ports.startClaude,
    ...(ports.spawned && { spawned: ports.spawned }),
    whyNoRoom: (isFirst) => whyNoRoom(isFirst),
    sessionInUse: (sessionId) => ports.sessionInUse(project.claude.command, env, sessionId),
    ...(warmStart && { warmStart }),
    classify: ports.classify,
    describe: ports.describe,
    follow: ports.follow,
    evidence: ports.workspace,
    watchOwnFiles: ports.watchOwnFiles,
    holdMs: ports.holdMs,
    reached,
    isStopping: () => worker.isStopping(),
    onError: ports.onError,
    runCommands: ports.runCommands,
  })
  const { watchOwnFiles, runChecks, proveNewTests, judge } = ports
  const verify = createVerify({ dispatcher, feed, now, open, watchOwnFiles, runChecks, proveNewTests, judge })
  const worker: Worker = createWorker(
    dispatcher,
    {
      mayBegin: ({ runId }) => ports.mayBegin?.(runId) !== false,
      work,
      verify,
      undo: async (task) => {
        const { ok, text } = await ports.workspace.undo(task)
        await dispatcher.record({ type: 'undone', taskId: task.id, by: BATON, ok, text })
      },
      land: async (task, signal) => {
        const landing = await ports.workspace.land(task, signal)
        if (signal.aborted && landing.kind !== 'landed') return
        await dispatcher.record({ type: 'landed', taskId: task.id, landing })
      },
      handBack: createHandBack({ dispatcher, evidence: ports.workspace, endLeftovers: ports.endLeftovers }),
      runAfter,
      discard: async (task) => {
        await ports.workspace.discard(task).catch(ports.onError)
        await dispatcher.record({ type: 'discarded', taskId: task.id })
      },
      mark: async (task) => {
        const finished = await ports.workspace.finish(task, async (error) => {
          ports.onTrouble(error, 'task file')
          await new Promise((resolve) => setTimeout(resolve, AGAIN_MS))
          return !worker.isStopping()
        })
        // Not noted yet: the next process does it.
        if (finished === 'given up') return
        ports.onTrouble(undefined, 'task file')
        reached('marked')
        await dispatcher.record({ type: 'marked', taskId: task.id, ...finished })
      },
    },
    now,
    ports.onError,
  )
  const desk = createUndoDesk({ dispatcher, workspace: ports.workspace, onError: ports.onError })
  const stopReminders = startReminderClock(dispatcher, { policy: ports.policy, now, onError: ports.onError })
  const stopWindows = watchWindows(dispatcher, ports.onError)
  const stop = async () => {
    stopReminders()
    stopWindows()
    await Promise.all([worker.stop(), desk.stop(), warmStart?.discard()])
    feed.close()
    // What was started while the worker ended.
    await warmStart?.discard()
  }
  const recover = async () => {
    const lines = await ports.workspace.recover().catch((error: unknown) => {
      ports.onError(error)
      return []
    })
    for (const text of lines) store.note(project.name, text, now())
    desk.start()
  }
  return { dispatcher, worker: { ...worker, stop }, feed, recover }
}

/** Less than this free, and no Claude is started ahead of its turn. */
const WARM_FREE_BYTES = 700 * 1024 * 1024

function warmStartOf(
  { project, policy, logsDir, redact, ownRules, warmClaude, onError }: QueuePorts,
  dispatcher: Dispatcher,
  startOf: AttemptPorts['startOf'],
  isStopping: () => boolean,
): WarmStart {
  const isOpen = () => !isStopping() && !dispatcher.state().queue.paused && !dispatcher.state().queue.hold
  const warmStart = createWarmStart({
    warmClaude,
    following: (current) => following(dispatcher.state(), policy, current),
    isOpen,
    planOf: (task) => {
      const where = { place: { folder: taskFolder(project.path, task), env: {} }, logsDir, newUuid, newId, redact }
      return planAttempt(task, undefined, { deferred: undefined }, where)
    },
    // Its calls are judged by the guard of the attempt that takes it over; it makes none before.
    startOf: (task, plan) => startOf(task, plan, { rules: ownRules(task), guard: () => undefined }),
    markOf: ({ cwd, env }) => markOfStart(cwd, env),
    isLimited: project.laneLimits.memoryBytes !== undefined || project.laneLimits.cpus !== undefined,
    dependsOnCost: () => policy.budget.runUsd !== undefined || policy.budget.dayUsd !== undefined,
    hasRoom: () => freemem() > WARM_FREE_BYTES,
    onError,
  })
  dispatcher.onCommit(warmStart.look)
  return warmStart
}

/** Makes the log folder before anything is started, so that a missing right to write is reported at once. */
export function ensureFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
}
