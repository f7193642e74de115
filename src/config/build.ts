import { hostname } from 'node:os'
import { join } from 'node:path'
import { LEDGER_PROPERTIES } from '../core/ledger-properties.ts'
import type { NamedPerson } from '../core/people.ts'
import { scriptOfText } from '../core/script.ts'
import { hasPipelineFiles } from '../files/pipeline-files.ts'
import { pipelineConfig } from './build-pipelines.ts'
import type { Values, Written } from './keys.ts'
import type { allKeys, namedProjectKeys } from './keys-all.ts'
import type { projectKeys } from './keys-project.ts'
import { commandWords, fromHome } from './paths.ts'
import type { Config, ProjectConfig, Receiver, ScheduledStart } from './types.ts'
import { isOwnCheckout, WORK_FOLDER } from './whose-folder.ts'

export type AllValues = Values<typeof allKeys>
type ProjectValues = Values<typeof projectKeys>
type NamedProject = Written<typeof namedProjectKeys>

/** What stands outside config.yaml and takes part in it. */
export interface ConfigSurroundings {
  home: string
  /** The folder that holds the program. */
  program: string
  configFile?: string
  host?: string
  port?: number
  n8nNotifyUrl?: string
  /** Values that `$NAME` stands for. */
  lookUp(written: string): string
}

/** The configuration in the program's own words, from values that were checked. */
export function buildConfig(values: AllValues, around: ConfigSurroundings): Config {
  const { home, lookUp } = around
  const projects = projectsOf(values, around)
  const { chats, ...older } = values.telegram
  const { quiet_hours, sound, remind_after, progress, inbox } = { ...values.chat, ...defined(older) }
  const { host, port, url, allowed_hosts, enabled } = values.http
  return {
    home,
    program: around.program,
    ...defined({ configFile: around.configFile, timezone: values.timezone }),
    stateDir: fromHome(home, values.state),
    logsDir: fromHome(home, values.logs),
    projects,
    keep: {
      runs: values.keep.runs,
      days: values.keep.days,
      logMb: values.keep.log_mb,
      attemptLogMb: values.keep.attempt_log_mb,
    },
    chat: {
      ...defined({ quietHours: quiet_hours }),
      sound,
      remindAfterMs: remind_after,
      progressMs: progress,
      inbox,
    },
    telegram: { chats },
    discord: { users: values.discord.users, ...defined({ channel: values.discord.channel }) },
    slack: { users: values.slack.users, ...defined({ channel: values.slack.channel }) },
    people: Object.entries(values.people).flatMap(
      ([
        name,
        {
          accounts: [first, ...rest],
          sound,
          logins,
        },
      ]): NamedPerson[] =>
        first ? [{ name, accounts: [first, ...rest], hears: first.surface, ...defined({ sound, logins }) }] : [],
    ),
    roles: values.roles,
    http: {
      enabled,
      host: around.host ?? host,
      port: around.port ?? port,
      ...defined({ url: url === undefined ? undefined : lookUp(url).replace(/\/+$/, '') }),
      allowedHosts: allowed_hosts,
    },
    notify: receiversOf(values, around),
    ...(values.notion.database !== undefined && {
      notion: {
        database: values.notion.database,
        ...defined({ source: values.notion.source }),
        properties: Object.keys(values.notion.properties).length > 0 ? values.notion.properties : LEDGER_PROPERTIES,
      },
    }),
    ...(values.heartbeat.url !== undefined && {
      heartbeat: { url: lookUp(values.heartbeat.url), everyMs: values.heartbeat.every },
    }),
    machine: { name: values.machine.name ?? hostName(), labels: values.machine.labels },
    schedule: values.schedule.map((entry) => startOf(entry, projects[0].name, values.timezone)),
    daily: defined({ morningMinute: values.daily.morning, eveningMinute: values.daily.evening }),
    log: { level: values.log.level },
  }
}

/** The first part of the host's name, in the letters that a name may have. */
function hostName(): string {
  const [first = ''] = hostname().toLowerCase().split('.')
  const name = first.replace(/[^a-z0-9_-]+/g, '-').replace(/^[-_]+/, '')
  return name === '' || name === 'any' ? 'machine' : name.slice(0, 32)
}

