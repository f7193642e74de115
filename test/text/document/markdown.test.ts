import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { layout, toPlain } from '../../../src/text/document/layout.ts'
import { fromMarkdown } from '../../../src/text/document/markdown.ts'
import type { Node } from '../../../src/text/document/nodes.ts'
import { isSafeToParse } from '../../../src/text/document/parse-limits.ts'

const plain = (markdown: string) => toPlain(fromMarkdown(markdown), { columns: 60 })
const urls = (nodes: Node[]) => layout(nodes).marks.flatMap(({ url }) => url ?? [])

describe("Claude's Markdown", () => {
  test('becomes headings, lists, code and tables', () => {
    const markdown = [
      '## Done',
      'All **34** tests _pass_ with `npm test`,',
      'see [the docs](https://docs.example/a).',
      '',
      '- one',
      '  1. inner',
      '- [x] two',
      '',
      '```ts',
      'const a = "<b>"',
      '```',
      '',
      '| File | Lines |',
      '| :--- | ---: |',
      '| `a.ts` | 3 |',
    ].join('\n')
    expect(fromMarkdown(markdown)).toMatchSnapshot()
    expect(plain(markdown)).toMatchSnapshot()
  })

  test('is left alone where it is none', () => {
    expect(fromMarkdown('Wrote it.\nAll is well.\n\nBye.')).toEqual([
      { kind: 'paragraph', children: ['Wrote it.\nAll is well.'] },
      { kind: 'paragraph', children: ['Bye.'] },
    ])
    expect(plain('~5 files and ~3 tests')).toBe('~5 files and ~3 tests')
    expect(plain('snake_case_name and 2 * 3 * 4')).toBe('snake_case_name and 2 * 3 * 4')
  })

  test('HTML stays the text that it is', () => {
    const html = '<img src=x onerror=alert(1)> and <b>bold</b>'
    expect(plain(`${html}\n\nx ${html}`)).toBe(`${html}\n\nx ${html}`)
  })

  test('links only go where a person may be sent, and say so where their words name another place', () => {
    expect(
      urls(fromMarkdown('[a](javascript:alert(1)) [b](data:text/html,x) ![c](file:///etc/passwd) <tg://x>')),
    ).toEqual([])
    expect(plain('[a](javascript:alert)')).toBe('a (javascript:alert)')
    expect(plain('[src/a.ts:4](src/a.ts#L4) and [there](docs/b.md)')).toBe('src/a.ts:4 and there (docs/b.md)')
    expect(plain('[https://bank.example](https://evil.example/x)')).toBe('https://bank.example (evil.example)')
    expect(plain('[bank.example](https://bank.example.evil.example/)')).toBe('bank.example (bank.example.evil.example)')
    expect(plain('[**bank.example** now][1]\n\n[1]: https://evil.example')).toBe('bank.example now (evil.example)')
    expect(plain('see https://a.example/x')).toBe('see https://a.example/x')
  })

  test('a picture is a link and never loaded', () => {
    const nodes = fromMarkdown('![the chart](https://a.example/c.png?data=x)')
    expect(nodes).toEqual([
      {
        kind: 'paragraph',
        children: [{ kind: 'link', url: 'https://a.example/c.png?data=x', children: ['the chart'] }],
      },
    ])
  })

  test('nothing unseen gets in as an entity', () => {
    expect(plain('a&#x202E;b `c\u200Bd` &#8203;e')).toBe('ab cd e')
  })

  test('nothing that was written gets lost', () => {
    expect(plain('[1]: https://unused.example\n\nText[^a]\n\n[^a]: the note')).toBe(
      '[1]: https://unused.example\n\nText[a]\n\n[a] the note',
    )
  })
})

describe('whatever somebody writes', () => {
  const hostile = (size: number): Record<string, string> => ({
    quotes: '>'.repeat(size),
    quotesApart: '> '.repeat(size),
    lists: '- '.repeat(size),
    deeper: Array.from({ length: size / 50 }, (_, i) => `${' '.repeat(i * 2)}- a`).join('\n'),
    brackets: '['.repeat(size),
    links: '[a]('.repeat(size / 4),
    footnotes: '[^a]'.repeat(size / 4),
    stars: `${'*'.repeat(size / 2)}a${'*'.repeat(size / 2)}`,
    crossed: '**a*'.repeat(size / 4),
    ticks: Array.from({ length: 200 }, (_, i) => `${'`'.repeat(i)} a`).join(''),
    tables: `|${'a|'.repeat(size / 4)}\n|${'-|'.repeat(size / 4)}`,
  })

  test('is read, or shown as it was written, and never nested without end', () => {
    for (const [kind, text] of Object.entries(hostile(20_000)))
      expect([kind, fromMarkdown(text).length > 0]).toEqual([kind, true])
    const { quotes, lists, deeper, stars, crossed } = hostile(20_000)
    for (const text of [quotes, lists, deeper, stars, crossed]) expect(isSafeToParse(text as string)).toBe(false)
    expect(plain(quotes as string)).toBe(quotes)
  })

  test('long lines of a rule and long honest lists are read', () => {
    expect(isSafeToParse('-'.repeat(80))).toBe(true)
    expect(isSafeToParse('- - - - - - - - - - - - - - - -')).toBe(true)
    expect(isSafeToParse(Array.from({ length: 200 }, (_, i) => `- **file ${i}** \`a\``).join('\n'))).toBe(true)
  })

  test('its words come through', () => {
    const piece = fc.constantFrom(
      '*',
      '**',
      '_',
      '`',
      '```\n',
      '# ',
      '> ',
      '- ',
      '1. ',
      '[',
      '](https://a.example)',
      '|',
      '|-|',
      '\n',
      '\n\n',
      '<b>',
      '&lt;',
      '\\',
      '~~',
      '![',
      '    ',
    )
    const word = fc.constantFrom('alpha', 'beta', 'gamma')
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, word), { maxLength: 30 }), (parts) => {
        const text = parts.join('')
        const result = plain(text)
        const count = (words: string) => words.match(/alpha|beta|gamma/g)?.length ?? 0
        // What follows the fence's language, or in a cell too many, is the only thing that may be missing.
        if (!text.includes('```') && !text.includes('|')) expect(count(result)).toBe(count(text))
        expect(result).not.toMatch(/[\u202a-\u202e\u200b]/)
      }),
    )
  })
})
