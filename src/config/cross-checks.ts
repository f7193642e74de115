import { basename } from 'node:path'
import { scriptOfText } from '../core/script.ts'
import { isWithin, realPath } from '../files/real-path.ts'
import { MINUTE_MS } from '../text/durations.ts'
import { type AllValues, workspaceOf } from './build.ts'
import { chatProblems } from './cross-checks-chats.ts'
import { environments } from './cross-checks-environments.ts'
import { ledgerProblems, queryProblems } from './cross-checks-trackers.ts'
import { OWN_PATHS, referenceIn } from './kinds.ts'
import { fromHome } from './paths.ts'
import type { ConfigProblem } from './problem.ts'
import { type Environment, ownNames } from './secrets.ts'
import { holdsProgram, isOwnCheckout, WORK_FOLDER } from './whose-folder.ts'
import type { YamlFile } from './yaml-file.ts'

/** What no single key can know: how values fit together, and into the world. */
export async function crossChecks(
  values: AllValues,
  yaml: YamlFile,
  environment: Environment,
  places: { home: string; program: string },
): Promise<ConfigProblem[]> {
  return [
    ...ownFolder(values, yaml, places),
    ...references(values, yaml, environment),
    ...claudesEnvironment(values, yaml, environment),
    ...scripts(values, yaml),
    ...chatProblems(values, yaml, environment),
    ...olderNames(yaml),
    ...sandboxes(values, yaml),
    ...hiddenWorktrees(values, yaml, places),
    ...publicPath(values, yaml),
    ...commits(values, yaml),
    ...lanes(values, yaml),
    ...repositories(values, yaml),
    ...queryProblems(values, yaml),
    ...ledgerProblems(values, yaml),
    ...projects(values, yaml),
    ...(await environments(values, yaml, environment)),
    ...(await schedule(values, yaml)),
  ]
}

function references(values: AllValues, yaml: YamlFile, environment: Environment): ConfigProblem[] {
  const missing = (path: (string | number)[], written: string | undefined): ConfigProblem[] => {
    const name = written === undefined ? undefined : referenceIn(written)
    if (!name || environment.values[name]) return []
    return [
      yaml.problemAt(path, 'value', {
        severity: 'error',
        message: `${name} is set neither in .env nor in the environment`,
      }),
    ]
  }
  const ofReceivers = values.notify.flatMap(({ url, secret }, index) => [
    ...missing(['notify', index, 'url'], url),
    ...missing(['notify', index, 'secret'], secret),
  ])
  return [...ofReceivers, ...missing(['heartbeat', 'url'], values.heartbeat.url)]
}

/** Baton's own secrets are no business of Claude's, nor of checks, which run what Claude wrote; also when asked for. */
function claudesEnvironment(values: AllValues, yaml: YamlFile, environment: Environment): ConfigProblem[] {
  const own = ownNames(environment)
  const refused = (names: readonly string[] | undefined, path: (string | number)[], whom = 'Claude'): ConfigProblem[] =>
    (names ?? []).flatMap((name, index) =>
      own.includes(name)
        ? [
            yaml.problemAt([...path, index], 'value', {
              severity: 'error',
              message: `${name} is Baton's own and never given to ${whom}`,
            }),
          ]
        : [],
    )
  const inChecks = (checks: AllValues['verify'] | undefined, path: string[]): ConfigProblem[] =>
    (checks ?? []).flatMap(({ env }, index) => refused(env, [...path, index, 'env'], 'checks'))
  return [
    ...refused(values.claude.env, ['claude', 'env']),
    ...inChecks(values.verify, ['verify']),
    ...Object.entries(values.projects).flatMap(([name, project]) => [
      ...refused(project.claude?.env, ['projects', name, 'claude', 'env']),
      ...inChecks(project.verify, ['projects', name, 'verify']),
    ]),
  ]
}

/** A check of several lines is a script, as a code block of a task file is. */
function scripts(values: AllValues, yaml: YamlFile): ConfigProblem[] {
  const inChecks = (checks: AllValues['verify'] | undefined, path: string[]): ConfigProblem[] =>
    (checks ?? []).flatMap(({ run }, index) => {
      const script = typeof run === 'string' ? scriptOfText(run) : undefined
      if (!script || 'command' in script) return []
      return [yaml.problemAt([...path, index, 'run'], 'value', { severity: 'error', ...script.problem })]
    })
  return [
    ...inChecks(values.verify, ['verify']),
    ...Object.entries(values.projects).flatMap(([name, { verify }]) => inChecks(verify, ['projects', name, 'verify'])),
  ]
}

