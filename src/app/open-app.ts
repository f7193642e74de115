import { homedir } from 'node:os'
import { join } from 'node:path'
import { keepReports } from '../artifacts/keep-reports.ts'
import { lazyArtifacts } from '../artifacts/lazy.ts'
import { classifyOutcome } from '../claude/outcome/outcome.ts'
import { endLeftover } from '../claude/process/end-leftover.ts'
import { endOrphans } from '../claude/process/orphans.ts'
import { startClaude, warmClaude } from '../claude/process/process.ts'
import { sessionInUse } from '../claude/start/session-in-use.ts'
import type { Config, ProjectConfig } from '../config/types.ts'
import type { RunRights } from '../core/lanes/lease.ts'
import type { Artifacts } from '../daemon/api/artifacts.ts'
import type { CommandRequest } from '../daemon/api/command-request.ts'
import { checkMarks } from '../daemon/check-marks.ts'
import { createResolveCommand } from '../daemon/commands/resolve-command.ts'
import { sessionAnswer } from '../daemon/commands/session-command.ts'
import { worktreeAnswers } from '../daemon/commands/worktree-commands.ts'
import { killPoint, type PassCrashPoint } from '../daemon/crash-points.ts'
import { newRunId } from '../daemon/ids.ts'
import { isStorageTrouble } from '../daemon/queue/dispatcher.ts'
import { openRunner, type RunnerPorts } from '../daemon/runner.ts'
import type { Opened, Runner } from '../daemon/runner-types.ts'
import { startMaintenance } from '../daemon/upkeep/maintenance.ts'
import { GIT_MARK } from '../git/program.ts'
import { createOwnGuard, type OwnGuard } from '../guard/guard.ts'
import { tightenOld } from '../guard/tighten-old.ts'
import { lazy } from '../lazy.ts'
import type { Elsewhere } from '../machines/elsewhere.ts'
import type { PipelineHub } from '../pipeline/open.ts'
import { isAskedFile } from '../protect/own-files.ts'
import { isOurs } from '../protect/watch-files.ts'
import { redactor } from '../redact/redact.ts'
import { rawRedactor } from '../redact/redact-raw.ts'
import { chunkRedactor } from '../redact/redact-stream.ts'
import { chooseSource } from '../sources/choose.ts'
import { addingMemory } from '../sources/files/added-tasks.ts'
import { findTaskFiles, knownTaskFiles, shownPath } from '../sources/files/find-files.ts'
import { createFileSource } from '../sources/files/source.ts'
import { gitHubAnswer, lazyProjectGitHub } from '../sources/github/lazy.ts'
import type { GitHubAccess, ProjectGitHub } from '../sources/github/open.ts'
import { lazyProjectJira } from '../sources/jira/lazy.ts'
import type { JiraLogin, ProjectJira } from '../sources/jira/open.ts'
import { createGitHubState, rememberDelivery } from '../store/github-state.ts'
import type { Holder } from '../store/lock.ts'
import type { Store } from '../store/store.ts'
import { lazyPullPrograms } from '../verify/lazy-pull-programs.ts'
import { createInPlace } from '../workspace/in-place/in-place.ts'
import { lazyWorktrees } from '../workspace/worktree/lazy.ts'
import { loadAllCode } from './load-all.ts'

/** What the app is opened with. */
export interface AppOptions {
  config: Config
  /** Every value that must never be shown. */
  secretValues: string[]
  kind: Holder['kind']
  alsoInState?: RunnerPorts['alsoInState']
  onStateLost?: RunnerPorts['onStateLost']
  /** Somebody can answer asks: a terminal, the bot, the dashboard. */
  attended: boolean
  env: Readonly<Record<string, string | undefined>>
  /** How GitHub is reached; absent: no repository there is opened. */
  gitHub?: GitHubAccess
  jira?: JiraLogin
  /** Hands tasks to the machine that they are for; absent: they are worked on here. */
  elsewhere?: Elsewhere['of']
  /** Loads code of who opens the app that is not loaded yet, before the first task. */
  loadAlso?: () => Promise<unknown>
  onTrouble: (text: string) => void
  onError: (error: unknown) => void
}

/** The runner, and what surfaces read beside the store. */
export type OpenedApp =
  | {
      runner: Runner
      artifacts: Artifacts
      store: Store<CommandRequest>
      /** The report of a run as Markdown, as it is now. */
      report: (runId: string) => Promise<string | undefined>
      /** Notes what running tasks did to task files so far. */
      lookAtTaskFiles: () => void
      /** The repositories on GitHub, by the project. */
      gitHub: ReadonlyMap<string, ProjectGitHub>
      jira: ReadonlyMap<string, ProjectJira>
      /** Absent where no project has environments. */
      pipelines?: PipelineHub
      /** Remembers a delivery of a webhook; false when it was here before. */
      isNewDelivery: (delivery: { id: string; bodyHash: string }) => boolean
      /** For the fault harness, of the steps that are taken around the app. */
      reached: PassCrashPoint
    }
  | Extract<Opened, { holder: unknown }>

