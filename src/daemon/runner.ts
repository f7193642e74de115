import type { ClaudeHandlers, ClaudeProcess, ClaudeStart, WarmClaude } from '../claude/types.ts'
import type { Config, ProjectConfig } from '../config/types.ts'
import { type Holder, takeLockPatiently } from '../store/lock.ts'
import { openStore, type Store } from '../store/store.ts'
import { watchCommits } from './commit-watcher.ts'
import { describeAsk } from './describe-ask.ts'
import { createDiskWatch, type DiskWatch } from './disk-watch.ts'
import type { Dispatcher } from './dispatch.ts'
import { createFollowers } from './follow.ts'
import { newId } from './ids.ts'
import { noteCeiling } from './known-attempts.ts'
import { localDay } from './local-day.ts'
import { createLocalFace } from './local-face.ts'
import type { Reached } from './points.ts'
import { policyOf } from './policy.ts'
import { createQueue, ensureFolder, type QueuePorts, type QueueRunner } from './queue.ts'
import type { Opened, Runner } from './runner-types.ts'
import { createStreamFollower } from './stream-follower.ts'
import { openTaskLog } from './task-log.ts'
import { createViews } from './views.ts'
import type { Wished } from './wishes.ts'

/** What the process that works is built from; everything with a side effect comes from outside. */
export interface RunnerPorts {
  config: Config
  kind: Holder['kind']
  /** Somebody can answer asks: a terminal, the bot, the dashboard. */
  attended: boolean
  env: Readonly<Record<string, string | undefined>>
  now: () => number
  redact: (text: string) => string
  redactRaw: (line: Buffer) => Buffer
  reached: Reached
  startClaude: (start: ClaudeStart, handlers: ClaudeHandlers) => ClaudeProcess
  warmClaude: (start: ClaudeStart) => WarmClaude
  classify: QueuePorts['classify']
  /** Ends what an earlier process of Baton left behind, before anything else is started. */
  endLeftovers: (attempt: { id: string; pid?: number; pidStartedAt?: string }) => Promise<void>
  /** The parts of a project that files and git are behind. */
  projectPorts: (
    project: ProjectConfig,
    store: Store<Wished>,
  ) => Pick<
    QueuePorts,
    | 'prepare'
    | 'evidence'
    | 'watchOwnFiles'
    | 'ownRules'
    | 'runCommands'
    | 'runChecks'
    | 'proveNewTests'
    | 'judge'
    | 'undo'
    | 'finish'
  >
  /** A failure that people should know of; told once each. */
  onTrouble: (text: string) => void
  onError: (error: unknown) => void
}

/**
 * Takes the lock, opens the store, ends leftovers, notes what was interrupted and builds a queue for each project.
 * Nothing runs before `begin`. When another process holds the lock, says which. Throws StoreError.
 */
export async function openRunner(ports: RunnerPorts): Promise<Opened> {
  const { config, now } = ports
  const { stateDir } = config
  const lock = await takeLockPatiently(stateDir)
  if (!lock) return { holder: heldBy(stateDir, ports) }
  const releases: (() => void)[] = [lock.release]
  const release = () => {
    for (const undo of releases.splice(0).reverse()) undo()
  }
  try {
    const store = openStore<Wished>(stateDir)
    releases.push(() => store.close())
    const holder: Holder = { pid: process.pid, since: now(), kind: ports.kind }
    store.setMeta('runner', holder)
    noteCeiling(store)
    for (const project of config.projects) store.setMeta(`live:${project.name}`, null)
    ensureFolder(config.logsDir)

    const left = [...store.read.liveAttempts(), ...store.read.checkedAttempts().map((id) => ({ id }))]
    for (const attempt of left) await ports.endLeftovers(attempt)
    const disk = createDiskWatch(ports.onTrouble)
    const queues = new Map(config.projects.map((project) => [project.name, build(ports, store, disk, project)]))
    for (const { dispatcher } of queues.values()) dispatcher.apply({ type: 'boot' })
    return { runner: assemble(ports, store, queues, holder, releases, release) }
  } catch (error) {
    release()
    throw error
  }
}

/** From the wish to end on; the retry after it, and everything else, must fit into the 5 s that Baton gets. */
const STORE_THE_END_MS = 2_000

function heldBy(stateDir: string, { now, kind }: RunnerPorts): Holder {
  const store = openStore<Wished>(stateDir)
  try {
    return store.read.meta<Holder>('runner') ?? { pid: 0, since: now(), kind }
  } finally {
    store.close()
  }
}