function projectsOf(values: AllValues, { home, program, lookUp }: ConfigSurroundings): Config['projects'] {
  const withPipelines = (project: ProjectConfig, { environments, pipelines }: ProjectValues): ProjectConfig => {
    const found = pipelineConfig(project.name, environments, pipelines, { home, lookUp })
    // One that deploys nowhere builds and tests all the same.
    const isThere = Object.keys(environments).length > 0 || hasPipelineFiles(found.folder)
    return isThere ? { ...project, pipelines: found } : project
  }
  const named = Object.entries(values.projects).map(([name, written]) =>
    withPipelines(namedProject(values, name, written, home), {
      ...values,
      environments: written.environments ?? {},
      pipelines: over(values.pipelines, written.pipelines) as ProjectValues['pipelines'],
    }),
  )
  const [first, ...rest] = named
  if (first) return [first, ...rest, ...named.flatMap(pipelinesOf)]
  const main = withPipelines(
    projectOf(values, { name: 'main', ...mainFolder(values.project, home, program), tasks: values.tasks }, home),
    values,
  )
  return [main, ...pipelinesOf(main)]
}

/**
 * Pipelines are a queue of their own beside that of the tasks: neither waits for the other. Its steps are worked on in
 * worktrees of the pushed commit, and what the project asks for around its tasks is not for them.
 */
function pipelinesOf(project: ProjectConfig): ProjectConfig[] {
  const { pipelines: found, ...rest } = project
  if (!found) return []
  const { github: repository, jira: _, ...own } = rest
  const pipelines = { ...found, ...(repository && { github: repository }) }
  return [
    {
      ...own,
      name: found.queue,
      tasks: [],
      pipelines,
      approval: { ...own.approval, mode: 'none', review: 'never', checkpointAfter: [] },
      ...{ order: 'written', mark: false, watch: false, verify: [], judge: false, prove: 'off' },
      ...{ commit: 'never', branch: 'current', push: false, onFailure: 'continue' },
      hooks: { beforeTask: [], afterTask: [] },
      lanes: found.lanes,
      workspace: 'worktree',
      worktree: { dir: join(own.worktree.dir, '..', found.queue), copy: [], setup: [], keep: own.worktree.keep },
    },
  ]
}

/** Baton's own checkout is never worked on: without a word of the user's, work goes into a folder beside config.yaml. */
function mainFolder(
  written: string | undefined,
  home: string,
  program: string,
): Pick<ProjectConfig, 'path' | 'makeFolder'> {
  if (written !== undefined) return { path: fromHome(home, written) }
  return isOwnCheckout(home, program) ? { path: fromHome(home, WORK_FOLDER), makeFolder: true } : { path: home }
}

/** What is not set for one project holds from above; its task files and its repository never do, or two queues would work on the same. */
function namedProject(values: AllValues, name: string, written: NamedProject, home: string): ProjectConfig {
  const place = { name, path: fromHome(home, written.path ?? '.'), tasks: written.tasks ?? [`tasks/${name}/*.md`] }
  const own = over(values, written) as ProjectValues
  return projectOf(
    {
      ...own,
      github: { ...own.github, repo: written.github?.repo },
      jira: { ...own.jira, project: written.jira?.project },
    },
    place,
    home,
  )
}