/**
 * Composes the app: gives the daemon its task files, git, checks and Claude, and opens it. Nothing runs before
 * `runner.begin()`. Names the holder when another process is already running. Throws StoreError.
 */
export async function openApp(options: AppOptions): Promise<OpenedApp> {
  const { config, secretValues } = options
  const redact = redactor(secretValues)
  const exclude = [config.stateDir, config.logsDir]
  const loadAll = async () => {
    // What an agent that runs as we do cannot write needs no care.
    if (isOurs(config.program)) {
      const also = { pipelines: pipelines !== undefined, ledger: config.notion !== undefined }
      const on = { gitHub: gitHub.size > 0, jira: jira.size > 0, ...also }
      await loadAllCode(on, options.loadAlso)
    }
  }
  const guard = createOwnGuard({ config, loadAll, onError: options.onError })
  const gitHub = new Map<string, ProjectGitHub>()
  const jira = new Map<string, ProjectJira>()
  const reached = killPoint(options.env)
  const pipelines = config.projects.some((project) => project.pipelines)
    ? (await import('../pipeline/open.ts')).openPipelines({
        ...{ config, env: options.env, redact, redactOutput: () => chunkRedactor(secretValues) },
        ...{ now: Date.now, reached, onError: options.onError },
        gitHub: (project) => gitHub.get(project),
      })
    : undefined
  const stopping = new AbortController()
  const built: { artifacts?: Artifacts; store?: Store<CommandRequest>; left?: string[] } = {}
  const begin = () => {
    tightenOld(config)
    return guard.recover()
  }
  const ports: RunnerPorts = {
    config,
    kind: options.kind,
    ...(options.alsoInState && { alsoInState: options.alsoInState }),
    ...(options.onStateLost && { onStateLost: options.onStateLost }),
    attended: options.attended,
    ...{ env: options.env, now: Date.now },
    redact,
    redactRaw: rawRedactor(redact, secretValues),
    reached,
    startClaude,
    warmClaude,
    classify: classifyOutcome,
    sessionInUse,
    endLeftovers: async (attempt, earlierPid) => {
      const left = await endLeftover(attempt, earlierPid)
      if (left !== undefined) options.onTrouble(left)
    },
    endOrphanedGit: (pid) => endOrphans(GIT_MARK, pid),
    projectPorts: (project, store, rights) => {
      built.store = store
      // The lock is ours, and nothing is planned yet.
      built.left ??= begin()
      built.artifacts ??= lazyArtifacts({ ...config, read: store.read, exclude })
      const onGitHub = lazyProjectGitHub(project, options.gitHub, {
        ...{ home: config.home, env: options.env, redact, now: Date.now, stopping: stopping.signal },
        state: (repo) => createGitHubState(store.db, repo, Date.now),
        programs: lazyPullPrograms(config, project, options.env),
      })
      if (onGitHub) gitHub.set(project.name, onGitHub)
      const onJira = lazyProjectJira(project, options.jira, {
        ...{ home: config.home, redact, now: Date.now, kept: store.kept },
        pullOf: (runId) => onGitHub?.pullOf(runId),
      })
      if (onJira) jira.set(project.name, onJira)
      return projectPorts(options, project, { store, rights }, exclude, built.artifacts, guard, {
        onGitHub,
        onJira,
        hub: pipelines,
      })
    },
    onTrouble: options.onTrouble,
    onError: options.onError,
  }
  const opened = await openRunner(ports)
  if ('holder' in opened) return opened
  for (const text of built.left ?? []) options.onTrouble(text)
  const { runner } = opened
  pipelines?.use(runner.api)
  const artifacts = built.artifacts as Artifacts
  const store = built.store as Store<CommandRequest>
  const { timezone } = config
  const reports = keepReports(
    {
      read: store.read,
      artifacts,
      logsDir: config.logsDir,
      redact,
      ...(timezone !== undefined && { timeZone: timezone }),
    },
    { follow: runner.api.follow, onError: options.onError },
  )
  const stopMaintenance = startMaintenance({
    store,
    now: Date.now,
    applyRetention: async (at, signal) =>
      (await import('../artifacts/retention.ts')).applyRetention({ config, store }, at, signal),
    onError: (error) => !isStorageTrouble(error) && options.onError(error),
  })
  const stop = async () => {
    stopping.abort()
    await stopMaintenance()
    await reports.settle()
    await runner.stop()
  }
  return {
    runner: { ...runner, stop },
    artifacts,
    store,
    report: reports.text,
    lookAtTaskFiles: guard.look,
    gitHub,
    jira,
    ...(pipelines && { pipelines }),
    isNewDelivery: (delivery) => rememberDelivery(store.db, { ...delivery, at: Date.now() }),
    reached: ports.reached,
  }
}