function build(ports: RunnerPorts, store: Store<Wished>, disk: DiskWatch, project: ProjectConfig): QueueRunner {
  const { config, now } = ports
  const queue: QueueRunner = createQueue({
    store,
    project,
    policy: policyOf(project, ports.attended),
    logsDir: config.logsDir,
    places: { home: config.home, stateDir: config.stateDir, logsDir: config.logsDir, inbox: config.telegram.inbox },
    env: ports.env,
    now,
    reached: ports.reached,
    startClaude: ports.startClaude,
    warmClaude: ports.warmClaude,
    classify: ports.classify,
    describe: (ask, task, cwd) => {
      const grants = [...queue.dispatcher.state().grants.values()].filter(
        (g) => g.taskId === task.id && g.scope === 'task',
      )
      return describeAsk(ask, grants, cwd)
    },
    follow: (cwd) => createStreamFollower(cwd, ports.redact),
    redact: ports.redact,
    openLog: (files) =>
      openTaskLog(files, {
        redact: ports.redact,
        redactRaw: ports.redactRaw,
        now,
        onError: disk.logFailed,
        maxBytes: Math.min(config.keep.attemptLogMb, config.keep.logMb / 2) * 1024 * 1024,
      }),
    // Where nobody can answer, holding a process would only burn memory.
    holdMs: () => (ports.attended ? project.claude.holdMs : 0),
    onTrouble: (error, what) => {
      const where = `${project.name}: ${what}`
      if (error) disk.bad(where, error)
      else disk.good(where)
    },
    onError: ports.onError,
    ...ports.projectPorts(project, store),
  })
  return queue
}

function assemble(
  ports: RunnerPorts,
  store: Store<Wished>,
  queues: Map<string, QueueRunner>,
  holder: Holder,
  releases: (() => void)[],
  release: () => void,
): Runner {
  const { now } = ports
  const followers = createFollowers(store.read, ports.onError)
  const dispatchers = new Map([...queues].map(([name, { dispatcher }]): [string, Dispatcher] => [name, dispatcher]))
  const boards = new Map([...queues].map(([name, { board }]) => [name, board]))
  for (const dispatcher of dispatchers.values())
    dispatcher.onCommit((events) => events.length > 0 && followers.notify())
  const drainAll = () => {
    for (const dispatcher of dispatchers.values()) dispatcher.drain().catch(ports.onError)
  }
  releases.push(watchCommits(store.read, ports.config.stateDir, drainAll))
  drainAll()

  const views = createViews({
    read: store.read,
    queues: [...queues.keys()],
    now,
    localDay,
    runner: () => holder,
    live: (queue) => boards.get(queue)?.current(),
  })
  const face = createLocalFace({ store, dispatchers, boards, views, followers, now, newId, reached: ports.reached })
  const first = [...queues.values()][0] as QueueRunner
  let stopped: Promise<void> | undefined
  return {
    face,
    begin(names) {
      for (const [name, { worker }] of queues) if (!names || names.includes(name)) worker.start()
    },
    idle: (name) => (name === undefined ? first : (queues.get(name) ?? first)).worker.idle(),
    stop() {
      stopped ??= (async () => {
        // A disk that does not take the end must not keep the process: the next one finds the attempt interrupted.
        const late = setTimeout(() => {
          for (const dispatcher of dispatchers.values()) dispatcher.giveUp()
        }, STORE_THE_END_MS)
        await Promise.all([...queues.values()].map(({ worker }) => worker.stop()))
        clearTimeout(late)
        await Promise.all([...dispatchers.values()].map((dispatcher) => dispatcher.drain().catch(ports.onError)))
        release()
      })()
      return stopped
    },
    stopNow() {
      for (const attempt of store.read.liveAttempts()) {
        try {
          // The group: the process and what it started and did not move elsewhere; the next boot finds the rest.
          if (attempt.pid !== undefined) process.kill(-attempt.pid, 'SIGKILL')
        } catch (error) {
          ports.onError(error)
        }
      }
    },
    note(queue, text, data) {
      store.note(queue, text, now(), data)
      // Often called inside a transaction: followers look once it is over.
      setImmediate(followers.notify)
    },
    health() {
      const failure = [...queues.values()].map(({ worker }) => worker.failure()).find((error) => error !== undefined)
      return failure ? { worker: 'dead', error: failure.message } : { worker: 'ok' }
    },
  }
}
