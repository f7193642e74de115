import { createRequire } from 'node:module'
import type { Nodes, Root } from 'mdast'

/**
 * Markdown of a page as somebody reads it there: without comments of HTML and the words behind pictures, which the page does not
 * show. In a block of code both are shown, and stay. Where whoever decides saw a page, the model must not see more than that.
 */
export function asRead(markdown: string): string {
  if (!/<|!\[/.test(markdown)) return markdown
  const gaps: { from: number; to: number; instead: string }[] = []
  const visit = (node: Nodes): void => {
    const from = node.position?.start.offset
    const to = node.position?.end.offset
    if (from === undefined || to === undefined) return
    if (node.type === 'html') gaps.push({ from, to, instead: visibleHtml(markdown.slice(from, to)) })
    else if (node.type === 'image' || node.type === 'imageReference') gaps.push({ from, to, instead: '[picture]' })
    else if ('children' in node) node.children.forEach(visit)
  }
  visit(parse(markdown))
  let out = ''
  let at = 0
  for (const { from, to, instead } of gaps) {
    out += markdown.slice(at, from) + instead
    at = to
  }
  return out + markdown.slice(at)
}

/** A comment that is not closed hides the rest. */
const visibleHtml = (html: string): string =>
  html
    .replace(/<!--[\s\S]*?(?:-->|$)/g, '')
    .replace(/<![\s\S]*?(?:>|$)|<\?[\s\S]*?(?:\?>|$)/g, '')
    .replace(/<(?:img|source|picture|video|audio)\b[\s\S]*?(?:>|$)/gi, '[picture]')

const load = createRequire(import.meta.url)

function parse(text: string): Root {
  const { unified } = load('unified') as typeof import('unified')
  const { default: remarkParse } = load('remark-parse') as typeof import('remark-parse')
  return unified().use(remarkParse).parse(text)
}
