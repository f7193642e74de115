// Words with headings, lists, code, tables and links, as the API gives them: a tree of strings and nodes with a `kind`.

import { h, outward } from '../dom.js'

/** The element of a whole document. */
export const documentOf = (nodes) => h('div', { class: 'document' }, grouped(nodes))

const BLOCKS = new Set(['paragraph', 'heading', 'pre', 'quote', 'list', 'table', 'rule'])
const isBlock = (node) => BLOCKS.has(node?.kind)

/** Strings and inline nodes between blocks become paragraphs. */
function grouped(nodes) {
  const elements = []
  let open = []
  const close = () => {
    if (open.length > 0) elements.push(h('p', {}, open.map(inline)))
    open = []
  }
  for (const node of nodes) {
    if (!isBlock(node)) open.push(node)
    else {
      close()
      elements.push(block(node))
    }
  }
  close()
  return elements
}

function block(node) {
  switch (node.kind) {
    // The page has its own headings above; all of these stand one below.
    case 'heading':
      return h('h3', { class: `level-${Math.min(node.level, 4)}` }, node.children.map(inline))
    case 'pre':
      return h('pre', { class: 'block', tabindex: '0', 'aria-label': node.language ?? 'Code' }, node.text)
    case 'quote':
      return h('blockquote', {}, grouped(node.children))
    case 'list':
      return h(
        node.start === undefined ? 'ul' : 'ol',
        { start: node.start },
        node.items.map(({ checked, children }) =>
          h('li', {}, checked === undefined ? '' : checked ? '☑ ' : '☐ ', itemOf(children)),
        ),
      )
    case 'table':
      return table(node)
    case 'rule':
      return h('hr')
    default:
      return h('p', {}, node.children.map(inline))
  }
}

/** A short item is its words, without a paragraph around them. */
const itemOf = (children) =>
  children.map((child) => (child.kind === 'paragraph' ? h('span', {}, child.children.map(inline)) : grouped([child])))

function table({ align, head, rows }) {
  const cell = (tag) => (words, i) => h(tag, { class: align[i] === 'left' ? '' : align[i] }, words.map(inline))
  return h(
    'div',
    { class: 'wide', tabindex: '0', role: 'region', 'aria-label': 'Table' },
    h(
      'table',
      {},
      h('thead', {}, h('tr', {}, head.map(cell('th')))),
      h(
        'tbody',
        {},
        rows.map((row) => h('tr', {}, row.map(cell('td')))),
      ),
    ),
  )
}

const TAGS = { bold: 'strong', italic: 'em', strike: 's' }

function inline(node) {
  if (typeof node === 'string') return node
  if (node.kind === 'code') return h('code', {}, node.text)
  if (node.kind === 'link') return outward(node.url, node.children.map(inline))
  return h(TAGS[node.kind] ?? 'span', {}, (node.children ?? []).map(inline))
}
