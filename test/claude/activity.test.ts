import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { describeActivity } from '../../src/claude/stream/activity.ts'
import type { StreamMessage } from '../../src/claude/stream/messages.ts'

const CWD = '/home/anna/shop'

function calling(...calls: [name: string, input: unknown][]): StreamMessage {
  const blocks = calls.map(([name, input], i) => ({ type: 'tool_use' as const, id: `t${i}`, name, input }))
  return { type: 'assistant', id: 'm', sub: false, blocks }
}

describe('what Claude is doing', () => {
  it.each([
    [['Edit', { file_path: '/home/anna/shop/src/login.ts' }], 'editing src/login.ts'],
    [['Write', { file_path: '/etc/hosts' }], 'writing /etc/hosts'],
    [['Write', { file_path: '/home/anna/shop-old/a.ts' }], 'writing /home/anna/shop-old/a.ts'],
    [['Read', { file_path: 'notes.md' }], 'reading notes.md'],
    [['Bash', { command: 'npm   test\n--watch' }], 'running npm test --watch'],
    [['Grep', { pattern: 'login' }], 'searching for login'],
    [['WebFetch', { url: 'https://example.com' }], 'reading https://example.com'],
    [['TodoWrite', { todos: [{ status: 'in_progress', activeForm: 'Writing tests' }] }], 'writing tests'],
    [['AskUserQuestion', {}], 'asking you'],
    [['mcp__github__create_issue', {}], 'using create_issue of github'],
    [['Unheard', undefined], 'using Unheard'],
  ] as [[string, unknown], string][])('%j is told as "%s"', (call, words) => {
    expect(describeActivity(calling(call), CWD)).toBe(words)
  })

  it('counts several calls of one kind', () => {
    const read = (path: string): [string, unknown] => ['Read', { file_path: path }]
    expect(describeActivity(calling(read('a'), read('b'), read('c')), CWD)).toBe('reading 3 files')
    expect(describeActivity(calling(read('a'), ['Bash', { command: 'ls' }]), CWD)).toBe('reading a')
  })

  it('is thinking after a result, writing while it says something, waiting while the service is away', () => {
    expect(describeActivity({ type: 'tool_results', sub: false, results: [] }, CWD)).toBe('thinking')
    expect(describeActivity({ type: 'assistant', id: 'm', sub: false, blocks: [{ type: 'thinking' }] }, CWD)).toBe(
      'thinking',
    )
    const text = { type: 'text' as const, text: 'Now…' }
    expect(describeActivity({ type: 'assistant', id: 'm', sub: false, blocks: [text] }, CWD)).toBe('writing')
    const retry = { type: 'api_retry' as const, attempt: 2, maxRetries: 10, error: 'overloaded' }
    expect(describeActivity(retry, CWD)).toBe('API overloaded, retrying (2 of 10)')
    expect(describeActivity({ ...retry, error: 'unknown' }, CWD)).toBe('API not reachable, retrying (2 of 10)')
    expect(describeActivity({ ...retry, error: 'unknown', status: 502 }, CWD)).toBe('API error 502, retrying (2 of 10)')
  })

  it('tells what a subagent does as such', () => {
    const message = { ...calling(['Bash', { command: 'ls' }]), sub: true } as StreamMessage
    expect(describeActivity(message, CWD)).toBe('a helper is running ls')
  })

  it('says nothing about messages that do not tell', () => {
    expect(describeActivity({ type: 'command', uuid: 'u', state: 'started' }, CWD)).toBeUndefined()
    expect(
      describeActivity({ type: 'assistant', id: 'm', sub: false, blocks: [], error: 'rate_limit' }, CWD),
    ).toBeUndefined()
  })

  it('is always one short line, and never half a character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 60, maxLength: 300 }), (command) => {
        const words = describeActivity(calling(['Bash', { command }]), CWD) ?? ''
        expect([...words].length).toBeLessThanOrEqual(80)
        expect(words).not.toMatch(/[\n\r]/)
        expect(words.isWellFormed()).toBe(command.isWellFormed())
      }),
    )
  })
})
