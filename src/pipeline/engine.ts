import { join } from 'node:path'
import type { PipelineConfig, ProjectConfig } from '../config/types.ts'
import { type Deployment, environmentId, newEnvironment } from '../core/deploy/deployment.ts'
import { createDraft } from '../core/draft.ts'
import type { KeptValues } from '../core/kept-values.ts'
import { dependenciesMet } from '../core/lanes/assign.ts'
import { LISTENS_ALONE, ListensElsewhere, type SourceLease } from '../core/source-lease.ts'
import { hasEnded } from '../core/state.ts'
import type { Outcome, PushedCommit, Task } from '../core/types.ts'
import type { DaemonApi } from '../daemon/api/api.ts'
import type { AttemptPorts } from '../daemon/attempt/attempt-ports.ts'
import type { PassCrashPoint } from '../daemon/crash-points.ts'
import { newId, newRunId } from '../daemon/ids.ts'
import type { Dispatcher } from '../daemon/queue/dispatcher.ts'
import { locate, type Repository } from '../git/repository.ts'
import { addWorktree, removeWorktree } from '../git/worktree/worktrees.ts'
import type { ChunkRedactor } from '../redact/redact-stream.ts'
import { whileListening } from '../sources/while-listening.ts'
import type { Reader } from '../store/read.ts'
import { jsonHash } from '../store/write.ts'
import { localDay } from '../text/times.ts'
import type { Workspace } from '../workspace/workspace.ts'
import { createArtifactStore } from './artifacts.ts'
import { carryOut, type DeployerPorts, outcomeOfDeployment } from './deployer.ts'
import { frozenUntil } from './frozen.ts'
import { createEnvironmentHandover } from './handover.ts'
import { offerRollback } from './offer-rollback.ts'
import { createDeployPlaces, endDeployTree } from './place.ts'
import { prunePipelines } from './prune.ts'
import { type Pipelines, readPipelines } from './read-pipelines.ts'
import { type ReleaseFacts, releaseOf } from './release.ts'
import { authorOf, fetchCommit, rememberBetween, remoteHeads } from './remote.ts'
import { createRemoteLooks } from './remote-looks.ts'
import { refOfPush } from './source.ts'
import { type RemoteWatch, type SeenPush, watchRemote } from './watch-remote.ts'
import { stepFolders } from './workspace.ts'

/** What the pipelines of one project are built from. */
export interface EnginePorts {
  project: ProjectConfig
  config: PipelineConfig
  home: string
  roles: readonly string[]
  timezone?: string
  env: Readonly<Record<string, string | undefined>>
  read: Pick<Reader, 'run' | 'runs' | 'tasks' | 'attempts' | 'deployments' | 'environments'>
  memory: KeptValues
  dispatcher: () => Dispatcher
  redact: (text: string) => string
  redactOutput: () => ChunkRedactor
  now: () => number
  reached: PassCrashPoint
  fetch: typeof fetch
  onError: (error: unknown) => void
}

/** The pipelines of one project. */
export interface Engine {
  pipelines: () => Pipelines
  repository: () => Promise<Repository>
  /** Folders in which steps work; a step that deploys begins its deployment when its folder is opened. */
  folders: (worktrees: Workspace) => Workspace
  /** The work of a step that deploys. */
  deploy: AttemptPorts['runCommands']
  /** Takes note of a push; gives the run that it starts. Where another machine runs the pipelines, it is told. */
  seen: (push: SeenPush) => string | undefined
  /** The right to run them, where several machines could. */
  lease: () => SourceLease
  start: (ports: { api: DaemonApi; lease: SourceLease; note: (text: string) => void }) => void
  /** Looks now, and starts what waits. */
  round: () => Promise<void>
  stop: () => Promise<void>
}

/** How often is looked again at what a killed deployment left and the system does not let go. */
const LEFT_AGAIN_MS = 2_000
/** Freezes begin and end, and files of pipelines change, without an event. */
const LOOK_AGAIN_MS = 30_000
/** What is older was pruned long ago. */
const MOST_RUNS = 100
const MOST_OPEN = 10_000

/** What the commands of a deployment are called that no attempt carries out any more. */
const orphanName = (deploymentId: string): string => `left-${deploymentId}`

