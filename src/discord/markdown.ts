import { layout, type TextMark } from '../text/document/layout.ts'
import { type Node, safeUrl } from '../text/document/nodes.ts'

/** An address that is shown as it is, and opens; no preview of it is made. */
const ADDRESS = /https?:\/\/[^\s<>[\]()|*_~`\\"'@#]+/g

/**
 * The only escaping for Discord in this room: whatever a model or an outsider wrote mentions nobody, opens nothing by its own
 * name, begins no list, heading or quote, and hides nothing.
 */
export function escapeMarkdown(text: string): string {
  const parts: string[] = []
  let at = 0
  for (const { index, 0: address } of text.matchAll(ADDRESS)) {
    if (safeUrl(address) !== address) continue
    parts.push(escaped(text.slice(at, index)), `<${address}>`)
    at = index + address.length
  }
  parts.push(escaped(text.slice(at)))
  return parts.join('')
}

/** Every sign that can mean something, wherever it stands: a backslash before one is not shown. */
const escaped = (text: string): string => text.replace(/[\\`*_~|<>@#:[\]()\-+.]/g, '\\$&')

/** Writes a document in Discord's Markdown. */
export function toMarkdown(nodes: readonly Node[]): string {
  const { text, marks } = layout(nodes)
  return between(text, marks, { from: 0, to: text.length })
}

interface Stretch {
  from: number
  to: number
}

/** The marks that begin in a stretch, and plain words between them; what is inside a mark is written in the same way. */
function between(text: string, marks: readonly TextMark[], { from, to }: Stretch): string {
  const parts: string[] = []
  let at = from
  for (let i = 0; i < marks.length; i++) {
    const mark = marks[i] as TextMark
    const end = mark.offset + mark.length
    if (mark.offset < at || end > to) continue
    parts.push(escapeMarkdown(text.slice(at, mark.offset)))
    const inner = marks.slice(i + 1).filter((one) => one.offset >= mark.offset && one.offset + one.length <= end)
    parts.push(marked(text, mark, inner))
    at = end
  }
  parts.push(escapeMarkdown(text.slice(at, to)))
  return parts.join('')
}

/** Around words without their own blanks: `** x**` would be no mark. */
function wrapped(sign: string, words: string): string {
  const [, before = '', inner = '', after = ''] = /^(\s*)([\s\S]*?)(\s*)$/.exec(words) ?? []
  // A blank line ends a mark, and the sign would be shown.
  if (inner === '' || /\n\s*\n/.test(inner)) return words
  return `${before}${sign}${inner}${sign}${after}`
}

function marked(text: string, mark: TextMark, inner: readonly TextMark[]): string {
  const raw = text.slice(mark.offset, mark.offset + mark.length)
  const words = () => between(text, inner, { from: mark.offset, to: mark.offset + mark.length })
  switch (mark.kind) {
    case 'bold':
      return wrapped('**', words())
    case 'italic':
      return wrapped('*', words())
    case 'strike':
      return wrapped('~~', words())
    case 'code':
      // Inside of code nothing can be escaped.
      return raw.includes('`') || raw.trim() !== raw || raw.includes('\n') ? escapeMarkdown(raw) : `\`${raw}\``
    case 'pre':
      return preformatted(raw, mark.language)
    case 'quote':
    case 'fold':
      return words()
        .split('\n')
        .map((line) => `> ${line}`)
        .join('\n')
    case 'link':
      return `[${words().replace(/[<>]/g, '')}](<${mark.url ?? ''}>)`
  }
}

/** Signs that end a block of code too early cannot be escaped in it: then it is shown as words, and none of it is lost. */
function preformatted(raw: string, language: string | undefined): string {
  const isSafe = !raw.includes('``') && !raw.startsWith('\n') && !raw.endsWith('\n') && !raw.endsWith('`')
  if (!isSafe || raw.trim() === '') return escapeMarkdown(raw)
  const name = language !== undefined && /^[a-z0-9+-]{1,20}$/i.test(language) ? language : ''
  return `\`\`\`${name}\n${raw}\n\`\`\``
}
