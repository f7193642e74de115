import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { clip } from '../../../src/text/document/clip.ts'
import { layout, toPlain, unitsOf } from '../../../src/text/document/layout.ts'
import {
  type Block,
  bold,
  code,
  fold,
  type Inline,
  link,
  type Node,
  paragraph,
  pre,
  quote,
  safeUrl,
} from '../../../src/text/document/nodes.ts'

const list = (...items: Node[][]): Block => ({ kind: 'list', items: items.map((children) => ({ children })) })

describe('a document as text', () => {
  test('strings and inline nodes stand as they are; blocks keep themselves apart', () => {
    const nodes: Node[] = [
      { kind: 'heading', level: 2, children: ['Result'] },
      paragraph('All ', bold('green'), '.'),
      pre('npm test'),
      'said ',
      code('so'),
      '\n\n',
      quote('a'),
    ]
    expect(toPlain(nodes)).toBe('Result\nAll green.\n\nnpm test\nsaid so\n\na')
  })

  test('marks lie over exactly their words, outer ones first', () => {
    const { text, marks } = layout([paragraph('a'), paragraph(bold('b ', code('c'), bold()))])
    expect(text).toBe('a\n\nb c')
    expect(marks).toEqual([
      { kind: 'bold', offset: 3, length: 3 },
      { kind: 'code', offset: 5, length: 1 },
    ])
  })

  test('lists are indented line by line, code inside them is not', () => {
    const nodes = [list(['one\ntwo', list(['inner'])], [paragraph('last'), pre('x\n  y')])]
    expect(toPlain(nodes)).toBe('• one\n  two\n  • inner\n• last\nx\n  y')
    const numbered: Node = { kind: 'list', start: 9, items: [{ children: ['a'] }, { children: ['b'], checked: true }] }
    expect(toPlain([numbered])).toBe('9. a\n10. ☑ b')
  })

  test('a table stands in columns where they fit, and row by row where they do not', () => {
    const table = (...words: string[]): Node => ({
      kind: 'table',
      align: ['left', 'right'],
      head: [['File'], ['Lines']],
      rows: words.map((word) => [[word], ['12']]),
    })
    expect(toPlain([table('a.ts', 'bcd.ts')])).toBe('File    Lines\n──────  ─────\na.ts       12\nbcd.ts     12')
    expect(layout([table('a.ts')]).marks).toMatchObject([{ kind: 'pre' }])
    const long = `src/${'long/'.repeat(8)}a.ts`
    expect(toPlain([table(long)])).toBe(`${long}\nLines: 12`)
    expect(toPlain([table(long)], { columns: 80 })).toContain('─')
  })

  test('a quote in a quote is one quote, for no chat has more', () => {
    expect(layout([quote(quote('a'), fold('b'))]).marks).toEqual([{ kind: 'quote', offset: 0, length: 4 }])
  })

  test('addresses are written where nobody can tap them, once', () => {
    const nodes = [
      paragraph(...link('https://a.example/x', 'here'), ', ', ...link('https://b.example', 'https://b.example')),
    ]
    expect(toPlain(nodes)).toBe('here, https://b.example')
    expect(toPlain(nodes, { writeLinks: true })).toBe('here (https://a.example/x), https://b.example')
  })
})

test('a link goes to the web or to mail, and nowhere else', () => {
  for (const url of [
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    '\u0001javascript:alert(1)',
    'java\nscript:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    'tg://resolve?domain=x',
    'vscode://x',
    '//a.example',
    'src/a.ts',
    'https://user:secret@a.example/',
    'https://bank.example@a.example/',
    `https://a.example/${'x'.repeat(2_000)}`,
  ]) {
    expect([url, safeUrl(url)]).toEqual([url, undefined])
    expect(link(url, 'words')).toEqual(['words'])
  }
  expect(safeUrl('HTTPS://A.example/x y')).toBe('https://a.example/x%20y')
})

const inline: fc.Arbitrary<Inline> = fc.letrec<{ inline: Inline }>((tie) => ({
  inline: fc.oneof(
    { maxDepth: 3 },
    fc.string({ unit: 'grapheme', maxLength: 12 }),
    fc.constantFrom('\n', '\n\n', 'a\nb', ''),
    fc.string({ maxLength: 8 }).map(code),
    fc.array(tie('inline'), { maxLength: 3 }).map((children) => bold(...children)),
    fc
      .array(tie('inline'), { maxLength: 3 })
      .map((children): Inline => ({ kind: 'link', url: 'https://a.example/', children })),
  ),
})).inline
const inlines = fc.array(inline, { maxLength: 3 })
const node: fc.Arbitrary<Node> = fc.letrec<{ node: Node }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 3 },
    inline,
    inlines.map((children) => paragraph(...children)),
    inlines.map((children): Node => ({ kind: 'heading', level: 1, children })),
    fc.string({ maxLength: 20 }).map((text) => pre(text, 'ts')),
    fc.array(tie('node'), { maxLength: 3 }).map((children) => fold(...children)),
    fc
      .array(fc.record({ children: fc.array(tie('node'), { maxLength: 3 }) }), { maxLength: 3 })
      .map((items): Node => ({ kind: 'list', start: 1, items })),
    fc
      .array(fc.tuple(inlines, inlines), { maxLength: 4 })
      .map((rows): Node => ({ kind: 'table', align: [], head: [['a'], ['b']], rows })),
  ),
})).node

describe('whatever the document', () => {
  test('its marks are never empty, stay within the text and never cross', () => {
    fc.assert(
      fc.property(fc.array(node, { maxLength: 5 }), (nodes) => {
        const { text, marks } = layout(nodes)
        const open: number[] = []
        let last = 0
        for (const { offset, length } of marks) {
          expect(length).toBeGreaterThan(0)
          expect(offset).toBeGreaterThanOrEqual(last)
          while (open.length > 0 && (open.at(-1) as number) <= offset) open.pop()
          expect(offset + length).toBeLessThanOrEqual(open.at(-1) ?? text.length)
          open.push(offset + length)
          last = offset
        }
      }),
    )
  })

  test('code is shown byte for byte', () => {
    fc.assert(
      fc.property(fc.array(node, { maxLength: 3 }), fc.string({ minLength: 1 }), (nodes, words) => {
        const { text, marks } = layout([...nodes, list([pre(words, 'last')])])
        const mark = marks.findLast(({ language }) => language === 'last')
        expect(text.slice(mark?.offset, (mark?.offset ?? 0) + (mark?.length ?? 0))).toBe(words)
      }),
    )
  })

  test('its beginning fits where it has to', () => {
    fc.assert(
      fc.property(fc.array(node, { maxLength: 5 }), fc.integer({ min: 0, max: 60 }), (nodes, limit) => {
        const clipped = clip(nodes, limit)
        expect(unitsOf(clipped)).toBeLessThanOrEqual(limit)
        expect(toPlain(clipped).isWellFormed() || !toPlain(nodes).isWellFormed()).toBe(true)
      }),
    )
  })
})