export function createEngine(ports: EnginePorts): Engine {
  const { project, config, read, memory, dispatcher, now } = ports
  const artifacts = createArtifactStore(join(project.worktree.dir, 'artifacts'))
  const ending = new AbortController()
  const pipelines = () => readPipelines(config, { home: ports.home, roles: ports.roles })
  const state = () => dispatcher().state()
  const known = (name: string) =>
    state().environments.get(environmentId(config.queue, name)) ?? newEnvironment(config.queue, name)
  let watch: RemoteWatch | undefined
  let tellPeople = (text: string) => ports.onError(new Error(text))
  let timers: NodeJS.Timeout[] = []
  let unfollow = () => {}
  let preparing: Promise<void> = Promise.resolve()
  let pruning: Promise<void> = Promise.resolve()
  let lease = LISTENS_ALONE
  const handover = createEnvironmentHandover({
    ...{ queue: config.queue, names: Object.keys(config.environments), memory, known, lease: () => lease, now },
  })
  const lookBetween = rememberBetween()

  const repository = async (): Promise<Repository> => {
    const located = await locate(project.path)
    if ('reason' in located)
      throw new Error(`Pipelines need a clone of the repository in ${project.path}. ${located.reason}`)
    return located.repository
  }

  const deployer: DeployerPorts = {
    environment: (name) => config.environments[name],
    known,
    deployment: (id) => state().deployments.get(id),
    report: async (deploymentId, report) => {
      const safe = 'why' in report && report.why !== undefined ? { ...report, why: ports.redact(report.why) } : report
      await dispatcher().record({ type: 'deployment', deploymentId, report: safe })
    },
    fetch: (url, init) => ports.fetch(url, init),
    now,
    reached: ports.reached,
  }

  const places = createDeployPlaces({
    ...{ env: ports.env, redact: ports.redact, redactOutput: ports.redactOutput, signal: ending.signal },
    ...{ end: endDeployTree, againMs: LEFT_AGAIN_MS, note: (text: string) => tellPeople(text) },
  })
  /** Under which commands of a deployment may have been started before. */
  const earlierNames = ({ id, taskId }: Deployment, now?: string) =>
    [orphanName(id), ...read.attempts(taskId).map((attempt) => attempt.id)].filter((name) => name !== now)

  const openDeployment = (taskId: string) => [...state().deployments.values()].find((one) => one.taskId === taskId)

  /** What a step would deploy, as everything is now. */
  async function prepare(task: Task): Promise<void> {
    const push = read.run(task.runId)?.push
    const environment = config.environments[task.spec.deploy ?? '']
    if (!push || !environment) return
    const tree = await repository()
    const environmentNow = known(environment.name)
    const earlier = push.how === 'push' ? deployedBefore(task, push.sha) : undefined
    if (earlier) {
      // While it is under way nobody knows what comes of it; afterwards this is looked at again.
      if (earlier.endedAt !== undefined)
        await dispatcher().record({ type: 'deployed-before', taskId: task.id, deployment: earlier })
      return
    }
    const from = environmentNow.runs?.sha
    const facts: ReleaseFacts = {
      task,
      steps: read.tasks(task.runId),
      push,
      config: environment,
      known: environmentNow,
      between: await lookBetween(tree, from, push.sha),
      author: await authorOf(tree, push.sha).catch(() => 'unknown'),
      ...(config.github &&
        from && { diffUrl: `https://github.com/${config.github.repo}/compare/${from}...${push.sha}` }),
    }
    const until = frozenUntil(environment.freeze, now(), ports.timezone)
    const release = releaseOf({ ...facts, ...(until !== undefined && { frozenUntil: until }) })
    const safe = { ...release, title: ports.redact(release.title), text: ports.redact(release.text) }
    const current = state().tasks.get(task.id)
    if (current && JSON.stringify(current.release) !== JSON.stringify(safe))
      await dispatcher().record({ type: 'release', taskId: task.id, release: safe })
  }

  /** The deployment that brought a commit to where a step would, for another push. */
  const deployedBefore = (task: Task, sha: string): Deployment | undefined =>
    read
      .deployments({ queue: config.queue, environment: task.spec.deploy ?? '', limit: MOST_RUNS })
      .find((one) => one.kind === 'deploy' && one.sha === sha && one.taskId !== task.id && one.step !== 'called-off')

  /** Steps that could deploy now, or are about to. */
  function waiting(): Task[] {
    const draft = createDraft(state(), {
      ...{ now: now(), id: newId, hash: jsonHash, day: localDay(now()) },
      policy: {
        approval: project.approval,
        onFailure: 'continue',
        retries: 0,
        budget: {},
        hasChecks: () => false,
        attended: true,
        guard: 'off',
        finish: false,
      },
    })
    return draft
      .openRuns()
      .flatMap((run) => [...draft.openTasks(run.id)])
      .filter((task) => task.spec.deploy !== undefined && task.phase !== 'working' && !openDeployment(task.id))
      .filter((task) => !hasEnded(task) && dependenciesMet(draft, task))
  }

  const prepareAll = (): Promise<void> => {
    preparing = preparing.then(async () => {
      if (ending.signal.aborted) return
      for (const task of waiting()) await prepare(task).catch(ports.onError)
    })
    return preparing
  }

  async function deploy(
    task: Task,
    plan: { attempt: { id: string; cwd: string } },
    log: { line: (text: string) => void },
  ): Promise<Outcome> {
    const started =
      openDeployment(task.id) ??
      read
        .deployments({ queue: config.queue, environment: task.spec.deploy ?? '', limit: 50 })
        .find(({ taskId }) => taskId === task.id)
    if (!started) return { kind: 'interrupted', text: 'nothing was started', isUnbegun: true }
    const place = places.placeIn(plan.attempt.cwd, plan.attempt.id, (line) => log.line(line))
    try {
      await places.quiet(earlierNames(started, plan.attempt.id), started.environment)
      await carryOut(deployer, started.id, place)
    } catch (error) {
      if (ending.signal.aborted) return { kind: 'interrupted', text: 'interrupted' }
      throw error
    }
    const ended = read
      .deployments({ queue: config.queue, environment: started.environment, limit: 50 })
      .find(({ id }) => id === started.id)
    return outcomeOfDeployment(ended ?? started, known(started.environment))
  }

  /** A deployment whose step nobody works on any more is still brought to its end: something may be half out. */
  async function finishOrphans(): Promise<void> {
    const orphans = [...state().deployments.values()].filter(({ id, taskId, environment }) => {
      // Another machine has deployed there since.
      if (known(environment).holder !== id) return false
      const task = state().tasks.get(taskId)
      const isWorked = task && !hasEnded(task) && state().runs.get(task.runId)?.state === 'open'
      return !isWorked && ![...state().attempts.values()].some((one) => one.live && one.taskId === taskId)
    })
    // Environments do not wait for each other.
    const tell = (error: unknown) => (ending.signal.aborted ? undefined : ports.onError(error))
    await Promise.all(orphans.map((one) => finishOrphan(one).catch(tell)))
  }

  async function finishOrphan(deployment: Deployment): Promise<void> {
    const tree = await repository()
    // Its commands bear a name that the next process knows without a note: what a kill left of them is ended before anything begins.
    const name = orphanName(deployment.id)
    await places.quiet(earlierNames(deployment), deployment.environment)
    const folder = join(project.worktree.dir, name)
    await addWorktree(tree, folder, deployment.sha)
    try {
      await carryOut(
        deployer,
        deployment.id,
        places.placeIn(folder, name, () => undefined),
      )
    } finally {
      await removeWorktree(tree, folder).catch(ports.onError)
    }
  }

  const prune = (): Promise<void> => {
    pruning = pruning
      .then(async () => {
        if (ending.signal.aborted) return
        await prunePipelines({
          ...{ repository: await repository(), remote: config.remote, artifacts, signal: ending.signal },
          open: read.runs({ queue: config.queue, openOnly: true, limit: MOST_OPEN }),
          over: read.runs({ queue: config.queue, limit: MOST_RUNS }).filter((run) => run.state !== 'open'),
          environments: read.environments(config.queue),
        })
      })
      .catch(ports.onError)
    return pruning
  }

  const looks = createRemoteLooks({ watch: () => watch, mayLook: () => !ending.signal.aborted && lease.isHeld() })
  const { round } = looks

  return {
    pipelines,
    repository,
    folders(worktrees) {
      const folders = stepFolders(worktrees, { run: read.run, tasks: read.tasks, artifacts })
      return {
        ...folders,
        async open(task, lane) {
          const place = await folders.open(task, lane)
          if (task.spec.deploy === undefined || openDeployment(task.id)) return place
          // What was approved must still be what it is: asked for once more, and compared where it begins.
          await prepare(task)
          const sha = read.run(task.runId)?.push?.sha ?? ''
          if (state().tasks.get(task.id)?.phase !== 'ready' || !(await handover.begins(task.spec.deploy, sha)))
            return place
          await dispatcher().record({ type: 'deploying', taskId: task.id })
          handover.note()
          return place
        },
      }
    },
    deploy: (task, plan, log) => deploy(task, plan, log),
    lease: () => lease,
    seen(push) {
      if (lease.isHeld()) return watch?.seen(push)
      lease.hint(push)
      return undefined
    },
    start({ api: anyApi, lease: given, note }) {
      lease = given
      const isShared = lease !== LISTENS_ALONE
      const api = isShared ? whileListening(anyApi, lease) : anyApi
      tellPeople = note
      watch = watchRemote({
        queue: config.queue,
        memory,
        pipelines: () => pipelines().all,
        heads: async () => remoteHeads(await repository(), config.remote),
        fetch: async ({ branch, sha }) => fetchCommit(await repository(), { remote: config.remote, branch, sha }),
        newRunId: () => newRunId(now()),
        here: () => (isShared ? lease.holder() : undefined),
        runState: (runId) => read.run(runId)?.state,
        start: async (runId, push: PushedCommit) => {
          const command = { type: 'start' as const, from: { source: 'push' as const, refs: [refOfPush(push)] }, runId }
          const reply = await api.submit(command, push.by, { key: `push:${runId}`, queue: config.queue })
          return reply.ok ? undefined : reply.text
        },
        note,
      })
      const offer = (deployment?: Deployment) => offerRollback({ api, config, onError: ports.onError }, deployment)
      let lastTrouble = ''
      const tell = (error: unknown) => {
        if (ending.signal.aborted || error instanceof ListensElsewhere) return
        const text = `Pipelines: ${ports.redact(error instanceof Error ? error.message : String(error))}`
        if (text !== lastTrouble) note(text)
        lastTrouble = text
      }
      const look = () =>
        void round().then(() => {
          lastTrouble = ''
        }, tell)
      unfollow = api.follow((event) => {
        if (event.queue !== config.queue) return
        if (event.type === 'deployment.ended') offer(event.data?.deployment as Deployment | undefined)
        if (event.type === 'run.ended') {
          void prune()
          if (event.runId !== undefined) watch?.over(event.runId)
        }
        handover.note()
        void prepareAll().catch(ports.onError)
      })
      const again = () => {
        // Freezes end with time alone.
        if ([...state().environments.values()].some(({ frozen }) => frozen?.until !== undefined))
          void dispatcher().record({ type: 'tick' }).catch(ports.onError)
        void prepareAll().catch(ports.onError)
      }
      timers = [setInterval(look, config.pollMs), setInterval(again, LOOK_AGAIN_MS)]
      const asBefore = () => {
        void finishOrphans().catch(ports.onError)
        // What a kill kept from being offered.
        for (const environment of Object.keys(config.environments))
          offer(read.deployments({ queue: config.queue, environment, limit: 1 })[0])
        look()
      }
      const takeOver = async () => {
        await dispatcher().record({ type: 'environments', environments: handover.taken() })
        watch?.takeOver()
        look()
      }
      if (!isShared) asBefore()
      lease.onHeld(({ isAfresh }) => (isAfresh ? void takeOver().catch(tell) : asBefore()))
      lease.onHint((push) => {
        watch?.seen(push as SeenPush)
        look()
      })
      again()
      void prune()
    },
    round,
    async stop() {
      ending.abort(new Error('Baton ends'))
      unfollow()
      for (const timer of timers) clearInterval(timer)
      await Promise.all([looks.idle(), preparing, pruning].map((one) => one.catch(() => undefined)))
    },
  }
}
