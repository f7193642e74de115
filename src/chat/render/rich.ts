export type Tag = 'b' | 'i' | 's' | 'code' | 'pre' | 'quote' | 'fold'

/** Text with marks, as data: the one place where HTML is written is `toHtml`. */
export type Node = string | { tag: Tag; children: Node[]; language?: string }

export const bold = (...children: Node[]): Node => ({ tag: 'b', children })
export const italic = (...children: Node[]): Node => ({ tag: 'i', children })
export const code = (text: string): Node => ({ tag: 'code', children: [text] })
/** A monospaced block; `language` only colours it. */
export const pre = (text: string, language?: string): Node => ({
  tag: 'pre',
  children: [text],
  ...(language !== undefined && { language }),
})
export const quote = (...children: Node[]): Node => ({ tag: 'quote', children })
/** A quote that is folded until it is tapped. */
export const fold = (...children: Node[]): Node => ({ tag: 'fold', children })

/** The only escaping of HTML in this room. */
export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

/** The server ignores marks beyond a hundred; ours end a little earlier, with whole words. */
const MAX_MARKS = 90

/** Writes nodes for parse_mode HTML. */
export function toHtml(nodes: Node[]): string {
  let marks = 0
  const write = (node: Node): string => {
    if (typeof node === 'string') return escapeHtml(node)
    const inner = () => node.children.map(write).join('')
    if (marks >= MAX_MARKS || toPlain([node]) === '') return inner()
    marks++
    switch (node.tag) {
      case 'pre':
        return node.language === undefined
          ? `<pre>${inner()}</pre>`
          : `<pre><code class="language-${escapeHtml(node.language)}">${inner()}</code></pre>`
      case 'quote':
        return `<blockquote>${inner()}</blockquote>`
      case 'fold':
        return `<blockquote expandable>${inner()}</blockquote>`
      default:
        return `<${node.tag}>${inner()}</${node.tag}>`
    }
  }
  return nodes.map(write).join('')
}

/** The same words without marks. */
export function toPlain(nodes: Node[]): string {
  return nodes.map((node) => (typeof node === 'string' ? node : toPlain(node.children))).join('')
}

/** UTF-16 units as the server counts them. */
export function unitsOf(nodes: Node[]): number {
  return nodes.reduce((sum, node) => sum + (typeof node === 'string' ? node.length : unitsOf(node.children)), 0)
}
