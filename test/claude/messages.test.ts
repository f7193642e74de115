import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readMessage } from '../../src/claude/stream/messages.ts'

const read = (value: unknown) => readMessage(Buffer.from(JSON.stringify(value)))

describe('a line of Claude’s output', () => {
  it('is read with its fields in any order', () => {
    const block = { name: 'Bash', type: 'tool_use', input: { command: 'ls' }, id: 'toolu_1' }
    expect(read({ message: { content: [{ text: 'Hm', type: 'text' }, block], id: 'm1' }, type: 'assistant' })).toEqual({
      type: 'assistant',
      id: 'm1',
      sub: false,
      blocks: [
        { type: 'text', text: 'Hm' },
        { type: 'tool_use', id: 'toolu_1', name: 'Bash', input: { command: 'ls' } },
      ],
    })
  })

  it('marks what a subagent says', () => {
    expect(read({ type: 'assistant', parent_tool_use_id: 'toolu_1', message: { content: [] } })).toMatchObject({
      sub: true,
    })
  })

  it('gives tool results as text, whatever form they have', () => {
    const content = [
      { type: 'tool_result', tool_use_id: 'a', content: 'plain' },
      {
        type: 'tool_result',
        tool_use_id: 'b',
        is_error: true,
        content: [{ type: 'text', text: 'one' }, { type: 'image' }],
      },
      { type: 'tool_result', tool_use_id: 'c' },
    ]
    expect(read({ type: 'user', message: { content } })).toEqual({
      type: 'tool_results',
      sub: false,
      results: [
        { toolUseId: 'a', text: 'plain', isError: false },
        { toolUseId: 'b', text: 'one', isError: true },
        { toolUseId: 'c', text: '', isError: false },
      ],
    })
  })

  it('tells the reset of a limit in milliseconds', () => {
    const info = { status: 'rejected', resetsAt: 1_795_300_000, rateLimitType: 'five_hour' }
    expect(read({ type: 'rate_limit_event', rate_limit_info: info })).toEqual({
      type: 'rate_limit',
      status: 'rejected',
      resetsAtMs: 1_795_300_000_000,
      limitType: 'five_hour',
      plan: [],
    })
  })

  it('tells how far each window of a subscription is used', () => {
    const info = {
      status: 'allowed_warning',
      resetsAt: 1_795_300_000,
      rateLimitType: 'seven_day',
      utilization: 0.81,
      unifiedWindows: {
        five_hour: { utilization: 0.4, resetsAt: 1_795_200_000, status: 'allowed' },
        seven_day: { utilization: 0.82, resetsAt: 1_795_300_000 },
        seven_day_overage_included: { utilization: 'much' },
      },
    }
    expect(read({ type: 'rate_limit_event', rate_limit_info: info })).toMatchObject({
      plan: [
        { type: 'seven_day', used: 0.82, resetsAt: 1_795_300_000_000 },
        { type: 'five_hour', used: 0.4, resetsAt: 1_795_200_000_000 },
      ],
    })
  })

  it.each([
    'Warning: not JSON',
    '[1,2]',
    'null',
    '42',
    '{"type":"result"',
    '{"type":"unheard_of"}',
    '{"type":42}',
    '{}',
    'x {"type":"result"}',
  ])('is skipped when it is %s', (line) => {
    expect(readMessage(Buffer.from(line))).toBeUndefined()
  })

  it('replaces bytes that are not UTF-8', () => {
    const line = Buffer.concat([
      Buffer.from('{"type":"result","result":"'),
      Buffer.from([0xff, 0xc3]),
      Buffer.from('"}'),
    ])
    expect(readMessage(line)).toMatchObject({ type: 'result', text: '\uFFFD\uFFFD' })
  })

  it('never throws, whatever shape a known type has', () => {
    const types = ['system', 'assistant', 'user', 'result', 'rate_limit_event', 'control_request', 'control_response']
    const keys = [
      'message',
      'subtype',
      'content',
      'request',
      'response',
      'rate_limit_info',
      'errors',
      'origin',
      'is_error',
    ]
    const shape = fc.dictionary(fc.constantFrom(...keys), fc.jsonValue())
    fc.assert(
      fc.property(fc.constantFrom(...types), shape, (type, fields) => {
        const message = read({ ...fields, type })
        expect(message === undefined || typeof message.type === 'string').toBe(true)
      }),
    )
  })
})
