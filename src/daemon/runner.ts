import type { ClaudeHandlers, ClaudeProcess, ClaudeStart, WarmClaude } from '../claude/types.ts'
import type { Config, ProjectConfig } from '../config/types.ts'
import { type RunRights, rightsTo } from '../core/lanes/lease.ts'
import type { Policy } from '../core/types.ts'
import { type Holder, takeLockPatiently } from '../store/lock.ts'
import { claimPlace } from '../store/place.ts'
import { holdPresence, type Lost, type Presence } from '../store/presence.ts'
import { openStore, type Store } from '../store/store.ts'
import { isQuiet } from '../text/quiet-hours.ts'
import { localDay } from '../text/times.ts'
import type { CommandRequest } from './api/command-request.ts'
import { createFollowers } from './api/event-followers.ts'
import { createInProcessApi } from './api/in-process-api.ts'
import { createViews } from './api/views.ts'
import { describeAsk } from './attempt/describe-ask.ts'
import { createStreamFollower } from './attempt/stream-follower.ts'
import { openTaskLog } from './attempt/task-log.ts'
import { checkMarks } from './check-marks.ts'
import type { PassCrashPoint } from './crash-points.ts'
import { newId } from './ids.ts'
import { noteCeiling } from './known-attempts.ts'
import type { Dispatcher } from './queue/dispatcher.ts'
import { joinLogins, sharesLogin } from './queue/logins.ts'
import { policyOf } from './queue/policy.ts'
import { createQueue, ensureFolder, type QueuePorts, type QueueRunner } from './queue/queue.ts'
import type { Opened, Runner } from './runner-types.ts'
import { watchCommits } from './upkeep/commit-watcher.ts'
import { createDiskWatch, type DiskWatch } from './upkeep/disk-watch.ts'
import { knownRows, prepareRescue, watchState } from './upkeep/state-watch.ts'

/** What the process that runs the tasks is built from; everything with a side effect comes from outside. */
export interface RunnerPorts {
  config: Config
  kind: Holder['kind']
  /** What is in the state folder beside the database and is known in memory, by name. */
  alsoInState?: Readonly<Record<string, string>>
  /** Somebody can answer asks: a terminal, the bot, the dashboard. */
  attended: boolean
  env: Readonly<Record<string, string | undefined>>
  now: () => number
  redact: (text: string) => string
  redactRaw: (line: Buffer) => Buffer
  reached: PassCrashPoint
  startClaude: (start: ClaudeStart, handlers: ClaudeHandlers) => ClaudeProcess
  warmClaude: (start: ClaudeStart) => WarmClaude
  classify: QueuePorts['classify']
  sessionInUse: QueuePorts['sessionInUse']
  /** Ends what an earlier process of Baton left behind, before anything else is started. */
  /** `earlierPid`: the Baton that had this state folder before. */
  endLeftovers: (attempt: { id: string; pid?: number; pidStartedAt?: string }, earlierPid?: number) => Promise<void>
  /** Ends git that an earlier process of Baton had started and that still runs. */
  endOrphanedGit: (pid: number) => Promise<void>
  /** The parts of a project that need files and git. */
  projectPorts: (
    project: ProjectConfig,
    store: Store<CommandRequest>,
    rights: RunRights,
  ) => Pick<
    QueuePorts,
    | 'resolve'
    | 'workspace'
    | 'watchOwnFiles'
    | 'ownRules'
    | 'runCommands'
    | 'runChecks'
    | 'runHooks'
    | 'proveNewTests'
    | 'judge'
  >
  /** A failure that people should know of; reported once each. */
  onTrouble: (text: string) => void
  /** Nothing can be stored any more: to be reported in ways that need no database. */
  onStateLost?: (text: string) => void
  onError: (error: unknown) => void
}

