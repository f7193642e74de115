import { pipelinesName } from '../config/environments-in.ts'
import type { Config, PipelineConfig, ProjectConfig } from '../config/types.ts'
import { environmentId, type KnownEnvironment } from '../core/deploy/deployment.ts'
import type { Reply } from '../core/inputs.ts'
import type { KeptValues } from '../core/kept-values.ts'
import { notPossible } from '../core/reply.ts'
import { LISTENS_ALONE, type SharedPlace, type ShareSource, type SourceLease } from '../core/source-lease.ts'
import type { Actor } from '../core/types.ts'
import type { DaemonApi } from '../daemon/api/api.ts'
import type { AttemptPorts } from '../daemon/attempt/attempt-ports.ts'
import type { DeployCommand, ResolvePorts } from '../daemon/commands/resolve-command.ts'
import type { PassCrashPoint } from '../daemon/crash-points.ts'
import { newRunId } from '../daemon/ids.ts'
import type { Dispatcher } from '../daemon/queue/dispatcher.ts'
import type { ChunkRedactor } from '../redact/redact-stream.ts'
import type { ProjectGitHub } from '../sources/github/open.ts'
import type { Source } from '../sources/source.ts'
import type { Reader } from '../store/read.ts'
import type { Destination } from '../workspace/destination.ts'
import type { Workspace } from '../workspace/workspace.ts'
import { createShowChanges } from './changes.ts'
import { DEPLOYS_NOWHERE, resolveDeployCommand } from './commands.ts'
import { createEngine, type Engine } from './engine.ts'
import { publishFix } from './fix.ts'
import { readPush } from './github-push.ts'
import { environmentNotes } from './handover.ts'
import { createPushSource } from './source.ts'
import { type PublishFix, stepDestination } from './workspace.ts'

/** What all pipelines of a home are built from. */
export interface PipelinesPorts {
  config: Config
  env: Readonly<Record<string, string | undefined>>
  redact: (text: string) => string
  redactOutput: () => ChunkRedactor
  now: () => number
  reached: PassCrashPoint
  /** The repository of a project on GitHub, where it has one. */
  gitHub: (project: string) => Pick<ProjectGitHub, 'openFix' | 'showDeployments'> | undefined
  onError: (error: unknown) => void
}

/** What the queue of a project needs of its pipelines. */
export interface PipelineParts {
  source: Source
  destination: Destination
  folders: (worktrees: Workspace) => Workspace
  deploy: AttemptPorts['runCommands']
  deploys: NonNullable<ResolvePorts['deploys']>
  /** Given once the queue is there. */
  use: (dispatcher: () => Dispatcher) => void
}

/** What is stored. */
interface PipelineStore {
  read: Reader
  kept: KeptValues
}

/** The pipelines of all projects. */
export interface PipelineHub {
  /** Undefined for the queue of a project's tasks. */
  partsFor: (project: ProjectConfig, store: PipelineStore) => PipelineParts | undefined
  /** In the queue of tasks, commands about environments are passed to where pipelines run. */
  deploysElsewhere: NonNullable<ResolvePorts['deploys']>
  use: (api: DaemonApi) => void
  /** Looks at the remotes from now on; gives how to end it. */
  start: (note: (queue: string, text: string) => void, share?: ShareSource) => () => Promise<void>
  /** A webhook of GitHub: the run that a push starts, or why it starts none. */
  pushed: (event: string | undefined, body: unknown) => { deploymentId: string; branch: string } | { reason: string }
}

const isPipelineQueue = (project: ProjectConfig): project is ProjectConfig & { pipelines: PipelineConfig } =>
  project.pipelines?.queue === project.name

/** What is known of the pipelines of a project, for the machine that runs them next. */
const placeOf = ({ project, queue }: PipelineConfig): SharedPlace => ({
  name: pipelinesName(project),
  notes: {
    names: [`pipelines:heads:${queue}`, `pipelines:waiting:${queue}`],
    kept: [`pipelines:run:${queue}:`, environmentNotes(queue)],
  },
})

const elsewhereWords = (lease: SourceLease, { project }: PipelineConfig): string =>
  `${lease.holder() ?? 'Another machine'} runs the pipelines of ${project}.`

