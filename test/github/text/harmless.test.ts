import fc from 'fast-check'
import type { Nodes } from 'mdast'
import remarkGfm from 'remark-gfm'
import remarkParse from 'remark-parse'
import { unified } from 'unified'
import { describe, expect, it } from 'vitest'
import { codeBlock, harmless, harmlessLine, harmlessPlain } from '../../../src/github/text/harmless.ts'
import { dropUnseen } from '../../../src/text/unseen.ts'
import { ATTACKS } from './attacks.ts'
import { liveIn } from './live.ts'

const parser = unified().use(remarkParse).use(remarkGfm)
const nodesOf = (markdown: string): Nodes[] => {
  const all: Nodes[] = []
  const visit = (node: Nodes) => {
    all.push(node)
    if ('children' in node) node.children.forEach(visit)
  }
  visit(parser.parse(markdown))
  return all
}
const HARMLESS = new Set(['root', 'paragraph', 'text', 'inlineCode', 'link', 'break'])
/** What a page would make of it that is not a text, span of code or bare address. */
const more = (markdown: string): string[] =>
  nodesOf(markdown).flatMap((node) => {
    if (node.type === 'link') {
      const [words] = node.children
      const bare = words?.type === 'text' && /^(https?|mailto):|^www\./.test(node.url + words.value)
      return bare ? [] : [`link to ${node.url}`]
    }
    return HARMLESS.has(node.type) ? [] : [node.type]
  })
const wordsOf = (markdown: string): string =>
  nodesOf(markdown)
    .map((node) => ('value' in node ? node.value : node.type === 'break' ? '\n' : ''))
    .join('')

/** Texts of what matters to Markdown and to GitHub, in any order. */
const texts = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ...[
          '`',
          '``',
          '```',
          '\n',
          '\n\n',
          '\n    ',
          '\\',
          '*',
          '_',
          '[',
          ']',
          '(',
          ')',
          '![',
          '<',
          '>',
          '&#64;',
          '&',
          '~',
          '|',
          '$',
        ],
        ...[
          '@',
          '@octocat',
          '#',
          '#7',
          'GH-7',
          'fixes ',
          'closes: ',
          '/merge',
          '<!--',
          '-->',
          '<img src=x>',
          '- ',
          '1. ',
          '# ',
          '> ',
        ],
        ...[
          'https://x.org/a_b',
          'http://github.com/o/r/issues/7',
          'www.x.org',
          '\u200b',
          '\u202e',
          '\u00ad',
          'word',
          ' ',
          '\t',
          '===',
        ],
      ),
      fc.string({ unit: 'binary', maxLength: 3 }),
    ),
    { maxLength: 14 },
  )
  .map((parts) => parts.join(''))

describe('words of others in what Baton posts', () => {
  it('are text, spans of code and bare addresses, whatever they are made of', () => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(more(harmless(text))).toEqual([])
        expect(
          more(`| a | b |\n| --- | --- |\n| ${harmlessLine(text)} | x |`).filter((type) => !/^table/.test(type)),
        ).toEqual([])
      }),
      { numRuns: 1_500 },
    )
  })

  it('notify nobody, link and close nothing, and are no command', () => {
    fc.assert(
      fc.property(texts, (text) => {
        for (const posted of [harmless(text), harmlessLine(text), harmlessPlain(text), codeBlock(text)])
          expect(liveIn(posted)).toEqual([])
      }),
      { numRuns: 1_500 },
    )
  })

  it('are read as they were written', () => {
    const signs = (text: string) => text.replace(/[\s\u200b`]/g, '')
    fc.assert(
      fc.property(texts, (text) => {
        expect(signs(wordsOf(harmless(text)))).toBe(signs(dropUnseen(text.toWellFormed().replaceAll('\r\n', '\n'))))
      }),
      { numRuns: 1_500 },
    )
  })

  it('stay within what GitHub takes, and are never cut inside of an escape', () => {
    const long = '*a* `b` @c\n'.repeat(20_000)
    expect(harmless(long).length).toBeLessThanOrEqual(60_000)
    expect(harmless(long).endsWith('\n…')).toBe(true)
    expect(harmless('*'.repeat(100_000))).toBe('…')
    expect(harmlessLine('x'.repeat(500)).length).toBe(200)
    expect(codeBlock('line\n'.repeat(100_000)).length).toBeLessThan(9_000)
  })

  it('keep spans of code as they are', () => {
    expect(harmless('Call `a_b*c` and ``x ` y``.')).toBe('Call `a_b*c` and ``x ` y``.')
    expect(harmless('See https://nodejs.org/api/fs.html#fs_promises.')).toBe(
      'See <https://nodejs.org/api/fs.html#fs_promises>.',
    )
  })

  it.each(ATTACKS)('%s: nothing of it is live', (_, text) => {
    for (const posted of [harmless(text), harmlessLine(text), harmlessPlain(text), codeBlock(text)])
      expect(liveIn(posted)).toEqual([])
    expect(more(harmless(text))).toEqual([])
    expect(nodesOf(codeBlock(text)).map(({ type }) => type)).toEqual(['root', 'code'])
  })

  it('is tried against what is live without it', () => {
    // Were the list blind, the tests above would say nothing.
    const seen = ATTACKS.filter(([, text]) => liveIn(text).length > 0 || more(text).length > 0)
    expect(seen.length).toBeGreaterThan(100)
  })
})
