import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { redactor } from '../../../src/redact/redact.ts'
import { hideIn } from '../../../src/text/document/hide.ts'
import { toPlain } from '../../../src/text/document/layout.ts'
import { fromMarkdown } from '../../../src/text/document/markdown.ts'
import { bold, code, type Inline, italic, link, paragraph } from '../../../src/text/document/nodes.ts'

const TOKEN = 'ghp_abcdefghijklmnopqrstuvwxyz0123456789'
const hide = redactor(['correct*horse*battery'])
/** As every surface shows the Markdown of others. */
const shown = (markdown: string) => toPlain(hideIn(fromMarkdown(hide(markdown)), hide), { writeLinks: true })
const [head, tail] = [TOKEN.slice(0, 12), TOKEN.slice(12)]

describe('what must not be shown', () => {
  it.each([
    ['bold', `${head}**${tail}**`],
    ['code', `${head}\`${tail}\``],
    ['struck out', `~~${head}~~${tail}`],
    ['an escape', `${head.replace('_', '\\_')}${tail}`],
    ['an entity', `&#103;${TOKEN.slice(1)}`],
    ['nothing to see', `${head}\u200b${tail}`],
    ['a link', `[${head}](https://a.example)${tail}`],
    ['an address', `[see](https://a.example/?t=${TOKEN})`],
    ['a heading', `# ${head}**${tail}**`],
    ['a quote in a list', `- > ${head}*${tail}*`],
    ['a table', `| a |\n| - |\n| ${head}**${tail}** |`],
    ['a block of code', `\`\`\`\n${TOKEN}\n\`\`\``],
    ['its own signs', 'it is correct*horse*battery here'],
  ])('is found through %s', (_, markdown) => {
    expect(shown(markdown)).not.toContain(tail)
    expect(shown(markdown)).not.toMatch(/correct.?horse/)
    expect(shown(markdown)).toContain('redacted')
  })

  it('takes its own marks along and leaves those around it', () => {
    const line = paragraph('A ', bold('key'), ' is ', head, code(tail), ' and ', italic('fine'))
    expect(hideIn([line], hide)).toEqual([paragraph('A ', bold('key'), ' is ', '[redacted]', ' and ', italic('fine'))])
    const harmless = fromMarkdown('**Done**: [here](https://a.example), `x`\n\n- a\n\n| a |\n|-|\n| b |\n\n---')
    expect(hideIn(harmless, hide)).toEqual(harmless)
  })

  it('is hidden whatever the words are made of', () => {
    const words = fc.oneof(fc.string({ maxLength: 6 }), fc.constantFrom('secret', 'sec', 'ret', 'se', 'cret', ' '))
    const { node } = fc.letrec<{ node: Inline }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 3 },
        words,
        words.map(code),
        fc.array(tie('node'), { maxLength: 3 }).map((inner) => bold(...inner)),
        fc.array(tie('node'), { maxLength: 3 }).map((inner) => link('https://a.example/', ...inner)[0] as Inline),
      ),
    }))
    const hideWord = (text: string) => text.replaceAll('secret', '•')
    const plain = (nodes: readonly Inline[]): string =>
      nodes.map((one) => (typeof one === 'string' ? one : 'text' in one ? one.text : plain(one.children))).join('')
    fc.assert(
      fc.property(fc.array(node, { maxLength: 6 }), (nodes) => {
        expect(plain(hideIn(nodes, hideWord) as Inline[])).toBe(hideWord(plain(nodes)))
      }),
    )
  })
})
