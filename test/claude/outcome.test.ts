import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { classifyOutcome } from '../../src/claude/outcome/outcome.ts'
import { createFacts } from '../../src/claude/stream/facts.ts'
import { readMessage } from '../../src/claude/stream/messages.ts'
import type { EndedProcess } from '../../src/claude/types.ts'
import type { OutcomeKind } from '../../src/core/types.ts'

/** The facts of a process that printed these lines; the rest as of a process that ended by itself. */
function endedWith(lines: object[], rest: Partial<EndedProcess> = {}): EndedProcess {
  const facts = createFacts()
  for (const line of lines) {
    const message = readMessage(Buffer.from(JSON.stringify(line)))
    if (message !== undefined) facts.see(message)
  }
  const { result, ...told } = facts.told()
  return {
    complete: result !== undefined,
    continuesDeferred: false,
    exitCode: result?.isError === false ? 0 : 1,
    openAsks: [],
    unheard: [],
    stderr: '',
    leftovers: [],
    survivors: [],
    durationMs: 1_000,
    ...told,
    ...(result && { result }),
    ...rest,
  }
}

const SUCCESS = {
  type: 'result',
  subtype: 'success',
  is_error: false,
  result: 'Fine.',
  num_turns: 2,
  stop_reason: 'end_turn',
  terminal_reason: 'completed',
  total_cost_usd: 0.5,
}
const API_ERROR = {
  ...SUCCESS,
  is_error: true,
  stop_reason: 'stop_sequence',
  terminal_reason: 'api_error',
  num_turns: 1,
}
const REJECTED = {
  type: 'rate_limit_event',
  rate_limit_info: { status: 'rejected', resetsAt: 1_795_300_000, rateLimitType: 'seven_day' },
}
const RETRY = { type: 'system', subtype: 'api_retry', attempt: 3, max_retries: 10 }
const WORDS = { type: 'assistant', message: { id: 'm1', content: [{ type: 'text', text: 'Hm' }] } }

function said(block: object): object {
  return { type: 'assistant', message: { id: 'm1', content: [block] }, parent_tool_use_id: null }
}

/** Result lines as Claude Code 2.1.330 and 2.1.197 printed them, shortened. */
const SEEN: [string, OutcomeKind, object[]][] = [
  ['a success', 'done', [SUCCESS]],
  ['a success without a word or a call', 'empty', [{ ...SUCCESS, result: '' }]],
  ['a success with nothing but a thought', 'empty', [said({ type: 'thinking' }), { ...SUCCESS, result: ' \n' }]],
  ['a success after words', 'done', [said({ type: 'text', text: 'Done.' }), { ...SUCCESS, result: '' }]],
  [
    'a success after a call',
    'done',
    [said({ type: 'tool_use', id: 't1', name: 'Bash', input: {} }), { ...SUCCESS, result: '' }],
  ],
  [
    'an error of the turn',
    'failed',
    [{ ...SUCCESS, subtype: 'error_during_execution', is_error: true, errors: ['x'] }],
  ],
  ['the maximum of turns', 'max-turns', [{ type: 'result', subtype: 'error_max_turns', is_error: true, num_turns: 3 }]],
  ['the budget', 'budget', [{ type: 'result', subtype: 'error_max_budget_usd', is_error: true, num_turns: 2 }]],
  ['a usage limit', 'limit', [REJECTED, { ...API_ERROR, api_error_status: 429, api_error: 'usage_limit_reached' }]],
  ['a usage limit of an older version', 'limit', [REJECTED, { ...API_ERROR, api_error_status: 429 }]],
  [
    'a usage limit that only the text tells',
    'limit',
    [{ ...API_ERROR, api_error_status: 429, result: "You've hit your weekly limit · resets 5pm (UTC)" }],
  ],
  ['a plain 429', 'overloaded', [{ ...API_ERROR, api_error_status: 429, result: 'API Error: 429 slow down' }]],
  ['an overload', 'overloaded', [{ ...API_ERROR, api_error_status: 529, result: 'API Error: 529 Overloaded.' }]],
  ['a broken service', 'overloaded', [{ ...API_ERROR, api_error_status: 500, result: 'API Error: 500 boom' }]],
  [
    'no connection',
    'overloaded',
    [{ ...API_ERROR, api_error_status: null, api_error: 'connection_failed', result: 'API Error: Connection refused' }],
  ],
  [
    'no connection, told by the text',
    'overloaded',
    [{ ...API_ERROR, api_error_status: null, result: 'API Error: Unable to connect (ECONNREFUSED)' }],
  ],
  [
    'no connection, told by the tries before',
    'overloaded',
    [
      { ...RETRY, error_status: null, error: 'unknown' },
      { ...API_ERROR, api_error_status: null, result: 'API Error: ?' },
    ],
  ],
  [
    'no connection, as an older version says it',
    'overloaded',
    [{ ...API_ERROR, api_error_status: null, result: 'API Error: Unable to connect to API (ConnectionRefused)' }],
  ],
  [
    'a bad key',
    'credentials',
    [{ ...API_ERROR, api_error_status: 401, result: 'Invalid API key · Fix external API key' }],
  ],
  ['a refused login', 'credentials', [{ ...API_ERROR, api_error_status: 403, result: 'Failed to authenticate.' }]],
  ['no login', 'credentials', [{ ...API_ERROR, api_error_status: null, result: 'Not logged in · Please run /login' }]],
  ['no credit', 'credentials', [{ ...API_ERROR, api_error_status: 400, result: 'Credit balance is too low' }]],
  [
    'an unknown model',
    'failed',
    [{ ...API_ERROR, api_error_status: 404, result: "There's an issue with the selected model" }],
  ],
  ['a bad request', 'failed', [{ ...API_ERROR, api_error_status: 400, result: 'API Error: 400 something is off' }]],
  [
    'a kept question',
    'deferred',
    [{ ...SUCCESS, result: '', stop_reason: 'tool_deferred', deferred_tool_use: { id: 't', name: 'AskUserQuestion' } }],
  ],
  [
    'a command of its own instead of a task',
    'no-result',
    [{ ...SUCCESS, result: '', num_turns: 0, stop_reason: null }],
  ],
  ['a success, then an empty result', 'done', [SUCCESS, { ...SUCCESS, result: '', num_turns: 0, stop_reason: null }]],
  [
    'a success, then trouble in the background',
    'done',
    [SUCCESS, { ...API_ERROR, origin: { kind: 'task-notification' } }],
  ],
  ['a limit that was over in the end', 'done', [REJECTED, WORDS, SUCCESS]],
]