/** Puts the pipelines together; nothing is looked at before `start`. */
export function openPipelines(ports: PipelinesPorts): PipelineHub {
  const { config } = ports
  const engines = new Map<string, { engine: Engine; pipelines: PipelineConfig; store: PipelineStore }>()
  let api: DaemonApi | undefined

  return {
    partsFor(project, { read, kept }) {
      if (!isPipelineQueue(project)) return undefined
      const { pipelines } = project
      let dispatcher: (() => Dispatcher) | undefined
      const engine = createEngine({
        ...{ project, config: pipelines, home: config.home, roles: Object.keys(config.roles) },
        ...(config.timezone !== undefined && { timezone: config.timezone }),
        ...{ env: ports.env, read, memory: kept, redact: ports.redact, redactOutput: ports.redactOutput },
        ...{ now: ports.now, reached: ports.reached, fetch, onError: ports.onError },
        dispatcher: () => {
          if (!dispatcher) throw new Error('The queue of the pipelines has not started yet.')
          return dispatcher()
        },
      })
      engines.set(project.name, { engine, pipelines, store: { read, kept } })
      const environments = () => dispatcher?.().state().environments ?? new Map<string, KnownEnvironment>()
      const changes = createShowChanges({
        repository: engine.repository,
        runs: (name) => environments().get(environmentId(pipelines.queue, name))?.runs?.sha,
      })
      const source = createPushSource(pipelines, engine.pipelines, changes)
      const publish: PublishFix = async (fix) => {
        const repository = await engine.repository()
        return publishFix({ ...fix, pipelines, repository, pullRequest: ports.gitHub(pipelines.project)?.openFix })
      }
      return {
        source,
        destination: stepDestination({ run: read.run, publish }),
        folders: engine.folders,
        deploy: engine.deploy,
        use: (given) => {
          dispatcher = given
        },
        async deploys(command, by) {
          const lease = engine.lease()
          if (!lease.isHeld()) return { reply: notPossible(`${elsewhereWords(lease, pipelines)} Say it there.`) }
          return resolveDeployCommand(
            {
              ...{ config: pipelines, pipelines: engine.pipelines, repository: engine.repository, now: ports.now },
              ...{ environments, changes },
              newRunId: () => newRunId(ports.now()),
              forRun: lease.forRun,
              ...(config.timezone !== undefined && { timezone: config.timezone }),
            },
            command,
            by,
          )
        },
      }
    },

    deploysElsewhere: async (command, by, id) => ({ reply: await elsewhere(command, by, id) }),

    use(given) {
      api = given
    },

    start(note, share) {
      const shownOnGitHub: Promise<{ stop: () => Promise<void> }>[] = []
      for (const [queue, { engine, pipelines, store }] of engines) {
        if (!api) continue
        const lease = share?.(placeOf(pipelines)) ?? LISTENS_ALONE
        engine.start({ api, lease, note: (text) => note(queue, text) })
        const shown = ports.gitHub(pipelines.project)?.showDeployments({
          ...{ queue, follow: api.follow, read: store.read, kept: store.kept, onError: ports.onError },
          urlOf: (name) => pipelines.environments[name]?.url,
          logOf: (runId) => config.http.url && `${config.http.url}/#/run/${encodeURIComponent(runId)}`,
          onTrouble: (text) => note(queue, text),
        })
        shown?.catch(ports.onError)
        if (shown) shownOnGitHub.push(shown)
      }
      return async () => {
        const shown = await Promise.allSettled(shownOnGitHub)
        const stops = shown.flatMap((one) => (one.status === 'fulfilled' ? [one.value.stop()] : []))
        await Promise.all([...[...engines.values()].map(({ engine }) => engine.stop()), ...stops])
      }
    },

    pushed(event, body) {
      const push = readPush(event, body)
      if ('reason' in push) return push
      const { repository, ...seen } = push
      const all = [...engines.values()].filter(
        ({ pipelines: { github } }) => github === undefined || github.repo.toLowerCase() === repository.toLowerCase(),
      )
      let why = `No pipeline is started by a push to ${seen.branch}.`
      for (const { engine, pipelines } of all) {
        const deploymentId = engine.seen(seen)
        if (!engine.lease().isHeld()) why = `${elsewhereWords(engine.lease(), pipelines)} It looks now.`
        if (deploymentId === undefined) continue
        // What else is new there is seen along with it.
        void engine.round().catch(ports.onError)
        return { deploymentId, branch: seen.branch }
      }
      return { reason: why }
    },
  }

  /** To the queue that has the environment, or to the only one there is. */
  async function elsewhere(command: DeployCommand, by: Actor, id: number): Promise<Reply> {
    const [name = ''] = command.text.trim().split(/\s+/)
    const queues = [...engines].filter(([, { pipelines }]) => Object.hasOwn(pipelines.environments, name))
    const [queue] = queues[0] ?? [...engines][0] ?? []
    if (queue === undefined || !api) return notPossible(DEPLOYS_NOWHERE)
    if (queues.length > 1) {
      const which = queues.map(([queue]) => queue).join(', ')
      return {
        ok: false,
        code: 'ambiguous',
        text: `Several projects have an environment ${name}; say which: ${which}.`,
      }
    }
    return api.submit(command, by, { queue, key: `deploy:${queue}:${id}` })
  }
}
