import { existsSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { API_TOKEN_FILE } from '../config/api-token.ts'
import type { Config, ProjectConfig } from '../config/types.ts'
import type { Task } from '../core/types.ts'
import { readPlainSync } from '../files/plain.ts'
import { filesIn, realPath } from '../files/real-path.ts'
import type { OwnFiles } from '../protect/own-files.ts'
import { contentAt, filesBelow, isOurs } from '../protect/watch-files.ts'
import { findTaskFiles } from '../sources/files/find-files.ts'

/** The part of the configuration that says where Baton's own files are. */
export type OwnConfig = Pick<Config, 'home' | 'stateDir' | 'logsDir' | 'program' | 'projects' | 'schedule' | 'telegram'>

/** Where Baton's own files are, for a task. */
export function placesOf(
  { home, stateDir, logsDir, program, projects, schedule, telegram }: OwnConfig,
  project: ProjectConfig,
  task: Task,
): OwnFiles['places'] {
  const dated = schedule.flatMap(({ files = [] }) => files.map((name) => name.replace(/\{[^}]*\}/g, '*')))
  return {
    ...{ home, stateDir, logsDir, program },
    projects: projects.map(({ path }) => path),
    readable: [resolve(project.path, telegram.inbox)],
    ...(project.workspace === 'worktree' && {
      worktrees: [{ dir: project.worktree.dir, of: checkoutOf(project.path) }],
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

/** Files that no task changes, and that are small and few. */
export function secretFiles({ home, stateDir }: Pick<Config, 'home' | 'stateDir'>): string[] {
  const files = ['config.yaml', 'config.yml'].map((name) => join(home, name))
  return [...filesIn(home, '.env'), ...files, join(stateDir, API_TOKEN_FILE)]
}

/** Its own code; the packages it uses were loaded before the agent began. */
export function programFiles({ program: folder, projects }: Pick<Config, 'program' | 'projects'>): string[] {
  const program = realPath(folder)
  // An agent that works in the program's own folder, as in a rehearsal of ours, works on the program.
  if (!isOurs(program) || projects.some(({ path }) => realPath(path) === program)) return []
  return [join(program, 'package.json'), ...['bin', 'dist', 'src'].flatMap((part) => filesBelow(join(program, part)))]
}

/** Files that are changed only after a yes. */
export function askedFiles({ places }: OwnFiles, task: Task): string[] {
  const { home, taskFiles } = places
  const files = [...findTaskFiles(home, taskFiles), ...ownFile(task).map((file) => resolve(home, file))]
  return [...files, ...filesBelow(join(home, 'pipelines')), ...filesBelow(join(home, 'prompts'))]
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