/** Marks of older runs have long been committed, where anybody commits them. */
const MOST_NAMED_RUNS = 100

function projectPorts(
  { config, env, secretValues, elsewhere, onError }: AppOptions,
  project: ProjectConfig,
  { store, rights }: { store: Store<CommandRequest>; rights: RunRights },
  exclude: string[],
  artifacts: Artifacts,
  guard: OwnGuard,
  {
    onGitHub,
    onJira,
    hub,
  }: { onGitHub: ProjectGitHub | undefined; onJira: ProjectJira | undefined; hub: PipelineHub | undefined },
): ReturnType<RunnerPorts['projectPorts']> {
  const { home, stateDir, logsDir } = config
  const places = { home, stateDir, logsDir, inbox: config.chat.inbox }
  const { read } = store
  const files = createFileSource({ config, project, guard })
  const pipelines = hub?.partsFor(project, store)
  const source = chooseSource(
    files,
    [onGitHub, onJira, pipelines].flatMap((one) => one?.source ?? []),
  )
  const destination = pipelines?.destination ?? onGitHub?.destination
  const checks = lazy(async () =>
    (await import('../verify/checks.ts')).createChecks({
      project,
      env,
      places,
      attempts: read.attempts,
      marks: checkMarks(store.kept),
      redactOutput: () => chunkRedactor(secretValues),
    }),
  )
  const parts = {
    ...{ project, exclude, attempt: read.attempt, attempts: read.attempts, tasks: read.tasks, onError },
    claudeDir: env.CLAUDE_CONFIG_DIR ?? join(env.HOME ?? homedir(), '.claude'),
    inbox: join(project.path, config.chat.inbox),
    meta: store.kept,
    notes: source,
  }
  const worktrees =
    project.workspace === 'worktree'
      ? lazyWorktrees({
          ...{ ...parts, checks },
          mayBeDirty: () =>
            knownTaskFiles(home, project.tasks, read.runs({ queue: project.name, limit: MOST_NAMED_RUNS })),
          marksIn: async (...file) =>
            (await import('../sources/files/own-marks.ts')).ownMarksIn(home, ...file, (isMeant) =>
              read.markedTasks(project.name, isMeant),
            ),
          whileChanging: async (paths, change) =>
            (await import('../sources/files/own-marks.ts')).asBaton(
              guard,
              (path) => isAskedFile({ home, taskFiles: config.projects.flatMap(({ tasks }) => tasks) }, path),
              paths,
              change,
            ),
          ...{ rights, alone: guard.alone, ...(destination && { destination }) },
        })
      : undefined
  const workspace = worktrees ? (pipelines?.folders(worktrees) ?? worktrees) : createInPlace(parts)
  const adding = addingMemory(store.kept, project.name)
  return {
    resolve: (dispatcher) => {
      pipelines?.use(dispatcher)
      const deploys = pipelines?.deploys ?? hub?.deploysElsewhere
      return createResolveCommand({
        plan: source.plan,
        add: async (command, id) =>
          (await import('../sources/files/add-task.ts')).addTask(config, project, command, adding(id), guard.writing),
        answers: {
          undo: async (command, by) =>
            (await import('../daemon/commands/undo-command.ts')).undoCommand(
              { queue: project.name, read, dispatcher, workspace },
              command,
              by,
            ),
          ...worktreeAnswers({ queue: project.name, read, worktrees }),
          github: gitHubAnswer(onGitHub),
          session: sessionAnswer({ project, places, read, rules: guard.rules(project), dispatcher }),
        },
        newRunId: () => newRunId(Date.now()),
        now: Date.now,
        ...(deploys && { deploys }),
        elsewhere: elsewhere?.(project, source),
        ...(config.timezone !== undefined && { timezone: config.timezone }),
        taskFiles: async () => findTaskFiles(home, project.tasks).map((path) => shownPath(home, path)),
      })
    },
    workspace,
    watchOwnFiles: guard.watch(project),
    ownRules: guard.rules(project),
    runCommands: async (task, ...more) =>
      pipelines && task.spec.deploy !== undefined
        ? pipelines.deploy(task, ...more)
        : (await checks()).runCommands(task, ...more),
    runChecks: async (...task) => (await checks()).runChecks(...task),
    runHooks: async (...task) => (await checks()).runHooks(...task),
    proveNewTests: async (...task) => (await checks()).proveNewTests(...task),
    judge: async (task, place, signal) =>
      (await import('../verify/judge-task.ts')).judgeTask({ project, env, artifacts, onError }, task, place, signal),
  }
}
