import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { oneLine, readable, reveal } from '../../src/chat/render/clean.ts'
import { cell } from '../../src/chat/render/table.ts'
import { toHtml } from '../../src/telegram/html.ts'
import { cut, cutMiddle, cutStart, someOf } from '../../src/text/cut.ts'
import { toPlain } from '../../src/text/document/layout.ts'
import { bold } from '../../src/text/document/nodes.ts'
import { duration, shortDuration } from '../../src/text/durations.ts'
import { clockTime } from '../../src/text/times.ts'
import { parseHtml } from '../support/bot-api/html.ts'
import * as sample from '../support/telegram-samples.ts'
import { hostileText } from './hostile.ts'

describe('cutting', () => {
  test('keeps what fits, and ends with a word or a line where that is near', () => {
    expect(cut('hello', 5)).toBe('hello')
    expect(cut('hello brave new world', 17)).toBe('hello brave new…')
    expect(cut('one line\nand another one', 12)).toBe('one line\n…')
    expect(cutStart('first line\nsecond line', 15)).toBe('…\nsecond line')
  })

  test('never cuts an emoji or a surrogate pair apart', () => {
    expect(cut('👩‍💻👩‍💻👩‍💻', 7)).toBe('👩‍💻…')
    expect(cut('😀😀😀', 4)).toBe('😀…')
    expect(cutStart('😀😀😀', 4)).toBe('…😀')
  })

  test('keeps both ends and says how much is left out', () => {
    const text = Array.from({ length: 100 }, (_, i) => `line ${i}`).join('\n')
    expect(cutMiddle(text, 160)).toMatch(/^line 0\n[\s\S]*\n… \d+ lines left out …\n[\s\S]*line 99$/)
    expect(cutMiddle('x'.repeat(500), 160)).toMatch(/^x+\n… \d+ characters left out …\nx+$/)
  })

  test('of lines leaves none out, or two and more: a line that says “1 more” takes as much room as that one', () => {
    expect(someOf(['a', 'b', 'c'], 3)).toEqual(['a', 'b', 'c'])
    expect(someOf(['a', 'b', 'c', 'd'], 3)).toEqual(['a', 'b', '… and 2 more'])
    expect(someOf(['a', 'b', 'c'], 3, 9)).toEqual(['a', 'b', '… and 7 more'])
  })

  test('counts what is left out of the text, whatever limits it: units, lines or both', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: fc.constantFrom('a', 'b', ' '), minLength: 1, maxLength: 30 }), { maxLength: 80 }),
        fc.integer({ min: 200, max: 900 }),
        fc.integer({ min: 4, max: 40 }),
        (lines, max, maxLines) => {
          const text = lines.join('\n')
          const shown = cutMiddle(text, max, maxLines).split('\n')
          expect(shown.join('\n').length).toBeLessThanOrEqual(max)
          const at = shown.findIndex((line) => line.endsWith(' left out …'))
          const left = at === -1 ? 0 : Number(/\d+/.exec(shown[at] as string)?.[0])
          const kept = at === -1 ? shown : [...shown.slice(0, at), ...shown.slice(at + 1)]
          expect(kept).toEqual(at === -1 ? text.split('\n') : [...lines.slice(0, at), ...lines.slice(at + left)])
          expect(shown.length).toBeLessThanOrEqual(Math.max(maxLines, at === -1 ? 1 : 0))
        },
      ),
    )
  })

  test('never gives more than it may, nor half a character, whatever the text', () => {
    fc.assert(
      fc.property(hostileText(), fc.integer({ min: 0, max: 300 }), (words, max) => {
        const text = words.toWellFormed()
        for (const make of [cut, cutStart, cutMiddle]) {
          const result = make(text, max)
          expect(result.length).toBeLessThanOrEqual(max)
          expect(result.isWellFormed()).toBe(true)
        }
      }),
      { numRuns: 150 },
    )
  })

  test('a cell has exactly its columns, also with wide characters', () => {
    expect(cell('日本語テキスト', 8)).toBe('日本語… ')
    expect(cell('src/very/long/path.ts', 10, 'left', 'tail')).toBe('…g/path.ts')
    expect(cell('7', 3, 'right')).toBe('  7')
  })
})

test('marks beyond what the server keeps are left out, the words stay', () => {
  const nodes = Array.from({ length: 150 }, (_, i) => bold(`${i} `))
  const { text, entities } = parseHtml(toHtml(nodes))
  expect(text).toBe(toPlain(nodes))
  expect(entities).toHaveLength(90)
})

describe('cleaning', () => {
  test('takes out what cannot be seen, keeps emoji whole', () => {
    expect(readable('a\u202Eb\u200B\r\n\r\n\r\n\r\nc 👩‍💻 \t\n')).toBe('ab\n\nc 👩‍💻')
    expect(oneLine('  two\n\n lines ')).toBe('two lines')
  })

  test('or shows it, where a person binds themselves', () => {
    expect(reveal('ls\u00A0\u202E👩‍💻\u200D\u{E0041}')).toEqual({
      text: 'ls⟦U+00A0⟧⟦U+202E⟧👩‍💻⟦U+200D⟧⟦U+E0041⟧',
      hidden: true,
    })
    expect(reveal('\tmake -j4\n')).toEqual({ text: '    make -j4', hidden: false })
  })
})

describe('times', () => {
  test('durations in words and in five columns', () => {
    expect([0, 45_000, 252_000, 3_600_000, 4_320_000, 183_600_000].map(duration)).toEqual([
      '0 s',
      '45 s',
      '4 min 12 s',
      '1 h',
      '1 h 12 min',
      '2 d 3 h',
    ])
    expect([45_000, 252_000, 4_320_000, 183_600_000].map(shortDuration)).toEqual(['45s', '4m12', '1h12', '2d03'])
    expect(shortDuration(59 * 60_000 + 59_999)).toBe('1h00')
  })

  test('the clock of the person, over days and over the change of clocks', () => {
    const now = sample.moment('21:14')
    expect(clockTime(sample.at('07:05'), now)).toBe('07:05')
    expect(clockTime(sample.at('07:05', 22), now)).toBe('tomorrow 07:05')
    expect(clockTime(sample.at('07:05', 20), now)).toBe('yesterday 07:05')
    expect(clockTime(sample.at('07:05', 25), now)).toBe('Wed 25 Nov 07:05')
    const nightOfChange = { now: Date.UTC(2026, 9, 24, 20), zone: 'Europe/Berlin' }
    expect(clockTime(Date.UTC(2026, 9, 25, 6), nightOfChange)).toBe('tomorrow 07:00')
  })
})
