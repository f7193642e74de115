import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { isStartError, whyNotStarted } from '../../files/not-started.ts'
import { readPlainSync } from '../../files/plain.ts'
import { present, record, text } from '../stream/json-shape.ts'
import { type KnownVersions, programIdentity } from './known-version.ts'
import { isOlder, OLDEST, readVersion } from './version.ts'

/** What there is of Claude Code before anything is started. */
export interface ClaudeCheck {
  found: boolean
  /** As it calls itself: `2.1.330`. */
  version?: string
  /** Undefined: it cannot be told without asking the service. */
  loggedIn?: boolean
  /** What is wrong, in one line; absent: nothing. */
  problem?: string
  /** What to do about it. */
  todo?: string
}

const PATIENCE_MS = 10_000
const INSTALL = 'Install it with "npm install -g @anthropic-ai/claude-code", or set claude.command in config.yaml.'
const LOG_IN = 'Run "claude auth login" (or "claude setup-token" on a server), or set ANTHROPIC_API_KEY.'

/** Any of these alone is a login; whether the service accepts it shows with the first task. */
const LOGINS = [
  ...['ANTHROPIC_API_KEY', 'ANTHROPIC_AUTH_TOKEN', 'CLAUDE_CODE_OAUTH_TOKEN'],
  ...['CLAUDE_CODE_USE_BEDROCK', 'CLAUDE_CODE_USE_VERTEX', 'CLAUDE_CODE_USE_FOUNDRY'],
]

/**
 * Looks for Claude Code: is it there, recent enough, logged in. Spends no money and asks no service; a second program
 * start is only needed where neither the environment nor a stored login says.
 *
 * @param command the program and its leading arguments
 * @param env the environment it will be given
 * @param cwd where it will work: project settings can hold a login
 * @param known versions reported before; without them it is asked in any case
 */
export async function checkClaude(
  command: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  cwd: string,
  known?: KnownVersions,
): Promise<ClaudeCheck> {
  const identity = known && programIdentity(command, { path: env.PATH, cwd })
  const version = identity === undefined ? undefined : known?.recall(identity)
  if (version !== undefined && !isOlder(version, OLDEST)) return withLogin(command, env, cwd, version)
  const asked = await askVersion(command, env, cwd)
  if (asked.problem !== undefined || asked.version === undefined || asked.loggedIn === true) return asked
  // What was replaced while it answered is not known by that answer.
  if (identity !== undefined && programIdentity(command, { path: env.PATH, cwd }) === identity) {
    known?.keep(identity, asked.version)
  }
  return withLogin(command, env, cwd, asked.version)
}

/** `loggedIn` is only known for a rehearsal, which needs no login. */
async function askVersion(
  command: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  cwd: string,
): Promise<ClaudeCheck> {
  const called = command.join(' ')
  const answer = await run([...command, '--version'], env, cwd)
  if (isStartError(answer.code)) return notStarted(command, env, answer)
  const version = readVersion(answer.stdout)?.join('.')
  if (version === undefined) {
    const said = firstLine(answer.stderr) || firstLine(answer.stdout) || `exit code ${answer.code}`
    return { found: true, problem: `${called} --version does not tell a version: ${said}`, todo: INSTALL }
  }
  if (answer.stdout.includes('(Baton rehearsal)')) return { found: true, version, loggedIn: true }
  if (isOlder(version, OLDEST)) {
    const problem = `Claude Code ${version} is too old; Baton needs ${OLDEST.join('.')} or newer`
    return { found: true, version, problem, todo: 'Run "claude update".' }
  }
  return { found: true, version }
}

async function withLogin(
  command: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  cwd: string,
  version: string,
): Promise<ClaudeCheck> {
  const loggedIn = await isLoggedIn(command, env, cwd)
  if (loggedIn === false)
    return { found: true, version, loggedIn, problem: 'Claude Code is not logged in', todo: LOG_IN }
  return present({ found: true, version, loggedIn })
}

/** It is not there, or is there and cannot be started: each helps itself in another way. */
function notStarted(
  command: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  { code, cwd }: Answer,
): ClaudeCheck {
  const called = command.join(' ')
  const why = whyNotStarted(command[0] ?? '', { path: env.PATH, cwd })
  if (why === undefined) return { found: true, problem: `${called} cannot be run: ${code}`, todo: INSTALL }
  if (why.how === 'missing') return { found: false, problem: `Claude Code was not found: ${called}`, todo: INSTALL }
  if (why.how === 'closed-folder') {
    return { found: false, problem: `Claude Code was not found: ${why.text}`, todo: `${why.todo} Else: ${INSTALL}` }
  }
  return present({ found: true, problem: `${called} cannot be run: ${why.text}`, todo: why.todo })
}

async function isLoggedIn(
  command: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  cwd: string,
): Promise<boolean | undefined> {
  if (LOGINS.some((name) => env[name]) || hasStoredLogin(env)) return true
  const { stdout } = await run([...command, 'auth', 'status', '--json'], env, cwd)
  try {
    const loggedIn = record(JSON.parse(stdout))?.loggedIn
    return typeof loggedIn === 'boolean' ? loggedIn : undefined
  } catch {
    return undefined
  }
}

/** What `claude auth login` leaves behind, except on macOS, where it is in the keychain. */
function hasStoredLogin(env: Readonly<Record<string, string | undefined>>): boolean {
  const folder = env.CLAUDE_CONFIG_DIR ?? (env.HOME === undefined ? undefined : join(env.HOME, '.claude'))
  if (folder === undefined) return false
  try {
    const stored = record(JSON.parse(readPlainSync(join(folder, '.credentials.json')).toString('utf8')))
    return (text(record(stored?.claudeAiOauth)?.accessToken) ?? '') !== ''
  } catch {
    return false
  }
}

interface Answer {
  /** Exit code, or the system's name for why it could not be started. */
  code: number | string
  /** Where it was started. */
  cwd: string
  stdout: string
  stderr: string
}

function run(
  [file = '', ...args]: string[],
  env: Readonly<Record<string, string | undefined>>,
  cwd: string,
): Promise<Answer> {
  return new Promise((resolve) => {
    // A missing folder would look like a missing program.
    const where = existsSync(cwd) ? cwd : process.cwd()
    const options = { cwd: where, env: { ...env }, timeout: PATIENCE_MS, windowsHide: true }
    const child = execFile(file, args, options, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : (error.code ?? 1), cwd: where, stdout, stderr })
    })
    child.stdin?.end()
  })
}

function firstLine(words: string): string {
  return words.trim().split('\n')[0] ?? ''
}
