import { type Directive, readBytes, readMs } from './directives.ts'
import { type Ending, resultMessage, type Stage } from './stage.ts'
import type { RehearsalStep } from './steps.ts'

const LINE_BYTES = 64 * 1024
/** Nothing more happens in this process. */
const forever = (): Promise<never> => new Promise(() => setInterval(() => {}, 60_000))

function apiError(text: string, apiStatus?: number, apiError?: string): Ending {
  return {
    isError: true,
    text,
    stopReason: 'stop_sequence',
    terminalReason: 'api_error',
    ...(apiStatus !== undefined && { apiStatus }),
    ...(apiError !== undefined && { apiError }),
  }
}

/** The result line, before the turn is over: what comes after it is the fault. */
function printResult(stage: Stage, ending: Ending): Promise<void> {
  return stage.wire.printRaw(`${JSON.stringify(resultMessage(stage.session, stage.turns(), ending, []))}\n`)
}

/** A child in a session of its own; with an empty environment nothing says any more whose it is. */
async function startChild(script: string, stdout: 'ignore' | 'inherit', env: NodeJS.ProcessEnv): Promise<void> {
  const { spawn } = await import('node:child_process')
  spawn('/bin/sh', ['-c', script], { stdio: ['ignore', stdout, 'ignore'], detached: true, env }).unref()
}

const DEAF = "trap '' TERM HUP; while :; do sleep 1; done"

function limit(stage: Stage, ms: number): Ending {
  const { session } = stage
  session.limitUntil ??= Date.now() + ms
  const resetsAt = Math.ceil(session.limitUntil / 1000)
  stage.print({
    type: 'rate_limit_event',
    rate_limit_info: { status: 'rejected', resetsAt, rateLimitType: 'five_hour' },
  })
  return apiError("You've hit your 5-hour limit", 429, 'usage_limit_reached')
}

/** What goes wrong with agents: each of these happens when its directive is reached. */
export const FAULTS: Record<string, RehearsalStep> = {
  // Results that are errors.
  fail: async (_, { rest }) => failure(rest),
  'fail-once': async (_, { rest }) => failure(rest),
  limit: async (stage, { rest }) => limit(stage, readMs(rest)),
  overloaded: async () => apiError('API Error: 529 Overloaded', 529, 'overloaded'),
  network: async () => apiError('API Error: Connection refused (ECONNREFUSED)', undefined, 'connection_failed'),
  credentials: async () => apiError('Invalid API key · Please run /login', 401),
  credit: async () => apiError('Credit balance is too low', 400),
  'max-turns': async () => error('error_max_turns', 'Reached maximum number of turns', 'max_turns'),
  budget: async () => error('error_max_budget_usd', 'Reached maximum budget', 'budget_exhausted'),

  // Ends without a result.
  crash: async (_, { rest }) => {
    process.kill(process.pid, (rest || 'SIGKILL') as NodeJS.Signals)
    return forever()
  },
  exit: async (_, { rest }) => process.exit(Number(rest) || 0),
  'no-result': async () => process.exit(0),
  'half-line': async (stage) => {
    await stage.wire.printRaw('{"type":"result","subtype":"success","is_error":false,"result":"half of a li')
    return process.exit(0)
  },

  // Does not end.
  hang: forever,
  'ignore-sigterm': async () => {
    process.removeAllListeners('SIGTERM')
    process.on('SIGTERM', () => {})
    return forever()
  },
  'hang-after-result': async (stage) => {
    await printResult(stage, { text: '(rehearsal) Done, and does not exit.' })
    return forever()
  },
  deaf: async () => {
    process.stdin.destroy()
    return forever()
  },

  // Leaves something behind.
  'child-sleep': async () => {
    await startChild(DEAF, 'ignore', process.env)
    return undefined
  },
  'child-holds-stdout': async () => {
    await startChild(DEAF, 'inherit', process.env)
    return undefined
  },
  'child-escapes': async () => {
    await startChild('sleep 15', 'inherit', {})
    return undefined
  },

  // Prints what nobody expects.
  print: async (stage, { rest }) => {
    const id = stage.call('Bash', { command: 'yes', description: 'Prints a lot' })
    const content = [{ type: 'tool_result', tool_use_id: id, content: 'x'.repeat(LINE_BYTES - 256), is_error: false }]
    const line = Buffer.from(`${JSON.stringify({ type: 'user', message: { role: 'user', content } })}\n`)
    for (let bytes = readBytes(rest); bytes > 0; bytes -= line.length) await stage.wire.printRaw(line)
    return undefined
  },
  'long-line': async (stage, { rest }) => {
    stage.toolResult('toolu_rehearsal_long', 'x'.repeat(readBytes(rest || '50MB')))
    return undefined
  },
  stderr: async (_, { rest }) => {
    for (let bytes = readBytes(rest || '10MB'); bytes > 0; bytes -= LINE_BYTES) {
      process.stderr.write(`${'e'.repeat(LINE_BYTES - 1)}\n`)
    }
    return undefined
  },
  'not-utf8': async (stage) => {
    await stage.wire.printRaw(Buffer.from([0x7b, 0xff, 0xfe, 0x80, 0x22, 0x0a, 0xc3, 0x28, 0x0a]))
    return undefined
  },
  garbage: async (stage) => {
    await stage.wire.printRaw(
      'Warning: not JSON\n{"type":42}\n{"type":"unheard_of","a":[1]}\n[1,2]\nnull\n{"type":"result\n\n',
    )
    return undefined
  },
  'unknown-request': async (stage) => {
    const answer = await stage.request({ subtype: 'something_new' })
    stage.say(`(rehearsal) The answer to an unknown request: ${answer === undefined ? 'refused' : 'accepted'}.`)
    return undefined
  },
  withdraw: async (stage) => {
    const id = stage.call('Bash', { command: 'true', description: 'Changes its mind' })
    const requestId = `withdrawn-${id}`
    const body = { subtype: 'can_use_tool', tool_name: 'Bash', input: { command: 'true' }, tool_use_id: id }
    void stage.request(body, requestId)
    await stage.sleep(50)
    stage.wire.print({ type: 'control_cancel_request', request_id: requestId })
    return undefined
  },

  // Results that are not one.
  'two-results': async (stage) => {
    await printResult(stage, { text: '(rehearsal) The first of two results.' })
    return undefined
  },
  'empty-result': async (stage) => {
    const nothing = resultMessage(stage.session, 0, { text: '', stopReason: null }, [])
    await stage.wire.printRaw(`${JSON.stringify(nothing)}\n`)
    return undefined
  },
  // Ends its turn without a word and without a call.
  'empty-turn': async () => ({ text: '' }),
  'background-result': async (stage) => {
    const other = resultMessage(stage.session, 1, { isError: true, text: 'A background task failed.' }, [])
    await stage.wire.printRaw(`${JSON.stringify({ ...other, origin: { kind: 'task-notification' } })}\n`)
    return undefined
  },
}

/** Faults that are over once they happened do not happen again when the session is resumed; these do. */
export function isLasting({ name, always }: Directive): boolean {
  return always || name === 'fail'
}

function failure(words: string): Ending {
  return error('error_during_execution', words || '(rehearsal) The task failed, as it was told to.')
}

function error(subtype: string, words: string, terminalReason?: string): Ending {
  return { subtype, isError: true, errors: [words], ...(terminalReason !== undefined && { terminalReason }) }
}