function projectOf(
  values: ProjectValues,
  place: Pick<ProjectConfig, 'name' | 'path' | 'makeFolder' | 'tasks'>,
  home: string,
): ProjectConfig {
  const { approval, claude, timeouts } = values
  return {
    ...place,
    order: values.order,
    mark: values.mark,
    watch: values.watch,
    approval: {
      from: approval.from,
      mode: approval.mode,
      auto: approval.auto,
      review: approval.review,
      checkpointAfter: approval.checkpoint_after,
    },
    claude: {
      command: commandWords(claude.command, home),
      ...defined({
        model: claude.model,
        effort: claude.effort,
        maxTurns: claude.max_turns,
        budgetUsd: claude.budget_usd,
      }),
      permissionMode: claude.permission_mode,
      allowedTools: claude.allowed_tools,
      disallowedTools: claude.disallowed_tools,
      appendPrompt: claude.append_prompt,
      extraArgs: claude.extra_args,
      env: claude.env,
      sandbox: claude.sandbox,
      warm: claude.warm,
      holdMs: claude.hold,
    },
    nice: values.nice,
    git: values.git,
    keepShare: values.limits.keep,
    guard: values.guard,
    prove: values.prove,
    timeouts: {
      startMs: timeouts.start,
      idleMs: timeouts.idle,
      taskMs: timeouts.task,
      exitMs: timeouts.exit,
      verifyMs: timeouts.verify,
    },
    retries: values.retries,
    onFailure: values.on_failure,
    budget: defined({ runUsd: values.budget.run_usd, dayUsd: values.budget.day_usd }),
    verify: values.verify.map(({ name, run, paths, types, env, timeout }) => ({
      name,
      run: scriptOf(run),
      ...defined({ paths, types, env }),
      timeoutMs: timeout ?? timeouts.verify,
    })),
    judge: values.judge,
    commit: values.commit,
    branch: values.branch,
    commitMessage: values.commit_message,
    push: values.push,
    lanes: values.lanes,
    workspace: workspaceOf(values),
    laneLimits: defined({ memoryBytes: values.lane_limits.memory, cpus: values.lane_limits.cpu }),
    hooks: { beforeTask: values.hooks.before_task.map(scriptOf), afterTask: values.hooks.after_task.map(scriptOf) },
    worktree: { ...values.worktree, dir: join(fromHome(home, values.worktree.dir), place.name) },
    merge: values.merge,
    ...gitHubOf(values.github),
    ...jiraOf(values.jira),
  }
}

/** Work that becomes a pull request needs a branch of its own. */
export function workspaceOf({
  workspace,
  lanes,
  github,
}: Pick<ProjectValues, 'workspace' | 'lanes'> & { github: { repo?: string | undefined } }): 'in_place' | 'worktree' {
  return workspace ?? (lanes > 1 || github.repo !== undefined ? 'worktree' : 'in_place')
}

function gitHubOf({ repo, poll, merge, ...rest }: ProjectValues['github']): Pick<ProjectConfig, 'github'> {
  const { wait: waitMs, ...merging } = merge
  return repo === undefined ? {} : { github: { repo, pollMs: poll, merge: { ...merging, waitMs }, ...rest } }
}

function jiraOf({ project, poll, url, status, ...rest }: ProjectValues['jira']): Pick<ProjectConfig, 'jira'> {
  if (project === undefined) return {}
  return { jira: { ...rest, project, pollMs: poll, status: defined(status), ...defined({ url }) } }
}

function receiversOf(values: AllValues, around: ConfigSurroundings): Receiver[] {
  const receivers = values.notify.map(
    ({ url, format, events, secret }): Receiver => ({
      url: around.lookUp(url),
      format,
      ...defined({ events, secret: secret === undefined ? undefined : around.lookUp(secret) }),
    }),
  )
  return around.n8nNotifyUrl ? [...receivers, { url: around.n8nNotifyUrl, format: 'n8n' }] : receivers
}

function startOf(
  entry: AllValues['schedule'][number],
  firstProject: string,
  timezone: string | undefined,
): ScheduledStart {
  return {
    cron: entry.cron,
    project: entry.project ?? firstProject,
    autoApprove: entry.auto_approve,
    catchUpMs: entry.catch_up,
    ...defined({ files: entry.files, timezone: entry.timezone ?? timezone }),
  }
}

/** `upper` laid over `lower`: groups are merged, lists and single values replaced. */
function over(lower: unknown, upper: unknown): unknown {
  if (upper === undefined) return lower
  if (!isGroup(lower) || !isGroup(upper)) return upper
  const merged: Record<string, unknown> = { ...lower }
  for (const [name, value] of Object.entries(upper)) merged[name] = over(merged[name], value)
  return merged
}

const isGroup = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

type Defined<T> = { [N in keyof T]?: Exclude<T[N], undefined> }

/** Without the keys that hold undefined. */
function defined<T extends object>(values: T): Defined<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Defined<T>
}

/** A text that does not make a script is refused where it was written, in the configuration. */
function scriptOf(run: string | string[]): string | string[] {
  const script = typeof run === 'string' ? scriptOfText(run) : undefined
  return script && 'command' in script ? script.command : run
}
