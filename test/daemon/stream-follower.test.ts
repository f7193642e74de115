import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { StreamMessage } from '../../src/claude/stream/messages.ts'
import { createStreamFollower } from '../../src/daemon/attempt/stream-follower.ts'

const follower = (redact = (text: string) => text) => createStreamFollower('/work', redact)
const call = (id: string, name: string, input: object): StreamMessage => ({
  type: 'assistant',
  id,
  sub: false,
  blocks: [{ type: 'tool_use', id: `use-${id}`, name, input }],
})
const said = (id: string, sub = false): StreamMessage => ({
  type: 'assistant',
  id,
  sub,
  blocks: [{ type: 'text', text: `word ${id}` }],
})
const result = (text: string, isError = false): StreamMessage => ({
  type: 'tool_results',
  sub: false,
  results: [{ toolUseId: 'use-1', text, isError }],
})

describe('the stream of a process', () => {
  it('counts a turn for each message of the model, not for its lines or its helpers', () => {
    const { take, turns } = follower()
    for (const message of [said('m1'), said('m1'), said('h1', true), said('m2')]) take(message)
    expect(turns()).toBe(2)
  })

  it('knows what was done: commands, tools and written files', () => {
    const { take, acted } = follower()
    take(call('1', 'Bash', { command: 'npm test' }))
    take(call('2', 'Edit', { file_path: 'a.ts', old_string: 'a', new_string: 'b' }))
    take(call('3', 'Read', { file_path: 'b.ts' }))
    take(call('4', 'NotebookEdit', { notebook_path: 'n.ipynb' }))
    take(call('5', 'Bash', { command: 7 }))
    expect(acted()).toEqual({
      commands: ['npm test'],
      tools: ['Bash', 'Edit', 'Read', 'NotebookEdit', 'Bash'],
      written: ['a.ts', 'n.ipynb'],
    })
  })

  it('tells which calls are over, and how', () => {
    const { take } = follower()
    expect(take(result('84 passed'))).toMatchObject({ finishedToolUseIds: ['use-1'], log: ['← 84 passed'] })
    expect(take(result('boom', true)).log).toEqual(['✗ boom'])
    expect(take(said('m1'))).toMatchObject({ finishedToolUseIds: [], log: ['word m1'] })
  })

  it('says what holds it up, and nothing where nothing does', () => {
    const { take } = follower()
    const limit = (status: string): StreamMessage => ({ type: 'rate_limit', status, plan: [] })
    expect(take(limit('allowed')).log).toEqual([])
    expect(take(limit('rejected')).log).toEqual(['usage limit: rejected'])
    const retry: StreamMessage = { type: 'api_retry', attempt: 2, maxRetries: 10, error: 'overloaded', status: 529 }
    expect(take(retry).log?.[0]).toContain('529')
    expect(take(retry).log?.[0]).toContain('2 of 10')
  })

  it('keeps both ends of a long output and says how much is left out', () => {
    const text = `begin${'x'.repeat(10_000)}end`
    const [line = ''] = follower().take(result(text)).log ?? []
    expect(line).toMatch(/^← begin[\s\S]*… 6008 characters …[\s\S]*end$/)
  })

  it('shows nothing of a secret that the cut goes through', () => {
    const secret = 'sk-secret-0123456789'
    const redact = (text: string) => text.replaceAll(secret, '[REDACTED]')
    fc.assert(
      fc.property(fc.integer({ min: 1_980, max: 2_020 }), (at) => {
        const text = `${'x'.repeat(at)}${secret}${'y'.repeat(4_000)}${secret}${'z'.repeat(at)}`
        const log = (follower(redact).take(result(text)).log ?? []).join('\n')
        expect(log).not.toMatch(/sk-s|456789/)
      }),
    )
  })
})
