import fc from 'fast-check'
import remarkGfm from 'remark-gfm'
import remarkParse from 'remark-parse'
import { unified } from 'unified'
import { describe, expect, it } from 'vitest'
import { LineKind, lineKinds } from '../../src/taskfile/text/blocks.ts'
import { lineText, splitLines } from '../../src/taskfile/text/lines.ts'
import { blockText } from './hostile.ts'

const remark = unified().use(remarkParse).use(remarkGfm).freeze()

/** Headings, list items and rules at the root of the document, as remark sees them. */
function seenByRemark(text: string): string[] {
  return remark
    .parse(text)
    .children.flatMap((node) => {
      const { start, end } = node.position!
      if (node.type === 'list') return node.children.map((item) => `${item.position!.start.line} item`)
      if (node.type === 'thematicBreak') return `${start.line} rule`
      if (node.type !== 'heading') return []
      if (start.line === end.line) return `${start.line} heading ${node.depth}`
      return node.depth === 2 && end.line === start.line + 1 ? `${start.line} underlined` : []
    })
    .sort()
}

function seenHere(text: string): string[] {
  const lines = splitLines(text)
  const kinds = lineKinds(lines)
  return [...kinds]
    .flatMap((kind, line) => {
      if (kind === LineKind.item) return `${line + 1} item`
      if (kind === LineKind.rule) return `${line + 1} rule`
      if (kind === LineKind.heading) return `${line + 1} heading ${/#+/.exec(lineText(lines, line))![0].length}`
      const isUnderlined =
        kind === LineKind.text && kinds[line + 1] === LineKind.underline && kinds[line - 1] !== LineKind.text
      return isUnderlined ? `${line + 1} underlined` : []
    })
    .sort()
}

/**
 * Left out, because micromark itself leaves the specification there or a table or definition takes the line away: empty
 * list items, tables, link definitions.
 */
const leftOut = /(?:^|[\r\n])[ >\t]*(?:(?:[-+*]|1[.)])[ \t]*)+(?:[\r\n]|$)|\||\]:/

describe('the kinds of lines', () => {
  it('are those that remark finds, whatever is nested, indented or left open', () => {
    fc.assert(
      fc.property(blockText, (text) => {
        fc.pre(!leftOut.test(text))
        expect(seenHere(text)).toEqual(seenByRemark(text))
      }),
      {
        numRuns: 1_000,
        examples: [['- a\n<x-y>\n   ## H'], ['>    </x>\n ## H'], ['<!-->\n## H'], ['-\t\t## H\n## I']],
      },
    )
  })

  it.each([
    ['a paragraph is not interrupted by a list that begins with two', 'text\n2. b\n   ## H', ['3 heading 2']],
    ['a list goes on with any number', '1. a\n2. b\n   ## H', ['1 item', '2 item']],
    ['an empty item does not interrupt a paragraph', 'text\n-\n', ['1 underlined']],
    ['an empty item ends at a blank line', '-\n\n  ## H', ['1 item', '3 heading 2']],
    ['a heading ends a quote', '> a\n## H', ['2 heading 2']],
    ['an unclosed fence goes on to the end', '```\n## H\n\n## I', []],
    ['a fence in a quote ends with it', '> ```\n## H', ['2 heading 2']],
    ['a tab is as wide as it reaches', '-\ta\n\n\t## H\n  ## I', ['1 item', '4 heading 2']],
    ['a carriage return ends a line', '## A\r## B\r\n## C', ['1 heading 2', '2 heading 2', '3 heading 2']],
    ['a byte order mark is no part of the first line', '\ufeff## A', ['1 heading 2']],
  ])('%s', (_, text, expected) => {
    expect(seenHere(text)).toEqual(expected)
  })
})
