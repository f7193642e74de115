import fc from 'fast-check'
import type { Nodes, Root } from 'mdast'
import remarkGfm from 'remark-gfm'
import remarkParse from 'remark-parse'
import { unified } from 'unified'
import { expect, test } from 'vitest'
import { inline, quoted, shownBlock, shownCode, withCode } from '../../src/proof/markdown.ts'
import { SPLIT } from '../../src/text/inert/defuse.ts'
import { eachUnseen } from '../../src/text/unseen.ts'

const parse = (markdown: string): Root => unified().use(remarkParse).use(remarkGfm).parse(markdown)

function all(node: Nodes): Nodes[] {
  return [node, ...('children' in node ? node.children.flatMap(all) : [])]
}

/** What a reader sees: text and code, one after the other. */
function seen(node: Nodes): string {
  return all(node)
    .map((one) => (one.type === 'text' || one.type === 'inlineCode' || one.type === 'code' ? one.value : ''))
    .join('')
}

const kinds = (markdown: string) => new Set(all(parse(markdown)).map(({ type }) => type))
const nasty = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc
    .array(
      fc.constantFrom(
        '*',
        '_',
        '`',
        '``',
        '[',
        '](',
        ')',
        '<',
        '>',
        '!',
        '|',
        '\\',
        '#',
        '- ',
        '1. ',
        '~~',
        '&lt;',
        '@anna',
        '#12',
        'a',
        ' ',
        '\n',
        '==',
        '---',
        '<b>',
        '$x$',
      ),
    )
    .map((parts) => parts.join('')),
)

test('Text of others stays text, to the letter, whatever marks it has', () => {
  fc.assert(
    fc.property(nasty, (text) => {
      const root = parse(`x ${inline(text)}\n`)
      // Addresses are linked by GitHub wherever they stand; nothing else may come of a text.
      const allowed = ['root', 'paragraph', 'text', 'link']
      expect(
        all(root)
          .map(({ type }) => type)
          .filter((type) => !allowed.includes(type)),
      ).toEqual([])
      // What cannot be seen is spelled out; everything else is there as it came.
      let unseen = false
      eachUnseen(text, (char) => {
        unseen ||= !/[\t\n\r\p{Zs}]/u.test(char)
        return char
      })
      if (!unseen) expect(seen(root).slice(1).replaceAll(SPLIT, '').replace(/\s+/g, '')).toBe(text.replace(/\s+/g, ''))
    }),
    { numRuns: 500 },
  )
})

test('People and issues are not called, nothing is closed, no command is given', () => {
  expect(inline('/merge @anna see #12 and GH-3, mail a@b.org').replaceAll(SPLIT, '·')).toBe(
    '/·merge @·anna see #·12 and GH-·3, mail a@·b.org',
  )
})

test('Code stays one span, in a table too, and a block cannot be ended from inside', () => {
  fc.assert(
    fc.property(nasty, (text) => {
      expect(kinds(`x ${shownCode(text)} x`)).toEqual(new Set(['root', 'paragraph', 'text', 'inlineCode']))
      const spans = all(parse(`x ${shownCode(text)} x`)).flatMap((node) =>
        node.type === 'inlineCode' ? [node.value] : [],
      )
      expect(spans.join().length).toBeGreaterThanOrEqual(text.length)
      const table = parse(
        `| a | b |\n| --- | --- |\n| ${shownCode(text, true)} | ${withCode(text, (words) => words)} |\n`,
      )
      expect(all(table).filter(({ type }) => type === 'tableCell')).toHaveLength(4)
      expect(table.children).toHaveLength(1)
      const block = parse(`${shownBlock(text)}\n\nafter\n`)
      expect(block.children.map(({ type }) => type)).toEqual(['code', 'paragraph'])
    }),
    { numRuns: 500 },
  )
})

test('A quotation keeps lists, code and bold words, and nothing leads out of it', () => {
  expect(quoted('# Done\n\n- **a**: `x|y`\n- <img src=x>\n\n```js\nlet a = `1`\n```\nend', (words) => words)).toBe(
    '> **Done**\n>\n> - **a**: `x|y`\n> - &lt;img src=x\\>\n>\n> ```js\n> let a = `1`\n> ```\n> end',
  )
  fc.assert(
    fc.property(nasty, (text) => {
      const root = parse(`${quoted(`x${text}`, (words) => words)}\n\nafter\n`)
      expect(root.children.map(({ type }) => type)).toEqual(['blockquote', 'paragraph'])
      const strange = all(root).filter((node) =>
        ['image', 'heading', 'table', 'footnoteReference', 'definition', 'thematicBreak', 'html'].includes(node.type),
      )
      expect(strange).toEqual([])
    }),
    { numRuns: 500 },
  )
})

const SECRET = 'ghp_abcdefgh1234'
const hide = (words: string) => words.replaceAll(SECRET, '[redacted]')

test('What is hidden is put together by no mark of ours', () => {
  for (const text of [
    'ghp_** abcdefgh1234**',
    'ghp_**abcdefgh **1234',
    'ghp_**abcdefgh**1234',
    'ghp_` abcdefgh1234 `',
    '- ghp_** abcdefgh1234**',
    '# ghp_** abcdefgh1234**',
    '[x](ghp_** abcdefgh1234**)',
    `${'word '.repeat(6_000)}ghp_** abcdefgh1234**`,
  ]) {
    expect(seen(parse(quoted(text, hide))), text.slice(-40)).not.toContain(SECRET)
    expect(seen(parse(withCode(text, hide))), text.slice(-40)).not.toContain(SECRET)
  }
})
