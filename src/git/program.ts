import { type ExecFileException, execFile } from 'node:child_process'
import { isStartError, whyNotStarted } from '../files/not-started.ts'
import { type ByteString, toBuffer } from './bytes.ts'

/** How one call of the `git` program is made. */
export interface GitCall {
  cwd: string
  env?: Record<string, string>
  input?: ByteString
  /** Exit codes that are an answer and no failure. Default: 0 alone. */
  accept?: readonly number[]
  /** Output beyond this is cut, and the program ended. Default 512 MiB. */
  maxBytes?: number
  /** Default 10 minutes. */
  timeoutMs?: number
  /** A pre-push hook of the user's is theirs to run; every other call leaves hooks out. */
  hooks?: boolean
}

export interface GitAnswer {
  stdout: ByteString
  stderr: ByteString
  exitCode: number
  /** `maxBytes` was reached. */
  truncated: boolean
}

/** A call that failed; `stderr` is git's own English text. */
export class GitError extends Error {
  readonly stderr: string
  /** The program itself could not be started: it is not there, or not for us. */
  readonly missing: boolean

  /** @param unstarted why the program could not be started */
  constructor(args: readonly string[], stderr: string, unstarted?: string) {
    const said = stderr.trim() || 'no output'
    super(unstarted ?? `git ${args[0]} failed: ${said}`)
    this.name = 'GitError'
    this.stderr = stderr
    this.missing = unstarted !== undefined
  }

  /** The first line of what it said; why it failed where it said nothing. */
  get firstLine(): string {
    return this.stderr.trim().split('\n')[0] || this.message
  }
}

/** No hooks, no monitor or housekeeping process, no colours and no refused line endings, whatever the user configured. */
const SETTINGS = [
  'core.fsmonitor=false',
  // A folder with HEAD and objects, which anybody can write, is nobody's repository: its configuration runs programs.
  'safe.bareRepository=explicit',
  'gc.auto=0',
  'maintenance.auto=false',
  'color.ui=false',
  'core.safecrlf=false',
]

/** Those of a parent's `GIT_…` variables that are about reaching remotes and configuration rather than about one repository. */
const KEPT =
  /^GIT_(SSH|ASKPASS|EXEC_PATH|SSL|HTTP|PROXY|CONFIG_(GLOBAL|SYSTEM|NOSYSTEM)|CEILING|(AUTHOR|COMMITTER)_(NAME|EMAIL))/

/**
 * Runs git with an argument list, never through a shell. Output and input are bytes. Throws GitError when the program is
 * missing or its exit code is not accepted.
 */
export async function git(args: readonly string[], call: GitCall): Promise<GitAnswer> {
  const settings = call.hooks ? SETTINGS : [...SETTINGS, 'core.hooksPath=/dev/null']
  const { error, stdout, stderr } = await run([...settings.flatMap((setting) => ['-c', setting]), ...args], call)
  if (error?.code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') return { stdout, stderr, truncated: true, exitCode: 0 }
  // Without an exit code it did not start, or was ended by a signal; the message of the latter would hold every argument.
  if (error && typeof error.code !== 'number') {
    const tooLong = `it took longer than ${Math.round(patienceOf(call) / 1000)} s and was ended`
    const why = error.killed ? tooLong : error.signal ? `it was ended by ${error.signal}` : error.message
    throw new GitError(args, stderr || why, isStartError(error.code) ? whyUnstarted(call) : undefined)
  }
  const exitCode = Number(error?.code ?? 0)
  if (!(call.accept ?? [0]).includes(exitCode)) throw new GitError(args, stderr)
  return { stdout, stderr, truncated: false, exitCode }
}

const patienceOf = ({ timeoutMs = 600_000 }: GitCall): number => timeoutMs

/** Why git cannot be run; undefined for another cause, such as the folder it should have worked in. */
function whyUnstarted({ cwd, env }: GitCall): string | undefined {
  const why = whyNotStarted('git', { path: env?.PATH ?? process.env.PATH, cwd })
  if (why === undefined || why.how === 'working-folder') return undefined
  return why.how === 'missing' ? 'The program git was not found.' : `The program git cannot be started: ${why.text}.`
}

interface Ended {
  error: ExecFileException | null
  stdout: ByteString
  stderr: ByteString
}

/** Node's own runner: loading a library for it takes longer than what git does for a small task. */
function run(args: readonly string[], call: GitCall): Promise<Ended> {
  const { cwd, env, input, maxBytes } = call
  return new Promise((resolve) => {
    const options = {
      cwd,
      env: { ...inherited(), ...FIXED, ...env },
      encoding: 'latin1' as const,
      maxBuffer: maxBytes ?? 512 * 1024 * 1024,
      timeout: patienceOf(call),
      windowsHide: true,
    }
    const child = execFile('git', args, options, (error, stdout, stderr) => resolve({ error, stdout, stderr }))
    // It may end before it has read everything; its exit code says whether that matters.
    child.stdin?.on('error', () => undefined)
    child.stdin?.end(input === undefined ? undefined : toBuffer(input))
  })
}

/** In the environment of every git: the process of Baton that started it. */
export const GIT_MARK = 'BATON_GIT'

/** English messages, no optional locks (a status of ours must not rewrite the user's index), no prompts. */
const FIXED = {
  LC_ALL: 'C',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_TERMINAL_PROMPT: '0',
  GIT_PAGER: 'cat',
  [GIT_MARK]: String(process.pid),
}

function inherited(): Record<string, string> {
  const env: Record<string, string> = {}
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined && (!name.startsWith('GIT_') || KEPT.test(name))) env[name] = value
  }
  return env
}
