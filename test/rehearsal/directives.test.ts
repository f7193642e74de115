import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  readBytes,
  readDirectives,
  readMs,
  readQuestion,
  readQuoted,
  readTitle,
} from '../../src/rehearsal/directives.ts'

describe('the directives of a prompt', () => {
  it('are the lines that begin with "rehearse:", in lists and code marks too', () => {
    const prompt = [
      '# A task',
      'rehearse: edit a.txt "Hello"',
      '- rehearse: say Hi there',
      '  `rehearse: wait 5ms`',
      'Not one: rehearse: fail',
      'rehearse: fail always\r',
      'rehearse: hang',
    ].join('\n')
    expect(readDirectives(prompt)).toEqual([
      { name: 'edit', rest: 'a.txt "Hello"', always: false },
      { name: 'say', rest: 'Hi there', always: false },
      { name: 'wait', rest: '5ms', always: false },
      { name: 'fail', rest: '', always: true },
      { name: 'hang', rest: '', always: false },
    ])
  })

  it('never stop a prompt from being read', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        readDirectives(`rehearse: ${text}\n${text}`)
        readTitle(text)
        readQuestion(text)
        readQuoted(`"${text}"`)
      }),
    )
  })

  it('hold quoted text with escapes, and give back any text that was quoted', () => {
    expect(readQuoted('"one\\ntwo" Red|Blue')).toEqual({ text: 'one\ntwo', after: 'Red|Blue' })
    expect(readQuoted('plain words')).toEqual({ text: 'plain words', after: '' })
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(readQuoted(JSON.stringify(text)).text).toBe(text)
      }),
    )
  })

  it('hold questions as Claude asks them', () => {
    expect(readQuestion('"Which sizes?" S|M | L (multi)')).toEqual({
      question: 'Which sizes?',
      header: 'Which sizes?',
      options: ['S', 'M', 'L'].map((label) => ({ label, description: label })),
      multiSelect: true,
    })
    expect(readQuestion('"Sure?"').options.map((option) => option.label)).toEqual(['Yes', 'No'])
  })

  it('hold times and sizes', () => {
    expect([readMs('500ms'), readMs('5s'), readMs('2m'), readMs('')]).toEqual([500, 5_000, 120_000, 1_000])
    expect([readBytes('10'), readBytes('64KB'), readBytes('100MB')]).toEqual([10, 65_536, 104_857_600])
  })

  it('stand below a title', () => {
    expect(readTitle('\n# Add a login\n\nText')).toBe('Add a login')
    expect(readTitle('Just words\nmore')).toBe('Just words')
  })
})
