import { matchesGlob, relative } from 'node:path/posix'

/** One command that proves something. */
export interface Check {
  name: string
  command: string | readonly string[]
  /** Names of variables that it gets beside the clean set. */
  env?: readonly string[]
  timeoutMs: number
}

/** A check of the configuration. */
interface ConfiguredCheck {
  name: string
  run: string | readonly string[]
  /** Patterns of changed files; absent: always. */
  paths?: readonly string[]
  /** Types of tasks; absent: all. */
  types?: readonly string[]
  /** Names of variables that it gets beside the clean set. */
  env?: readonly string[]
  timeoutMs: number
}

export interface ChecksWanted {
  /** The task's own, as the user wrote them. */
  own: readonly string[]
  ownTimeoutMs: number
  configured: readonly ConfiguredCheck[]
  type?: string | undefined
  /** Changed files, `/`-separated, from the top of the repository. Absent when they are not known: then every pattern counts as met. */
  files?: readonly string[] | undefined
  /** The project's folder below that top, which its patterns are written from; absent or empty when it is the top. */
  prefix?: string | undefined
}

/** The checks that a finished attempt must pass: the task's own first, then those of the configuration that apply. */
export function chooseChecks({ own, ownTimeoutMs, configured, type, files, prefix }: ChecksWanted): Check[] {
  const inProject = files?.map((file) => (prefix ? relative(prefix, file) : file))
  const applies = ({ paths, types }: ConfiguredCheck) =>
    (!types || types.some((wanted) => wanted.toLowerCase() === type?.toLowerCase())) &&
    (!paths || !inProject || inProject.some((file) => paths.some((pattern) => matches(file, pattern))))
  return [
    ...own.map((command) => ({ name: firstLine(command), command, timeoutMs: ownTimeoutMs })),
    ...configured.filter(applies).map(({ name, run, env, timeoutMs }) => ({
      name,
      command: run,
      ...(env && { env }),
      timeoutMs,
    })),
  ]
}

/** A pattern with `*`, `**`, `?`, `{a,b}`; a folder stands for everything in it; hidden files are files like others. */
export function matches(file: string, pattern: string): boolean {
  const plain = pattern.replace(/^\.\//, '').replace(/\/$/, '')
  return [plain, `${plain}/**`].some((glob) => matchesGlob(unhidden(file), unhidden(glob)))
}

/** Globs leave names with a leading dot out; with another first character they do not. */
function unhidden(path: string): string {
  return path.replace(/(^|[/{,(|])\./g, '$1\u2024')
}

function firstLine(command: string): string {
  const lines = command.trim().split('\n')
  // What makes a script of it says nothing about it.
  const said = lines.findIndex((line) => !/^\s*(?:#.*|set -e\s*)?$/.test(line))
  const [first = '', ...rest] = lines.slice(Math.max(0, said))
  return rest.length > 0 ? `${first} …` : first
}
