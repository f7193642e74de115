import { describe, expect, it } from 'vitest'
import { readMessage } from '../../src/claude/stream/messages.ts'
import { processFindings, type StopHook } from '../../src/daemon/attempt/stop-hook.ts'

const result = (denials: object[]) => {
  const line = { type: 'result', subtype: 'success', is_error: false, num_turns: 1, permission_denials: denials }
  const message = readMessage(Buffer.from(JSON.stringify(line)))
  return message?.type === 'result' ? { result: message } : {}
}

it('names the refused calls and their number', () => {
  const denials = ['Bash', 'WebFetch', 'Bash'].map((tool_name) => ({ tool_name, tool_use_id: 't', tool_input: {} }))
  const [finding, ...others] = processFindings({ ...result(denials), leftovers: [], survivors: [] })
  expect(others).toEqual([])
  expect(finding).toMatchObject({ kind: 'refused', weight: 'tell', lasting: true })
  expect(finding?.text).toBe('3 calls refused: Bash ×2, WebFetch.')
})

it('names what was left running', () => {
  const left = Array.from({ length: 7 }, (_, i) => ({ pid: i + 2, command: `sleep ${i}` }))
  const [finding] = processFindings({ ...result([]), leftovers: left, survivors: [] })
  expect(finding?.text).toBe(
    '7 processes left running in the background, ended by Baton: sleep 0, sleep 1, sleep 2, sleep 3, sleep 4, 2 more',
  )
})

it('is quiet where nothing was in the way', () => {
  expect(processFindings({ ...result([]), leftovers: [], survivors: [] })).toEqual([])
})

describe('a Stop hook', () => {
  const feedback = (words: string) =>
    readMessage(
      Buffer.from(
        JSON.stringify({
          type: 'user',
          isSynthetic: true,
          message: { role: 'user', content: [{ type: 'text', text: words }] },
        }),
      ),
    )
  const told = (stopHook: StopHook) =>
    processFindings({ leftovers: [], survivors: [], stopHook }).map(({ text }) => text)

  it('is read from the words that Claude gets, and from the note that it was overridden', () => {
    expect(feedback('Stop hook feedback:\n[npm test]: 2 tests fail\n')).toEqual({
      type: 'stop_hook',
      overridden: false,
      words: '[npm test]: 2 tests fail',
    })
    const note = {
      type: 'system',
      subtype: 'informational',
      content: 'A hook blocked the turn from ending 9 consecutive times—overriding and ending turn.',
    }
    expect(readMessage(Buffer.from(JSON.stringify(note)))).toEqual({ type: 'stop_hook', overridden: true, words: '' })
  })

  it('is not read from words of a person', () => {
    const said = { type: 'user', message: { role: 'user', content: 'Stop hook feedback: none' } }
    expect(readMessage(Buffer.from(JSON.stringify(said)))).toBeUndefined()
  })

  it('is told with what it said', () => {
    expect(told({ blocked: 1, overridden: false, words: '[npm test]: red' })).toEqual([
      'A Stop hook sent Claude back once before it could end: [npm test]: red',
    ])
    expect(told({ blocked: 9, overridden: true, words: '' })).toEqual([
      'A Stop hook sent Claude back 9 times, and was then overridden by Claude Code',
    ])
  })
})
