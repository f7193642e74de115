import { createRequire } from 'node:module'
import type { Nodes, Root } from 'mdast'

/** What may be markup, code aside; a text without any of it is what it is. */
const markup = /[\\*[<~]|&[#\w]+;|(?<![\p{L}\p{N}_])_|_(?![\p{L}\p{N}_])/u
/** Longer texts stay as they are: no title is that long, and hostile ones would take their time. */
const longest = 300

/** The text of one line of Markdown without its markup, for titles: ``Fix `login` `` is `Fix login`. */
export function plainText(markdown: string): string {
  if (markdown.length > longest) return markdown
  const words = withoutCodeTicks(markdown)
  if (words !== undefined) return words
  // As a heading, so that nothing at its beginning is mistaken for a list, quote or fence.
  const text = textOf(parseMarkdown(`# ${markdown}`))
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

/** By remark, which is loaded here: that takes longer than all else at the start of a run, and few titles need it. */
function parseMarkdown(markdown: string): Root {
  const load = createRequire(import.meta.url)
  const { unified }: typeof import('unified') = load('unified')
  const { default: remarkParse }: typeof import('remark-parse') = load('remark-parse')
  const { default: remarkGfm }: typeof import('remark-gfm') = load('remark-gfm')
  return unified().use(remarkParse).use(remarkGfm).parse(markdown)
}

function textOf(node: Nodes): string {
  // HTML is shown as it was written: what a reader of the file sees, who approves must see, too.
  if ('value' in node) return node.value
  if ('alt' in node) return node.alt ?? ''
  return 'children' in node ? node.children.map(textOf).join('') : ''
}
