import { existsSync, statSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { API_TOKEN_FILE } from '../config/api-token.ts'
import type { Config, ProjectConfig } from '../config/types.ts'
import type { Task } from '../core/types.ts'
import { readPlainSync } from '../files/plain.ts'
import { filesIn, realPath } from '../files/real-path.ts'
import { homeIn, type OwnFiles } from '../protect/own-files.ts'
import { contentAt, filesBelow, isOurs } from '../protect/watch-files.ts'
import { findTaskFiles } from '../sources/files/find-files.ts'

/** The part of the configuration that says where Baton's own files are. */
export type OwnConfig = Pick<Config, 'home' | 'stateDir' | 'logsDir' | 'program' | 'projects' | 'schedule' | 'chat'>

/** Where Baton's own files are, for a task. `tree`: the worktree it works in. */
export function placesOf(
  { home, stateDir, logsDir, program, projects, schedule, chat }: OwnConfig,
  project: ProjectConfig,
  task: Task,
  tree?: string,
): OwnFiles['places'] {
  const dated = schedule.flatMap(({ files = [] }) => files.map((name) => name.replace(/\{[^}]*\}/g, '*')))
  return {
    ...{ home, stateDir, logsDir, program },
    projects: projects.map(({ path }) => path),
    readable: [resolve(project.path, chat.inbox)],
    ...(project.workspace === 'worktree' && {
      lanes: {
        dir: project.worktree.dir,
        main: checkoutOf(project.path),
        ...(tree !== undefined && { own: tree }),
      },
    }),
    taskFiles: [...new Set([...projects.flatMap(({ tasks }) => tasks), ...dated, ...ownFile(task)])],
  }
}

/** The top of the working tree that a folder is in; worktrees are copies of the whole. */
function checkoutOf(folder: string): string {
  for (let at = resolve(folder); ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return at
    if (at === dirname(at)) return folder
  }
}

/** The file that the task is from, if it is from one. */
const ownFile = ({ spec: { origin } }: Task): string[] => (origin.file === undefined ? [] : [origin.file])

const CONFIGS = ['config.yaml', 'config.yml']

/** Files that no task changes, and that are small and few. */
export function secretFiles({ home, stateDir }: Pick<Config, 'home' | 'stateDir'>): string[] {
  const files = CONFIGS.map((name) => join(home, name))
  return [...filesIn(home, '.env'), ...files, join(stateDir, API_TOKEN_FILE)]
}

/** Its own code; the packages it uses were loaded before the agent began. `list` gives the files below a folder. */
export function programFiles(
  { program: folder, projects }: Pick<Config, 'program' | 'projects'>,
  list: (folder: string) => string[],
): string[] {
  const program = realPath(folder)
  // An agent that works in the program's own folder, as in a rehearsal of ours, works on the program.
  if (!isOurs(program) || projects.some(({ path }) => realPath(path) === program)) return []
  return [join(program, 'package.json'), ...['bin', 'dist', 'src'].flatMap((part) => list(join(program, part)))]
}

/** Files that are changed only after a yes. */
export function askedFiles({ places }: OwnFiles, task: Task): string[] {
  const { home, taskFiles } = places
  const files = [...findTaskFiles(home, taskFiles), ...ownFile(task).map((file) => resolve(home, file))]
  return [...files, ...filesBelow(join(home, 'pipelines')), ...filesBelow(join(home, 'prompts'))]
}

/** What Baton's own files are in a task's worktree: what lies there may be a copy of them, or land in their place. */
export interface InLane {
  /** Never changed by a task. */
  fixed: string[]
  /** Changed after a yes; each with the file that it lands in. */
  asked: Map<string, string>
}

/** Those that are there now. */
export function filesInLane({ places }: OwnFiles): InLane {
  const { home, taskFiles, lanes } = places
  const inLane = homeIn({ ...places, home: realPath(home) }, lanes?.own)
  if (inLane === undefined) return { fixed: [], asked: new Map() }
  const asked = [
    ...findTaskFiles(
      inLane,
      taskFiles.filter((pattern) => !/^[/~]/.test(pattern)),
    ),
    ...filesBelow(join(inLane, 'pipelines')),
    ...filesBelow(join(inLane, 'prompts')),
  ]
  return {
    fixed: [...filesIn(inLane, '.env'), ...CONFIGS.map((name) => join(inLane, name))],
    asked: new Map(namedOnce(asked).map((path) => [path, join(realPath(home), relative(realPath(inLane), path))])),
  }
}

/** One name for each, whatever links lead to its folder. */
export const namedOnce = (paths: readonly string[]): string[] => [
  ...new Set(paths.map((path) => join(realPath(dirname(path)), basename(path)))),
]

/** Those, and what they lead to: a link may be changed, and what is behind it. */
export const bothWays = (paths: readonly string[]): string[] => [
  ...new Set([...namedOnce(paths), ...paths.map((path) => realPath(path))]),
]

/** What says which version of the program this is: what an update changes, by a package manager or by git. */
export function versionOf(program: string): string {
  const reflog = statSync(join(gitFolder(program), 'logs/HEAD'), { throwIfNoEntry: false })
  try {
    const { version } = JSON.parse(readPlainSync(join(program, 'package.json')).toString('utf8')) as {
      version?: unknown
    }
    return `${version} ${reflog?.size} ${reflog?.mtimeMs}`
  } catch {
    return `none ${reflog?.size}`
  }
}

/** A work tree beside the repository has a file in the place of the folder, which says where that is. */
function gitFolder(program: string): string {
  const path = join(program, '.git')
  const words = contentAt(path)?.toString('utf8')
  const [, led] = /^gitdir: (.+)/.exec(words ?? '') ?? []
  return led === undefined ? path : resolve(program, led)
}