/** What holds for every chat stood under Telegram's name once, and is still read there. */
function olderNames(yaml: YamlFile): ConfigProblem[] {
  const written = (group: string): object => {
    const found = (yaml.data as Record<string, unknown>)[group]
    return typeof found === 'object' && found !== null ? found : {}
  }
  return ['quiet_hours', 'sound', 'remind_after', 'progress', 'inbox']
    .filter((name) => name in written('chat') && name in written('telegram'))
    .map((name) =>
      yaml.problemAt(['telegram', name], 'key', {
        severity: 'error',
        message: `\`telegram.${name}\` is the older name of \`chat.${name}\`, and both are set`,
        hint: `Keep \`chat.${name}\`; it holds for every chat.`,
      }),
    )
}

/** Of several settings on its command line Claude takes one: the user's would take the place of the sandbox. */
function sandboxes(values: AllValues, yaml: YamlFile): ConfigProblem[] {
  const refused = (sandbox: string, args: readonly string[] | undefined, path: string[]): ConfigProblem[] => {
    const index = sandbox === 'on' ? (args ?? []).findIndex((word) => /^--settings(=|$)/.test(word)) : -1
    if (index < 0) return []
    return [
      yaml.problemAt([...path, 'claude', 'extra_args', index], 'value', {
        severity: 'error',
        message: 'your own settings would replace `claude.sandbox: on`',
        hint: 'Write them into the settings files of Claude Code, or set `claude.sandbox: off`.',
      }),
    ]
  }
  const { claude, projects } = values
  return [
    ...refused(claude.sandbox, claude.extra_args, []),
    ...Object.entries(projects).flatMap(([name, project]) =>
      refused(project.claude?.sandbox ?? claude.sandbox, project.claude?.extra_args, ['projects', name]),
    ),
  ]
}

/** A sandbox hides the state folder, and with it the worktrees that lie there. */
function hiddenWorktrees(values: AllValues, yaml: YamlFile, { home }: { home: string }): ConfigProblem[] {
  const stateDir = realPath(fromHome(home, values.state))
  const one = (project: AllValues | AllValues['projects'][string], path: string[]): ConfigProblem[] => {
    const sandbox = project.claude?.sandbox ?? values.claude.sandbox
    const workspace = workspaceOf({
      lanes: project.lanes ?? values.lanes,
      workspace: project.workspace ?? values.workspace,
      github: { repo: project.github?.repo },
    })
    const dir = project.worktree?.dir ?? values.worktree.dir
    if (sandbox !== 'on' || workspace !== 'worktree' || !isWithin(realPath(fromHome(home, dir)), stateDir)) return []
    const where = project.claude?.sandbox === undefined ? [] : path
    return [
      yaml.problemAt([...where, 'claude', 'sandbox'], 'value', {
        severity: 'error',
        message: `\`claude.sandbox: on\` hides the state folder, and the worktrees are in it (\`worktree.dir: ${dir}\`)`,
        hint: `Put them elsewhere: \`worktree: {dir: ~/.baton-worktrees/${basename(home)}}\`.`,
      }),
    ]
  }
  const named = Object.entries(values.projects)
  return named.length === 0 ? one(values, []) : named.flatMap(([name, project]) => one(project, ['projects', name]))
}

/** Below such a path our own routes could not be told from it. */
function publicPath({ http: { url } }: AllValues, yaml: YamlFile): ConfigProblem[] {
  const first = url === undefined ? '' : (new URL(url).pathname.split('/')[1] ?? '')
  if (!OWN_PATHS.includes(first)) return []
  return [
    yaml.problemAt(['http', 'url'], 'value', {
      severity: 'error',
      message: `/${first} is one of Baton's own paths`,
      hint: 'Serve it below another one, such as https://host.example/baton.',
    }),
  ]
}

/** An agent that works on Baton's own program could make of it what it likes. */
function ownFolder(
  values: AllValues,
  yaml: YamlFile,
  { home, program }: { home: string; program: string },
): ConfigProblem[] {
  const refused = (written: string | undefined, path: string[]): ConfigProblem[] => {
    if (written === undefined || !holdsProgram(fromHome(home, written), program)) return []
    const name = path.length > 1 ? 'path' : 'project'
    const other = isOwnCheckout(home, program) ? `\`${name}: ${WORK_FOLDER}\`, or ` : ''
    return [
      yaml.problemAt(path, 'value', {
        severity: 'error',
        message: `\`${written}\` contains Baton's own program; write ${other}\`${name}: \` and the folder of your project`,
      }),
    ]
  }
  const named = Object.entries(values.projects)
  if (named.length > 0) return named.flatMap(([name, { path }]) => refused(path, ['projects', name, 'path']))
  // In somebody's own folder that holds the program (a link, a submodule), the default needs a word, too.
  return refused(values.project ?? (isOwnCheckout(home, program) ? undefined : '.'), ['project'])
}

