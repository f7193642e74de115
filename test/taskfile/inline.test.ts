import fc from 'fast-check'
import type { Nodes } from 'mdast'
import remarkGfm from 'remark-gfm'
import remarkParse from 'remark-parse'
import { unified } from 'unified'
import { describe, expect, it } from 'vitest'
import { plainText } from '../../src/taskfile/text/inline.ts'

const remark = unified().use(remarkParse).use(remarkGfm).freeze()

function textOf(node: Nodes): string {
  if (node.type === 'html') return node.value
  if ('value' in node) return node.value
  if (node.type === 'image') return node.alt ?? ''
  return 'children' in node ? node.children.map(textOf).join('') : ''
}

describe('the text of a title', () => {
  it('is that of the tree that remark makes, whether it takes remark or not', () => {
    const bits = [
      'a',
      'b_c',
      ' ',
      '  ',
      '`',
      '``',
      '_',
      '*',
      '**',
      '~',
      '~~',
      '&',
      '&amp;',
      '<b>',
      '<',
      '>',
      '!',
      '[x](y)',
      '![x](y)',
      '\\',
      '.',
      'é',
      '(',
      'www.x.yz',
    ]
    const title = fc
      .array(fc.constantFrom(...bits), { minLength: 1, maxLength: 8 })
      .map((found) => `x${found.join('')}x`)
    fc.assert(
      fc.property(title, (markdown) => {
        const expected = textOf(remark.parse(`# ${markdown}`))
          .replace(/\s+/g, ' ')
          .trim()
        expect(plainText(markdown).replace(/\s+/g, ' ')).toBe(expected)
      }),
      { numRuns: 500 },
    )
  })

  it('is the title itself when it is too long for any', () => {
    expect(plainText(`*${'x'.repeat(300)}*`)).toBe(`*${'x'.repeat(300)}*`)
  })
})

it('shows inline HTML as it was written: nobody approves what is not seen', () => {
  expect(plainText('Mend <script src="x">it</script> <!-- rm -rf / --> now')).toBe(
    'Mend <script src="x">it</script> <!-- rm -rf / --> now',
  )
})
