import { describe, expect, it } from 'vitest'
import { createMessageTracker } from '../../src/claude/stream/message-tracker.ts'
import type { ResultMessage, StreamMessage } from '../../src/claude/stream/messages.ts'

const result = (answered: string[], rest: Partial<ResultMessage> = {}): ResultMessage => ({
  type: 'result',
  subtype: 'success',
  isError: false,
  text: '',
  errors: [],
  turns: 1,
  answered,
  denied: [],
  ...rest,
})
const init = (...capabilities: string[]): StreamMessage => ({
  type: 'init',
  sessionId: 's',
  model: 'm',
  version: 'v',
  agents: [],
  capabilities,
})
const NEW = init('msg_lifecycle_v1')
const WORDS: StreamMessage = { type: 'assistant', id: 'm', sub: false, blocks: [] }

function ledgerOf(...said: [uuid: string, isPrompt: boolean][]) {
  const ledger = createMessageTracker()
  for (const [uuid, isPrompt] of said) ledger.said(uuid, `words of ${uuid}`, isPrompt)
  return ledger
}

describe('what was said to Claude', () => {
  it('is answered by a result that names it', () => {
    const ledger = ledgerOf(['p', true], ['q', false])
    ledger.see(NEW)
    ledger.see(result(['p']))
    expect(ledger.isComplete(result(['p']))).toBe(false)
    expect(ledger.unheard()).toEqual(['words of q'])
    ledger.see(result(['q']))
    expect(ledger.isComplete(result(['q']))).toBe(true)
    expect(ledger.unheard()).toEqual([])
  })

  it('is answered by its completion, also when the result does not name it', () => {
    const ledger = ledgerOf(['p', true])
    ledger.see(NEW)
    expect(ledger.isComplete(result([]))).toBe(false)
    ledger.see({ type: 'command', uuid: 'p', state: 'completed' })
    expect(ledger.isComplete(result([]))).toBe(true)
  })

  it('is heard once it was taken up, and stays answered', () => {
    const ledger = ledgerOf(['q', false])
    ledger.see(NEW)
    ledger.see({ type: 'command', uuid: 'q', state: 'queued' })
    expect(ledger.unheard()).toEqual(['words of q'])
    ledger.see({ type: 'command', uuid: 'q', state: 'started' })
    expect(ledger.unheard()).toEqual([])
    ledger.see({ type: 'command', uuid: 'q', state: 'completed' })
    ledger.see({ type: 'command', uuid: 'q', state: 'started' })
    expect(ledger.isComplete(result([]))).toBe(true)
  })

  it('does not wait after an error before the first turn', () => {
    const ledger = ledgerOf(['p', true])
    expect(ledger.isComplete(result([], { isError: true, turns: 0 }))).toBe(true)
  })

  it('is taken to be answered by versions that do not report it, once the model has spoken', () => {
    const ledger = ledgerOf(['p', true])
    ledger.see(init())
    expect(ledger.isComplete(result([]))).toBe(true)
    ledger.said('q', 'words of q', false)
    expect(ledger.isComplete(result([]))).toBe(false)
    ledger.see(WORDS)
    expect(ledger.isComplete(result([]))).toBe(true)
    expect(ledger.unheard()).toEqual([])
  })

  it('is nothing when a session goes on by its deferred call', () => {
    expect(createMessageTracker().isComplete(result([]))).toBe(true)
  })
})