it('is no end of the task when what Claude asked was refused by our own ending of the process', () => {
  const kind = (rest: Partial<EndedProcess>) => classifyOutcome(endedWith([SUCCESS], rest)).kind
  expect(kind({ reason: 'shutdown', openAsks: ['r1'] })).toBe('interrupted')
  expect(kind({ reason: 'park', openAsks: ['r1'] })).toBe('parked')
  expect(kind({ reason: 'shutdown' })).toBe('done')
  expect(kind({ openAsks: ['r1'] })).toBe('done')
})

describe('the outcome', () => {
  it.each(SEEN)('of %s is %s', (_, kind, lines) => {
    expect(classifyOutcome(endedWith(lines)).kind).toBe(kind)
  })

  it('tells a limit’s reset in milliseconds and its type', () => {
    const outcome = classifyOutcome(endedWith([REJECTED, { ...API_ERROR, api_error_status: 429 }]))
    expect(outcome).toMatchObject({ resetsAt: 1_795_300_000_000, limitType: 'seven_day' })
    const older = { ...API_ERROR, result: 'Claude AI usage limit reached|1795300000' }
    expect(classifyOutcome(endedWith([older]))).toMatchObject({ kind: 'limit', resetsAt: 1_795_300_000_000 })
  })

  it.each([
    ['exits without a result', {}, 'crashed'],
    ['exits with 0 and without a result', { exitCode: 0 }, 'no-result'],
    ['is killed', { signal: 'SIGKILL' }, 'crashed'],
    ['cannot be started', { spawnError: { code: 'ENOENT', message: 'claude was not found' } }, 'crashed'],
    ['stays silent', { clock: 'start' }, 'timeout'],
    ['stalls', { clock: 'idle' }, 'timeout'],
    ['is paused', { reason: 'pause' }, 'interrupted'],
    ['is ended with an open permission', { reason: 'park' }, 'parked'],
  ] as [string, Partial<EndedProcess>, OutcomeKind][])('of a process that %s', (_, rest, kind) => {
    expect(classifyOutcome(endedWith([], rest)).kind).toBe(kind)
  })

  it('names the trouble with the service that a process was in when it ended', () => {
    const kind = (lines: object[], rest: Partial<EndedProcess>) => classifyOutcome(endedWith(lines, rest)).kind
    expect(kind([{ ...RETRY, error_status: 529, error: 'overloaded' }], { clock: 'idle' })).toBe('overloaded')
    expect(kind([{ ...RETRY, error_status: null, error: 'unknown' }], { signal: 'SIGKILL' })).toBe('overloaded')
    expect(kind([{ ...RETRY, error_status: 401, error: 'authentication_failed' }], { clock: 'total' })).toBe(
      'credentials',
    )
    expect(kind([REJECTED], { clock: 'idle' })).toBe('limit')
    expect(kind([{ ...RETRY, error_status: 529, error: 'overloaded' }, WORDS], { clock: 'idle' })).toBe('timeout')
  })

  it('is done when the result came just before it was paused, and interrupted when the pause made the result', () => {
    expect(classifyOutcome(endedWith([SUCCESS], { reason: 'pause' })).kind).toBe('done')
    const aborted = { ...SUCCESS, subtype: 'error_during_execution', is_error: true, terminal_reason: 'aborted_tools' }
    expect(classifyOutcome(endedWith([aborted], { reason: 'pause' })).kind).toBe('interrupted')
    // Interrupted by a timeout is not a rest: it counts as a failure, or the task would never end.
    for (const clock of ['idle', 'total'] as const)
      expect(classifyOutcome(endedWith([aborted], { clock })).kind, clock).toBe('timeout')
  })

  it('is not done while something that was said waits for its answer', () => {
    expect(classifyOutcome(endedWith([SUCCESS], { reason: 'pause', complete: false })).kind).toBe('interrupted')
  })

  it('counts the result of a process that did not exit by itself', () => {
    expect(classifyOutcome(endedWith([SUCCESS], { clock: 'exit', signal: 'SIGTERM' }))).toMatchObject({
      kind: 'done',
      text: expect.stringContaining('did not exit'),
    })
  })

  it('never takes words of Claude’s about limits or logins for one', () => {
    const talk = fc.constantFrom(
      "You've hit your 5-hour limit · resets 5pm",
      'usage limit reached|1795300000',
      'Please run /login',
      'Credit balance is too low',
      'API Error: 529 Overloaded',
    )
    fc.assert(
      fc.property(talk, fc.string(), (words, more) => {
        const lines = [
          { type: 'assistant', message: { id: 'm1', content: [{ type: 'text', text: words }] } },
          { ...SUCCESS, result: `${more} ${words}` },
        ]
        expect(classifyOutcome(endedWith(lines, { stderr: words })).kind).toBe('done')
        const failed = { ...SUCCESS, subtype: 'error_during_execution', is_error: true, errors: [words] }
        expect(classifyOutcome(endedWith([failed])).kind).toBe('failed')
      }),
    )
  })

  it('adds the cost up itself for versions that tell only the process’s own', () => {
    const before = { turns: 4, costUsd: 1 }
    const init = (version: string) => ({ type: 'system', subtype: 'init', claude_code_version: version })
    const cost = (version: string) => classifyOutcome(endedWith([init(version), WORDS, SUCCESS]), before)
    expect(cost('2.1.330')).toMatchObject({ sessionCostUsd: 0.5, turns: 5 })
    expect(cost('2.1.277')).toMatchObject({ sessionCostUsd: 0.5 })
    expect(cost('2.1.197')).toMatchObject({ sessionCostUsd: 1.5 })
  })

  it('says what a crashed program calls its error, not the line that ends its trace', () => {
    const stderr =
      "node:fs:441\n    throw error\n\nError: ENOENT: no such file, open 'x'\n    at open (node:fs:1)\n\nNode.js v24.21.0\n"
    expect(classifyOutcome(endedWith([], { stderr })).text).toContain(
      "exit code 1: Error: ENOENT: no such file, open 'x'",
    )
    const words = 'Error: one\nand then it went on\nNo more credit\n'
    expect(classifyOutcome(endedWith([], { stderr: words })).text).toContain('Error: one')
    expect(classifyOutcome(endedWith([], { stderr: 'No more credit\n' })).text).toContain('exit code 1: No more credit')
  })

  it('says how a session cannot be continued', () => {
    const missing = { type: 'result', subtype: 'error_during_execution', is_error: true, num_turns: 0 }
    const told = { ...missing, errors: ['No conversation found with session ID: x'] }
    expect(classifyOutcome(endedWith([told])).session).toBe('missing')
    const taken = 'Error: Session ID x is already in use.\n'
    expect(classifyOutcome(endedWith([], { stderr: taken }))).toMatchObject({
      session: 'taken',
      text: expect.stringContaining('in use'),
    })
    expect(classifyOutcome(endedWith([], { clock: 'start', continuesDeferred: true })).session).toBe('not-deferred')
  })
})
