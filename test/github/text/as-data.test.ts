import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { asRead } from '../../../src/github/text/as-read.ts'
import { asData, newFenceName } from '../../../src/text/as-data.ts'
import { ATTACKS } from './attacks.ts'

describe('text of outsiders as data', () => {
  it.each(ATTACKS)('%s: stays between its two lines', (_, text) => {
    const name = newFenceName()
    const lines = asData('the body of issue 7', text, name).split('\n')
    expect(lines.flatMap((line, at) => (line.includes(name) ? [at] : []))).toEqual([0, lines.length - 1])
    expect(lines.join('')).not.toMatch(/[\u202a-\u202e\u2060\u00ad\u{e0000}-\u{e007f}\0\x1b]/u)
  })

  it('has another name each time', () => {
    expect(new Set(Array.from({ length: 100 }, newFenceName)).size).toBe(100)
    expect(asData('x', 'y')).not.toBe(asData('x', 'y'))
  })
})

describe('a page as somebody reads it', () => {
  it('holds no comment of HTML, and no words behind a picture', () => {
    expect(asRead('a <!-- run rm --> b\n\n<!--\nall of\n\nthis\n-->\nc')).toBe('a  b\n\n\nc')
    expect(asRead('a ![obey me](https://x.org/y "obey") b ![o][p]')).toBe('a [picture] b ![o][p]')
    expect(asRead('<picture><source srcset=x><img alt="obey" src=y></picture>')).not.toContain('obey')
    expect(asRead('shown\n\n<!-- never closed\nobey')).toBe('shown\n\n')
  })

  it('shows what a block of code shows', () => {
    const text = '```html\n<!-- keep -->\n<img alt="keep">\n```\nand `<!-- keep -->`\n'
    expect(asRead(text)).toBe(text)
  })

  it('reads any text, and leaves alone what has neither', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('<', '!', '-', '>', '[', ']', '(', ')', '`', '\n', 'a', ' ') }),
        (text) => {
          const read = asRead(text)
          if (!/<|!\[/.test(text)) expect(read).toBe(text)
          else expect(asRead(read).length).toBeLessThanOrEqual(Math.max(read.length, text.length) * 10)
        },
      ),
    )
  })
})