/**
 * Takes the lock, opens the store, ends leftovers, notes what was interrupted and builds a queue for each project.
 * Nothing runs before `begin`. When another process holds the lock, returns it. Throws StoreError.
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
    const place = await claimPlace(stateDir)
    releases.push(place.release)
    const store = openStore<CommandRequest>(stateDir)
    releases.push(() => store.close())
    const before = store.read.meta<Holder>('runner')
    if (before) await ports.endOrphanedGit(before.pid)
    const holder: Holder = { pid: process.pid, since: now(), kind: ports.kind }
    store.setMeta('runner', holder)
    noteCeiling(store)
    for (const project of config.projects) store.setMeta(`live:${project.name}`, null)
    ensureFolder(config.logsDir)

    const marks = checkMarks(store.kept)
    const marked = [...store.read.checkedAttempts(), ...marks.all()].map((id) => ({ id }))
    for (const attempt of [...store.read.liveAttempts(), ...marked]) await ports.endLeftovers(attempt, before?.pid)
    for (const mark of marks.all()) marks.end(mark)
    const disk = createDiskWatch(ports.onTrouble)
    const presence = holdPresence(stateDir, store.markFile())
    releases.unshift(presence.close)
    const folder: StateFolder = { presence, onSpawn: new Set(), mayBegin: () => true, close: release }
    const queues = new Map(config.projects.map((project) => [project.name, build(ports, store, disk, project, folder)]))
    for (const { recover } of queues.values()) await recover()
    for (const { dispatcher } of queues.values()) dispatcher.apply({ type: 'boot' })
    return { runner: assemble(ports, store, queues, holder, folder) }
  } catch (error) {
    release()
    throw error
  }
}

/** The state folder while we work. */
interface StateFolder {
  presence: Presence
  /** Told of each process of Claude that begins to work on a run. */
  onSpawn: Set<(runId: string, pid: number) => void>
  /** Whether this machine may work on a run at this very moment. */
  mayBegin: (runId: string) => boolean
  /** Closes everything that is open in it. */
  close: () => void
  /** What happened to it, and what to do, once it is gone. */
  lost?: { text: string; short: string }
}

/** From the command to end on; the retry after it, and everything else, must fit into the 5 s that Baton gets. */
const STORE_THE_END_MS = 2_000

function heldBy(stateDir: string, { now, kind }: RunnerPorts): Holder {
  const store = openStore<CommandRequest>(stateDir)
  try {
    return store.read.meta<Holder>('runner') ?? { pid: 0, since: now(), kind }
  } finally {
    store.close()
  }
}

/** When an ask is repeated, as the chats are configured. */
function remindersOf({ chat, timezone }: Config): NonNullable<Policy['remind']> {
  // Asked for only where there are quiet hours: it takes some milliseconds of the start.
  const zone = () => timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone
  return { afterMs: chat.remindAfterMs, isQuiet: (at) => isQuiet(chat.quietHours, at, zone) }
}

function build(
  ports: RunnerPorts,
  store: Store<CommandRequest>,
  disk: DiskWatch,
  project: ProjectConfig,
  folder: StateFolder,
): QueueRunner {
  const { config, now } = ports
  const queue: QueueRunner = createQueue({
    store,
    project,
    policy: policyOf(project, ports.attended, remindersOf(config), sharesLogin(config.projects, project), {
      members: config.roles,
      people: config.people,
    }),
    logsDir: config.logsDir,
    places: { home: config.home, stateDir: config.stateDir, logsDir: config.logsDir, inbox: config.chat.inbox },
    env: ports.env,
    now,
    reached: ports.reached,
    startClaude: ports.startClaude,
    mayBegin: (runId) => folder.mayBegin(runId),
    spawned: (runId, pid) => {
      for (const tell of folder.onSpawn) tell(runId, pid)
    },
    warmClaude: ports.warmClaude,
    classify: ports.classify,
    endLeftovers: ports.endLeftovers,
    sessionInUse: ports.sessionInUse,
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
    refusal: () => folder.lost?.text,
    onError: ports.onError,
    ...ports.projectPorts(
      project,
      store,
      rightsTo(store.read.run, (runId) => folder.mayBegin(runId)),
    ),
  })
  return queue
}

