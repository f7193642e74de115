import { expect, it } from 'vitest'
import { readMessage } from '../../src/claude/messages.ts'
import { wayFindings } from '../../src/daemon/way-findings.ts'

const result = (denials: object[]) => {
  const line = { type: 'result', subtype: 'success', is_error: false, num_turns: 1, permission_denials: denials }
  const message = readMessage(Buffer.from(JSON.stringify(line)))
  return message?.type === 'result' ? { result: message } : {}
}

it('names the refused calls and their number', () => {
  const denials = ['Bash', 'WebFetch', 'Bash'].map((tool_name) => ({ tool_name, tool_use_id: 't', tool_input: {} }))
  const [finding, ...others] = wayFindings({ ...result(denials), leftovers: [], survivors: [] })
  expect(others).toEqual([])
  expect(finding).toMatchObject({ kind: 'refused', weight: 'tell', lasting: true })
  expect(finding?.text).toBe('3 calls refused: Bash ×2, WebFetch.')
})

it('names what was left running', () => {
  const left = Array.from({ length: 7 }, (_, i) => ({ pid: i + 2, command: `sleep ${i}` }))
  const [finding] = wayFindings({ ...result([]), leftovers: left, survivors: [] })
  expect(finding?.text).toBe(
    '7 processes left running in the background, ended by Baton: sleep 0, sleep 1, sleep 2, sleep 3, sleep 4, 2 more',
  )
})

it('is quiet where nothing was in the way', () => {
  expect(wayFindings({ ...result([]), leftovers: [], survivors: [] })).toEqual([])
})
