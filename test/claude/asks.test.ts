import { expect, it } from 'vitest'
import { createAsks } from '../../src/claude/asks/asks.ts'
import { GUARD_HOOK } from '../../src/claude/stream/control.ts'
import type { ClaudeAsk } from '../../src/claude/types.ts'

it('tells of a call that the guard has asked for as such, once, and of no other', () => {
  const asked: ClaudeAsk[] = []
  const asks = createAsks({
    write: () => true,
    onAsk: (ask) => asked.push(ask),
    onWithdrawn: () => undefined,
    onCount: () => undefined,
    guard: ({ input }) =>
      (input as { file_path: string }).file_path === 'my.db'
        ? { do: 'ask', why: 'undo cannot bring it back' }
        : undefined,
  })
  const call = (useId: string, path: string) => {
    const what = { tool_name: 'Edit', tool_use_id: useId }
    const input = { file_path: path }
    asks.receive(`hook-${useId}`, {
      subtype: 'hook_callback',
      callback_id: GUARD_HOOK,
      input: { ...what, tool_input: input },
    })
    asks.receive(`ask-${useId}`, { subtype: 'can_use_tool', ...what, input })
  }
  call('one', 'my.db')
  call('two', 'src.ts')
  asks.receive('again', { subtype: 'can_use_tool', tool_name: 'Edit', tool_use_id: 'one', input: {} })
  expect(asked.map((ask) => 'guarded' in ask)).toEqual([true, false, false])
})
