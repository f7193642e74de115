import type { Nodes } from 'mdast'
import remarkGfm from 'remark-gfm'
import remarkParse from 'remark-parse'
import { unified } from 'unified'

const processor = unified().use(remarkParse).use(remarkGfm).freeze()

/** What may be markup, code aside; a text without any of it is what it is. */
const markup = /[\\*_[\]<>&~!]/
/** Longer texts stay as they are: no title is that long, and hostile ones would take their time. */
const longest = 300

/** The text of one line of Markdown without its markup, for titles: ``Fix `login` `` is `Fix login`. */
export function plainText(markdown: string): string {
  if (markdown.length > longest) return markdown
  const words = withoutCodeTicks(markdown)
  if (words !== undefined) return words
  // As a heading, so that nothing at its beginning is taken for a list, quote or fence.
  const text = textOf(processor.parse(`# ${markdown}`))
    .replace(/\s+/g, ' ')
    .trim()
  return text === '' ? markdown : text
}

/** The usual title, words and simple code, for which no parser is needed; it would take most of the time of a file. */
function withoutCodeTicks(markdown: string): string | undefined {
  const parts = markdown.split('`')
  const isPlain = parts.every((part, index) => {
    if (index % 2 === 1) return /^[^ ](?:.*[^ ])?$/.test(part)
    return (part !== '' || index === 0 || index === parts.length - 1) && !markup.test(part)
  })
  return isPlain && parts.length % 2 === 1 ? parts.join('') : undefined
}

function textOf(node: Nodes): string {
  if ('value' in node) return node.type === 'html' ? '' : node.value
  if ('alt' in node) return node.alt ?? ''
  return 'children' in node ? node.children.map(textOf).join('') : ''
}