function assemble(
  ports: RunnerPorts,
  store: Store<CommandRequest>,
  queues: Map<string, QueueRunner>,
  holder: Holder,
  folder: StateFolder,
): Runner {
  const { now, config } = ports
  const followers = createFollowers(store.read, ports.onError)
  const dispatchers = new Map([...queues].map(([name, { dispatcher }]): [string, Dispatcher] => [name, dispatcher]))
  const leaveLogins = joinLogins(config.projects, dispatchers, ports)
  const feeds = new Map([...queues].map(([name, { feed }]) => [name, feed]))
  for (const dispatcher of dispatchers.values())
    dispatcher.onCommit((events) => events.length > 0 && followers.notify())
  const drainAll = () => {
    for (const dispatcher of dispatchers.values()) dispatcher.drain().catch(ports.onError)
  }
  const unwatch = watchCommits(store.read, config.stateDir, drainAll)
  drainAll()

  const views = createViews({
    read: store.read,
    queues: [...queues.keys()],
    now,
    localDay,
    runner: () => holder,
    live: (queue) => feeds.get(queue)?.current() ?? [],
  })
  const api = createInProcessApi({
    store,
    dispatchers,
    feeds,
    views,
    followers,
    now,
    newId,
    reached: ports.reached,
  })
  const first = [...queues.values()][0] as QueueRunner
  let ended: Promise<void> | undefined
  const end = () => {
    ended ??= (async () => {
      // A disk that cannot store the end must not keep the process: the next one finds the attempt interrupted.
      const late = setTimeout(() => {
        for (const dispatcher of dispatchers.values()) dispatcher.giveUp()
      }, STORE_THE_END_MS)
      await Promise.all([...queues.values()].map(({ worker }) => worker.stop()))
      clearTimeout(late)
      await Promise.all([...dispatchers.values()].map((dispatcher) => dispatcher.drain().catch(ports.onError)))
    })()
    return ended
  }
  const states = () => [...dispatchers.values()].map((dispatcher) => dispatcher.state())
  // From memory: it is needed most where the database is gone.
  const killAll = () => {
    for (const { attempts } of states())
      for (const { live, pid } of attempts.values()) {
        try {
          // The group: the process and what it started and did not move elsewhere; the next boot finds the rest.
          if (live && pid !== undefined) process.kill(-pid, 'SIGKILL')
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'ESRCH') ports.onError(error)
        }
      }
  }
  const onLost = async ({ what, short }: Lost) => {
    const rescue = prepareRescue(config.stateDir, now(), {
      known: () => knownRows(states()),
      backup: store.backup,
      ...(ports.alsoInState && { files: ports.alsoInState }),
    })
    const text = `${what} while Baton was running, so all work has stopped. What Baton knew is saved in ${rescue.folder}. To continue: stop Baton, replace ${config.stateDir} with that folder, and restart Baton.`
    folder.lost = { text, short: `${short}; all work has stopped, and the log says what to do.` }
    const ending = end()
    // At once and not only when the work has ended: that takes a while, and we may be killed first.
    const save = () => rescue.save().catch(ports.onError)
    const saved = save()
    ports.onTrouble(text)
    ports.onStateLost?.(text)
    try {
      store.note(config.projects[0].name, text, now(), { about: 'state', level: 'error' })
      followers.notify()
    } catch (error) {
      // Others hear of it only through the database.
      ports.onError(error)
    }
    await saved
    const late = setTimeout(killAll, STORE_THE_END_MS)
    await ending.catch(ports.onError)
    clearTimeout(late)
    killAll()
    await save()
  }
  let rescued: Promise<void> | undefined
  const unwatchFolder = watchState(folder.presence, (lost) => {
    rescued = onLost(lost).catch(ports.onError)
  })
  let stopped: Promise<void> | undefined
  return {
    api,
    begin(names) {
      for (const [name, { worker }] of queues) if (!names || names.includes(name)) worker.start()
    },
    idle: (name) => (name === undefined ? first : (queues.get(name) ?? first)).worker.idle(),
    stop() {
      stopped ??= (async () => {
        await end().catch(ports.onError)
        unwatchFolder()
        await rescued
        unwatch()
        leaveLogins()
        // What a commit of the last moment began.
        await Promise.all([...dispatchers.values()].map((dispatcher) => dispatcher.drain().catch(ports.onError)))
        followers.close()
        // Closing a database removes files by their names, and what has these names now is not ours.
        if (folder.lost === undefined && folder.presence.lost() === undefined) folder.close()
      })()
      return stopped
    },
    stopNow: killAll,
    note(queue, text, data) {
      store.note(queue, text, now(), data)
      // Often called inside a transaction: followers look once it is over.
      setImmediate(followers.notify)
    },
    async spent(queue, usd) {
      await dispatchers.get(queue)?.record({ type: 'spent', usd })
    },
    onSpawn(listener) {
      folder.onSpawn.add(listener)
      return () => void folder.onSpawn.delete(listener)
    },
    bar(mayBegin) {
      folder.mayBegin = mayBegin
    },
    async leased(queue, input) {
      dispatchers.get(queue)?.recall(input.runId)
      await dispatchers.get(queue)?.record({ type: 'lease', ...input })
    },
    health() {
      if (folder.lost !== undefined) return { worker: 'dead', error: folder.lost.text, why: folder.lost.short }
      const failure = [...queues.values()].map(({ worker }) => worker.failure()).find((error) => error !== undefined)
      return failure ? { worker: 'dead', error: failure.message } : { worker: 'ok' }
    },
  }
}
