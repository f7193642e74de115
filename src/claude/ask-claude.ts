import { execa } from 'execa'
import { isStartError, whyNotStarted } from '../files/not-started.ts'
import { errorLineOf } from './outcome/outcome-text.ts'
import { ATTEMPT_MARK, claudeEnvironment, LOOK_MARK } from './process/environment.ts'

/** What a second Claude that may only read is asked. */
export interface ClaudeQuestion {
  project: {
    /** Where it works; absolute. */
    path: string
    claude: { command: string[]; model?: string; env: string[] }
  }
  env: Readonly<Record<string, string | undefined>>
  /** A folder (absolute) beside the project that it may look into. */
  folder?: string
  /** Goes over stdin. */
  prompt: string
  /** JSON schema of the answer; without it the answer is text. */
  schema?: Readonly<Record<string, unknown>>
  /** The folder is what strangers wrote: nothing of it configures Claude, and the user's own variables stay out. */
  ofStrangers?: boolean
  signal?: AbortSignal
}

/** Its answer, and what it cost in USD. */
export interface Answered {
  text: string
  /** What it answered to `schema`. */
  structured?: unknown
  costUsd: number
}

const READING = ['Read', 'Grep', 'Glob']
/**
 * A folder's own settings run hooks, start servers and send the key elsewhere, so that only the user's own are read; and no file
 * outside of it is, not through a link either.
 */
const AMONG_STRANGERS = ['--restricted', '--setting-sources=user', '--strict-mcp-config']
const LIMIT_MS = 10 * 60_000
const MAX_ANSWER_BYTES = 50 * 1024 * 1024

/**
 * Asks a fresh Claude that can read the project and nothing else: of its tools only the reading ones are there at all, and
 * no rule allows them, so that they pass in its folders only; what it would ask for elsewhere is refused.
 * Throws with words for people when no answer came.
 */
export async function askClaude(question: ClaudeQuestion): Promise<Answered> {
  const { project, env, folder, prompt, schema, ofStrangers = false, signal } = question
  const { claude } = project
  const [program = 'claude', ...first] = claude.command
  const args = [
    ...['-p', '--output-format=json', '--permission-mode=default', `--tools=${READING.join(',')}`],
    ...(ofStrangers ? AMONG_STRANGERS : []),
    ...(folder === undefined ? [] : [`--add-dir=${folder}`]),
    ...(claude.model === undefined ? [] : [`--model=${claude.model}`]),
    ...(schema ? [`--json-schema=${JSON.stringify(schema)}`] : []),
  ]
  const claudeEnv = ofStrangers ? claudeEnvironment(env, [], ['SSH_AUTH_SOCK']) : claudeEnvironment(env, claude.env)
  const result = await execa(program, [...first, ...args], {
    cwd: project.path,
    env: { ...claudeEnv, [ATTEMPT_MARK]: LOOK_MARK },
    extendEnv: false,
    input: prompt,
    timeout: LIMIT_MS,
    maxBuffer: MAX_ANSWER_BYTES,
    reject: false,
    ...(signal && { cancelSignal: signal }),
  })
  const answer = readAnswer(result.stdout)
  if (!answer) {
    const place = { path: claudeEnv.PATH, cwd: project.path }
    const notStarted = isStartError(result.code) && whyNotStarted(program, place)?.text
    const why = result.timedOut
      ? `it took longer than ${LIMIT_MS / 60_000} minutes`
      : (notStarted || errorLineOf(result.stderr ?? '') || result.shortMessage || 'it said nothing').slice(-500)
    throw new Error(`Claude did not answer: ${why}`)
  }
  if (answer.is_error === true) throw new Error(`Claude did not answer: ${String(answer.result ?? answer.subtype)}`)
  return {
    text: String(answer.result ?? ''),
    ...(answer.structured_output !== undefined && { structured: answer.structured_output }),
    costUsd: Number(answer.total_cost_usd ?? 0),
  }
}

function readAnswer(stdout: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(stdout)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
