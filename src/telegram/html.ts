import { layout, type TextMark } from '../text/document/layout.ts'
import type { Node } from '../text/document/nodes.ts'

/** The only escaping of HTML in this room. */
function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

/** The server ignores marks beyond a hundred; ours end a little earlier, with whole words. */
const MAX_MARKS = 90

/** Writes a document for parse_mode HTML. */
export function toHtml(nodes: readonly Node[]): string {
  const { text, marks } = layout(nodes)
  const parts: string[] = []
  const open: { end: number; tag: string }[] = []
  let at = 0
  const writeTo = (end: number) => {
    parts.push(escapeHtml(text.slice(at, end)))
    at = end
  }
  const closeUntil = (offset: number) => {
    for (let last = open.at(-1); last !== undefined && last.end <= offset; last = open.at(-1)) {
      writeTo(last.end)
      parts.push(last.tag)
      open.pop()
    }
  }
  for (const mark of marks.slice(0, MAX_MARKS)) {
    closeUntil(mark.offset)
    writeTo(mark.offset)
    const [begin, end] = tagsOf(mark)
    parts.push(begin)
    open.push({ end: mark.offset + mark.length, tag: end })
  }
  closeUntil(Number.POSITIVE_INFINITY)
  writeTo(text.length)
  return parts.join('')
}

function tagsOf(mark: TextMark): [begin: string, end: string] {
  switch (mark.kind) {
    case 'bold':
      return ['<b>', '</b>']
    case 'italic':
      return ['<i>', '</i>']
    case 'strike':
      return ['<s>', '</s>']
    case 'code':
      return ['<code>', '</code>']
    case 'pre':
      return mark.language === undefined
        ? ['<pre>', '</pre>']
        : [`<pre><code class="language-${escapeHtml(mark.language)}">`, '</code></pre>']
    case 'quote':
      return ['<blockquote>', '</blockquote>']
    case 'fold':
      return ['<blockquote expandable>', '</blockquote>']
    case 'link':
      return [`<a href="${escapeHtml(mark.url ?? '')}">`, '</a>']
  }
}
