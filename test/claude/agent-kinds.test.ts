import { describe, expect, it } from 'vitest'
import { classifyOutcome } from '../../src/claude/outcome/outcome.ts'
import type { ClaudeLimits } from '../../src/claude/types.ts'
import type { OutcomeKind } from '../../src/core/types.ts'
import { processesOf, rehearse, script } from '../support/rehearsal-agent.ts'

/** What an agent can do wrong, and the name it must get. `limits` are short so that a clock can be seen to run out. */
const KINDS: { what: string; directives: string[]; kind: OutcomeKind; limits?: Partial<ClaudeLimits> }[] = [
  { what: 'exits with a code', directives: ['exit 3'], kind: 'crashed' },
  { what: 'exits with 0 and no result', directives: ['no-result'], kind: 'no-result' },
  { what: 'is killed', directives: ['crash SIGKILL'], kind: 'crashed' },
  { what: 'crashes', directives: ['crash SIGSEGV'], kind: 'crashed' },
  { what: 'ends itself by SIGTERM', directives: ['crash SIGTERM'], kind: 'crashed' },
  { what: 'starts and stays silent', directives: ['silent'], kind: 'timeout', limits: { startMs: 600 } },
  { what: 'stalls in the middle', directives: ['say Well', 'hang'], kind: 'timeout', limits: { idleMs: 600 } },
  { what: 'takes too long', directives: ['hang'], kind: 'timeout', limits: { totalMs: 900 } },
  { what: 'hangs after its result', directives: ['hang-after-result'], kind: 'done', limits: { exitMs: 300 } },
  { what: 'ignores SIGTERM', directives: ['ignore-sigterm'], kind: 'timeout', limits: { idleMs: 600 } },
  { what: 'closes its stdin', directives: ['deaf'], kind: 'timeout', limits: { idleMs: 600 } },
  { what: 'ends in half a line', directives: ['half-line'], kind: 'no-result' },
  { what: 'prints a line of 50 MB', directives: ['long-line 50MB'], kind: 'done' },
  { what: 'prints a line above the maximum', directives: ['long-line 70MB'], kind: 'done' },
  { what: 'prints what is not UTF-8', directives: ['not-utf8'], kind: 'done' },
  { what: 'prints what is no message', directives: ['garbage'], kind: 'done' },
  { what: 'fills stderr', directives: ['stderr 10MB'], kind: 'done' },
  { what: 'gives two results', directives: ['two-results'], kind: 'done' },
  { what: 'gives an empty result first', directives: ['empty-result'], kind: 'done' },
  { what: 'tells the failure of a background task', directives: ['background-result'], kind: 'done' },
  { what: 'asks what nobody knows', directives: ['unknown-request'], kind: 'done' },
  { what: 'takes a request back', directives: ['withdraw'], kind: 'done' },
  { what: 'leaves a child that ignores SIGTERM', directives: ['child-sleep'], kind: 'done' },
  { what: 'leaves a child that holds stdout', directives: ['child-holds-stdout'], kind: 'done' },
  { what: 'crashes beside a child that holds stdout', directives: ['child-holds-stdout', 'exit 3'], kind: 'crashed' },
  { what: 'lets a child escape that holds stdout', directives: ['child-escapes'], kind: 'done' },
  { what: 'reports an error', directives: ['fail'], kind: 'failed' },
  { what: 'hits the usage limit', directives: ['limit 60s'], kind: 'limit' },
  { what: 'meets an overloaded service', directives: ['overloaded'], kind: 'overloaded' },
  { what: 'cannot reach the service', directives: ['network'], kind: 'overloaded' },
  { what: 'is not logged in', directives: ['credentials'], kind: 'credentials' },
  { what: 'has no credit', directives: ['credit'], kind: 'credentials' },
  { what: 'uses up its turns', directives: ['max-turns'], kind: 'max-turns' },
  { what: 'uses up its budget', directives: ['budget'], kind: 'budget' },
]

const GRACE_MS = 300

describe('an agent that', () => {
  it.concurrent.each(KINDS)('$what ends as $kind, and nothing is left', async ({ directives, kind, limits }) => {
    using session = rehearse()
    const { ended } = await session.talk({ prompt: script(...directives), limits: { graceMs: GRACE_MS, ...limits } })
    expect(classifyOutcome(ended).kind).toBe(kind)
    expect(ended.survivors).toEqual([])
    expect(processesOf(session.attemptId)).toEqual([])
    expect(ended.durationMs).toBeLessThan(11_000)
  })
})
