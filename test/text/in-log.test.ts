import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { showInJson, showInLog } from '../../src/text/unseen.ts'

const STEERS = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/

describe('a text of others in a log', () => {
  it('shows what would steer a terminal, and leaves colours out', () => {
    expect(showInLog('\x1b[31mred\x1b[0m \x1b[2J\x1b]0;title\x07 \x9b31m \u202egnp.exe')).toBe(
      'red ⟦U+001B⟧[2J⟦U+001B⟧]0;title⟦U+0007⟧ ⟦U+009B⟧31m ⟦U+202E⟧gnp.exe',
    )
    expect(showInLog('one\r\ntwo\r50 %\r100 %\tdone\n')).toBe('one\ntwo\n50 %\n100 %\tdone\n')
  })

  it('holds nothing that steers, whatever it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(showInLog(text)).not.toMatch(STEERS)
      }),
    )
  })

  it('counts what stands there again and again, so that a log does not grow eight times as fast', () => {
    expect(showInLog(`${'\x1b'.repeat(8)}.`)).toBe(`${'⟦U+001B⟧'.repeat(8)}.`)
    expect(showInLog(`a${'\x1b'.repeat(65_536)}b\t\t`)).toBe('a⟦U+001B × 65536⟧b\t\t')
  })

  it('says the same as JSON', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const line = showInJson(`${JSON.stringify({ text })}\n`)
        expect(line.slice(0, -1)).not.toMatch(STEERS)
        expect(JSON.parse(line)).toEqual({ text })
      }),
    )
  })
})