function commits(values: AllValues, yaml: YamlFile): ConfigProblem[] {
  if (values.commit !== 'never') return []
  // In worktrees what is done is committed anyway.
  const isInWorktrees = values.workspace === 'worktree' || values.lanes > 1
  const idle = (name: string): ConfigProblem =>
    yaml.problemAt([name], 'key', {
      severity: 'warning',
      message: `\`${name}\` has no effect while nothing is committed`,
      hint: 'Set `commit: per-task`.',
    })
  return [
    ...(values.branch === 'current' ? [] : [idle('branch')]),
    ...(values.push && !isInWorktrees ? [idle('push')] : []),
  ]
}

/** One tree cannot hold the work of several tasks at once. */
function lanes(values: AllValues, yaml: YamlFile): ConfigProblem[] {
  const one = (lanes: number, workspace: string | undefined, path: string[]): ConfigProblem[] =>
    lanes > 1 && workspace === 'in_place'
      ? [
          yaml.problemAt([...path, 'workspace'], 'value', {
            severity: 'error',
            message: `\`workspace: in_place\` has room for one lane, and \`lanes\` is ${lanes}`,
            hint: 'Set `lanes: 1`, or `workspace: worktree`.',
          }),
        ]
      : []
  const { projects } = values
  return [
    ...one(values.lanes, values.workspace, []),
    ...Object.entries(projects).flatMap(([name, project]) =>
      'workspace' in project || 'lanes' in project
        ? one(project.lanes ?? values.lanes, project.workspace ?? values.workspace, ['projects', name])
        : [],
    ),
  ]
}

/** An issue is worked on in one place, on a branch of its own. */
function repositories(values: AllValues, yaml: YamlFile): ConfigProblem[] {
  const named = Object.entries(values.projects).map(([name, written]) => ({ path: ['projects', name], written }))
  const seen = new Set<string>()
  const of: {
    path: string[]
    written: Partial<Pick<AllValues, 'workspace'>> & { github?: { repo?: string | undefined } | undefined }
  }[] = named.length > 0 ? named : [{ path: [], written: values }]
  return of.flatMap(({ path, written }) => {
    const repo = written.github?.repo
    if (repo === undefined) return []
    const refused = (at: string[], message: string, hint: string) => [
      yaml.problemAt(at, 'value', { severity: 'error', message, hint }),
    ]
    if (seen.has(repo.toLowerCase()))
      return refused([...path, 'github', 'repo'], `${repo} is the repository of two projects`, 'Take it out of one.')
    seen.add(repo.toLowerCase())
    if ((written.workspace ?? values.workspace) !== 'in_place') return []
    return refused(
      [...(written.workspace === undefined ? [] : path), 'workspace'],
      '`github` needs a worktree for each issue, and `workspace` is in_place',
      'Take `workspace` out, or set it to worktree.',
    )
  })
}

function projects(values: AllValues, yaml: YamlFile): ConfigProblem[] {
  const named = Object.keys(values.projects)
  const unused = named.length > 0 ? ['project', 'tasks'].filter((name) => name in yaml.data) : []
  return [
    ...[
      ...unused.map((name) => [name]),
      ...(named.length > 0 && values.github.repo !== undefined ? [['github', 'repo']] : []),
      ...(named.length > 0 && values.jira.project !== undefined ? [['jira', 'project']] : []),
    ].map((path) =>
      yaml.problemAt(path, 'key', {
        severity: 'warning',
        message: `\`${path.join('.')}\` is not used together with \`projects\``,
        hint: 'Set it for each project.',
      }),
    ),
    ...values.schedule.flatMap(({ project }, index) =>
      project === undefined || named.includes(project) || (named.length === 0 && project === 'main')
        ? []
        : [
            yaml.problemAt(['schedule', index, 'project'], 'value', {
              severity: 'error',
              message: `there is no project \`${project}\``,
            }),
          ],
    ),
  ]
}

/** So many starts in a row tell how close they come: a field of seconds repeats within a minute. */
const STARTS = 3

/** Every schedule names a moment that comes, and none that is always there. */
async function schedule(values: AllValues, yaml: YamlFile): Promise<ConfigProblem[]> {
  if (values.schedule.length === 0) return []
  const { Cron } = await import('croner')
  const hint = 'Five fields: minute, hour, day of month, month, day of week, as in "0 8 * * 1-5".'
  return values.schedule.flatMap(({ cron }, index) => {
    const refused = (message: string) => [
      yaml.problemAt(['schedule', index, 'cron'], 'value', { severity: 'error', message, hint }),
    ]
    try {
      // In a zone without a change of clocks: the message must not depend on where and when it is read.
      const starts = new Cron(cron, { paused: true, timezone: 'UTC' }).nextRuns(STARTS).map((at) => at.getTime())
      if (starts.length === 0) return refused('this time never comes')
      const isClose = starts.some((at, i) => i > 0 && at - (starts[i - 1] as number) < MINUTE_MS)
      return isClose ? refused('this is more often than once a minute') : []
    } catch (error) {
      return refused(`\`${cron}\` is not a schedule (${(error as Error).message.replace(/^CronPattern:\s*/, '')})`)
    }
  })
}
