import type { PipelineConfig } from '../config/types.ts'
import type { ResolvedCommand } from '../core/commands/commands.ts'
import { environmentId, type KnownEnvironment, newEnvironment, rollbackTarget } from '../core/deploy/deployment.ts'
import { releaseName } from '../core/deploy/words.ts'
import type { Reply } from '../core/inputs.ts'
import { notPossible } from '../core/reply.ts'
import type { SourceLease } from '../core/source-lease.ts'
import type { Actor, PlannedTask, PushedCommit } from '../core/types.ts'
import type { DeployCommand } from '../daemon/commands/resolve-command.ts'
import type { Repository } from '../git/repository.ts'
import { matchesBranch } from './branches.ts'
import type { ShowChanges } from './changes.ts'
import { readFreezeWords } from './freeze-until.ts'
import type { Pipelines } from './read-pipelines.ts'
import { fetchCommit, findCommit, remoteHeads } from './remote.ts'
import { createPushSource, refOfPush } from './source.ts'

export interface DeployCommandPorts {
  config: PipelineConfig
  pipelines: () => Pipelines
  changes: ShowChanges
  repository: () => Promise<Repository>
  environments: () => ReadonlyMap<string, KnownEnvironment>
  newRunId: () => string
  /** With which right the run is worked on; absent: with any. */
  forRun?: SourceLease['forRun']
  now: () => number
  /** Of the times that people say; absent: the machine's. */
  timezone?: string
}

type Resolved = { command: ResolvedCommand } | { reply: Reply }

const refused = (text: string): Resolved => ({ reply: notPossible(text) })

/** Where there is nowhere to deploy to. */
export const DEPLOYS_NOWHERE = 'Nothing is deployed here: config.yaml names no `environments`.'

/** Reads the words behind `deploy`, `rollback`, `freeze` and `unfreeze`. Who may is decided where the command is carried out. */
export async function resolveDeployCommand(
  ports: DeployCommandPorts,
  { type, text }: DeployCommand,
  by: Actor,
): Promise<Resolved> {
  const { config } = ports
  const [name = '', ...rest] = text.trim().split(/\s+/)
  const environment = config.environments[name]
  if (!environment) {
    if (Object.keys(config.environments).length === 0) return refused(DEPLOYS_NOWHERE)
    const known = Object.keys(config.environments).join(', ')
    return refused(
      name === ''
        ? `${type} which environment? There are: ${known}.`
        : `There is no environment ${name}. There are: ${known}.`,
    )
  }
  if (type === 'unfreeze') return { command: { type, environment: name } }
  if (type === 'freeze') {
    return { command: { type, environment: name, ...readFreezeWords(rest, ports.now(), ports.timezone) } }
  }
  return type === 'rollback' ? rollBack(ports, name, by) : deploy(ports, name, rest, by)
}

/** Only to what is known to have been well: an older one is deployed by its commit. */
async function rollBack(ports: DeployCommandPorts, name: string, by: Actor): Promise<Resolved> {
  const known = knownOf(ports, name)
  const to = rollbackTarget(known)
  if (!to)
    return refused(
      `Baton knows of no good release in ${name} before${known.runs ? ` ${releaseName(known.runs)}` : ''}. Use /deploy ${name} COMMIT.`,
    )
  return start(ports, {
    ...{ file: '', branch: '', sha: to.sha, how: 'rollback', environment: name, by },
    ...(to.release !== undefined && { release: to.release }),
  })
}

/** A sha, `v1.2`, `HEAD`, `feature/x`: no word that a reason begins with. */
const NAMES_COMMIT = /^([0-9a-f]{7,64}|head)$|\d|[/_~^@]|\w\.\w/i

async function deploy(ports: DeployCommandPorts, name: string, rest: string[], by: Actor): Promise<Resolved> {
  const { config } = ports
  const { branches } = config.environments[name] as { branches: string[] }
  const repository = await ports.repository()
  const [named] = rest
  const found = named === undefined ? undefined : await findCommit(repository, config.remote, named)
  const words = (found ? rest.slice(1) : rest).join(' ')
  // Deploying the newest commit in place of one that was named with a slip would be the wrong guess.
  if (named !== undefined && !found && (rest.length === 1 || NAMES_COMMIT.test(named)))
    return refused(`There is no commit or branch ${named} in ${config.remote}.`)
  const commit = found ?? (await newest(repository, config.remote, branches))
  if (typeof commit === 'string') return refused(`${commit} Name one: /deploy ${name} BRANCH.`)
  const { sha, branch } = commit
  if (branch === undefined)
    return refused(`${sha.slice(0, 8)} is not on any branch of ${config.remote}, so it is not deployed.`)
  if (branches.length > 0 && !matchesBranch(branches, branch))
    return refused(`${branch} is not deployed to ${name}, which takes ${branches.join(', ')}.`)
  if (!(await fetchCommit(repository, { remote: config.remote, branch, sha })))
    return refused(`${sha.slice(0, 8)} could not be fetched from ${config.remote}.`)
  const ofEnvironment = ports.pipelines().all.filter(({ parsed }) => parsed.specs.some((spec) => spec.deploy === name))
  const pipeline = ofEnvironment.find(({ push }) => matchesBranch(push, branch)) ?? ofEnvironment[0]
  if (!pipeline) return refused(`No pipeline in ${config.folder} deploys to ${name}.`)
  return start(ports, {
    ...{ file: pipeline.file, branch, sha, how: 'asked', environment: name, by },
    ...(words !== '' && { breakGlass: words }),
  })
}

/** The newest commit of the branch that an environment takes; words where several could be meant. */
async function newest(
  repository: Repository,
  remote: string,
  branches: readonly string[],
): Promise<{ sha: string; branch: string } | string> {
  const heads = [...(await remoteHeads(repository, remote))].filter(
    ([branch]) => branches.length === 0 || matchesBranch(branches, branch),
  )
  const [first, ...others] = heads
  if (!first) return `${remote} has no branch that is deployed there.`
  if (others.length > 0)
    return `Several branches are deployed there: ${heads
      .map(([branch]) => branch)
      .slice(0, 10)
      .join(', ')}.`
  return { branch: first[0], sha: first[1] }
}

async function start(ports: DeployCommandPorts, push: PushedCommit): Promise<Resolved> {
  const planned = await createPushSource(ports.config, ports.pipelines, ports.changes).plan(
    { type: 'start', from: { source: 'push', refs: [refOfPush(push)] } },
    push.by,
  )
  if ('problems' in planned) return refused(planned.problems)
  const tasks: PlannedTask[] = planned.tasks
  if (tasks.length === 0) return refused(`No step of ${push.file} deploys to ${push.environment}.`)
  const lease = ports.forRun?.()
  return {
    command: {
      ...{ type: 'start', tasks, files: planned.files, autoApprove: false, runId: ports.newRunId(), push },
      ...(lease && { lease }),
    },
  }
}

function knownOf({ config, environments }: DeployCommandPorts, name: string): KnownEnvironment {
  return environments().get(environmentId(config.queue, name)) ?? newEnvironment(config.queue, name)
}
