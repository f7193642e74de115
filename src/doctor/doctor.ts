import { renderProblem } from '../config/problem.ts'
import type { ConfigResult } from '../config/read.ts'
import type { Config, PipelineConfig, ProjectConfig } from '../config/types.ts'
import { type DoctorCheck, named } from './check.ts'
import { type CheckClaude, checkClaudeCode } from './claude.ts'
import { checkDiscord } from './discord.ts'
import { checkDisk, checkFolder } from './folders.ts'
import { checkLaneLimits, type FoundLimits } from './lane-limits.ts'
import { checkGit, checkNode, type ProbeProgram } from './machine.ts'
import { type CheckTaskFiles, checkProject, checkTasks } from './project.ts'
import { checkPort, checkRunner, type FoundRunner } from './running.ts'
import { checkSandbox } from './sandbox.ts'
import { checkSlack } from './slack.ts'
import { checkTelegram } from './telegram.ts'

export interface DoctorDeps {
  nodeVersion: string
  env: NodeJS.ProcessEnv
  /** The configuration, read beforehand. */
  configuration: ConfigResult
  run: ProbeProgram
  checkClaude: CheckClaude
  checkTaskFiles: CheckTaskFiles
  /** Who holds the lock of the state folder. */
  runnerOf: (stateDir: string) => Promise<FoundRunner | undefined>
  /** Which limits of a task can be kept here. */
  limitTools: () => FoundLimits
  /** Why there can be no sandbox here; undefined: there can be one. */
  sandboxProblem: () => Promise<string | undefined>
  fetch: typeof fetch
}

/** Looks at everything that Baton needs, changes nothing, and never throws: what cannot be checked is a finding too. */
export async function runDoctor(deps: DoctorDeps): Promise<DoctorCheck[]> {
  const { configuration, run } = deps
  const machine = await Promise.all([checkNode(deps.nodeVersion), safely('git', checkGit(run))])
  const settings = checkConfiguration(configuration)
  // With a configuration that is wrong, what it names would be looked for in the wrong places.
  if ('problems' in configuration) return [...machine.flat(), settings]
  const { config, secrets } = configuration

  const finding = deps.runnerOf(config.stateDir)
  let unreadable: unknown
  const runner = await finding.catch((error: unknown) => {
    unreadable = error
    return undefined
  })
  const alone = config.projects.length === 1
  const lookAtGitHub = async (project: ProjectConfig) =>
    project.github ? (await import('./github.ts')).checkGitHub(project, secrets, { env: deps.env, run, alone }) : []
  const lookAtPipelines = async (project: ProjectConfig & { pipelines: PipelineConfig }) =>
    (await import('./pipelines.ts')).checkPipelines(project, run, deps.checkTaskFiles)
  const lookAtJira = async (project: ProjectConfig) =>
    project.jira ? (await import('./jira.ts')).checkJira(project, secrets, { alone }) : []
  const lookAtNotion = async () => (config.notion ? (await import('./notion.ts')).checkNotion(config, secrets) : [])
  const lookAtMachines = async () =>
    secrets.databaseUrl === undefined ? [] : (await import('./machines.ts')).checkMachines(config, secrets.databaseUrl)
  const rest = await Promise.all([
    ...config.projects.flatMap((project) => [
      ...(isOfPipelines(project)
        ? [safely('pipelines', lookAtPipelines(project))]
        : [
            safely('project', checkProject(project, alone, run)),
            safely('tasks', checkTasks(project, alone, deps.checkTaskFiles)),
          ]),
      safely('github', lookAtGitHub(project)),
      safely('jira', lookAtJira(project)),
    ]),
    ...differentCommands(config).map(({ command, path }) =>
      safely('claude', checkClaudeCode(command, deps.env, path, deps.checkClaude)),
    ),
    safely('sandbox', checkSandbox(config.projects, deps.sandboxProblem)),
    safely(
      'lane limits',
      Promise.resolve().then(() => checkLaneLimits(config.projects, deps.limitTools)),
    ),
    unreadable === undefined ? checkFolder('state', config.stateDir, 'state') : unreadableState(unreadable),
    checkFolder('logs', config.logsDir, 'logs'),
    safely('disk', checkDisk(config.stateDir)),
    safely('runner', finding.then(checkRunner)),
    safely('telegram', checkTelegram(secrets, deps.fetch)),
    safely('discord', checkDiscord(secrets, config, deps.fetch)),
    safely('slack', checkSlack(secrets, config, deps.fetch)),
    safely('notion', lookAtNotion()),
    safely('machines', lookAtMachines()),
    safely('http', checkPort(config, secrets, runner)),
  ])
  return [...machine.flat(), settings, ...rest.flat()]
}

/** Pipelines are a queue of their own, in the folder of their project. */
const isOfPipelines = (project: ProjectConfig): project is ProjectConfig & { pipelines: PipelineConfig } =>
  project.pipelines?.queue === project.name

function checkConfiguration(configuration: ConfigResult): DoctorCheck {
  const check = named('config', { needed: true })
  if ('problems' in configuration) {
    return check.fail(
      configuration.problems.map(renderProblem).join('\n'),
      'Correct these; config.yaml explains every key.',
    )
  }
  const { config } = configuration
  const warnings = [...configuration.warnings, ...configuration.notices]
  if (warnings.length > 0) return check.warn(warnings.map(renderProblem).join('\n'))
  return check.ok(config.configFile ?? 'no config.yaml: using the defaults')
}

/** The state says which process is running: where it cannot be read, no work can be done either. */
function unreadableState(error: unknown): DoctorCheck {
  const why = error instanceof Error ? error.message : String(error)
  return named('state', { needed: true }).fail(why, 'Restore a backup, or move the state away to start over.')
}

/** Several projects mostly share one Claude; each different one is looked at once. */
function differentCommands(config: Config): { command: string[]; path: string }[] {
  const byCommand = new Map(
    config.projects.map(({ claude, path }) => [JSON.stringify(claude.command), { command: claude.command, path }]),
  )
  return [...byCommand.values()]
}

async function safely(name: string, checks: Promise<DoctorCheck | DoctorCheck[]>): Promise<DoctorCheck[]> {
  try {
    return [await checks].flat()
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return [named(name, { needed: false }).warn(`could not be checked: ${why}`)]
  }
}
