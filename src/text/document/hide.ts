import { type Block, type Inline, isBlock, type Node, safeUrl } from './nodes.ts'

/** Returns a text without what must not be shown. */
type Hide = (text: string) => string

/**
 * A tree whose words, as a reader sees them, are what `hide` makes of them. Marks go into the middle of a word: what is hidden
 * in `ghp_**abc…**` is found in no part of it, and neither in its Markdown.
 */
export function hideIn(nodes: readonly Node[], hide: Hide): Node[] {
  const safe: Node[] = []
  let line: Inline[] = []
  const endLine = () => {
    safe.push(...hideInLine(line, hide))
    line = []
  }
  for (const node of nodes) {
    if (isBlock(node)) {
      endLine()
      safe.push(hideInBlock(node, hide))
    } else line.push(node)
  }
  endLine()
  return safe
}

function hideInBlock(node: Block, hide: Hide): Block {
  switch (node.kind) {
    case 'paragraph':
    case 'heading':
      return { ...node, children: hideInLine(node.children, hide) }
    case 'pre':
      return { ...node, text: hide(node.text) }
    case 'quote':
      return { ...node, children: hideIn(node.children, hide) }
    case 'list':
      return { ...node, items: node.items.map((item) => ({ ...item, children: hideIn(item.children, hide) })) }
    case 'table': {
      const cell = (children: Inline[]) => hideInLine(children, hide)
      return { ...node, head: node.head.map(cell), rows: node.rows.map((row) => row.map(cell)) }
    }
    default:
      return node
  }
}

/** Only what is hidden loses its marks. */
function hideInLine(nodes: readonly Inline[], hide: Hide): Inline[] {
  const line = nodes.flatMap((node) => withSafeAddress(node, hide))
  const words = line.map(wordsOf).join('')
  const safe = hide(words)
  if (safe === words) return line
  const most = Math.min(words.length, safe.length)
  let same = 0
  while (same < most && words[same] === safe[same]) same++
  let after = 0
  while (after < most - same && words[words.length - 1 - after] === safe[safe.length - 1 - after]) after++
  const head = partOf(line, 0, same)
  const tail = partOf(line, words.length - after, words.length)
  return [...head, safe.slice(same, safe.length - after), ...tail].filter((node) => node !== '')
}

function withSafeAddress(node: Inline, hide: Hide): Inline[] {
  if (typeof node === 'string' || node.kind === 'code') return [node]
  const children = node.children.flatMap((child) => withSafeAddress(child, hide))
  if (node.kind !== 'link') return [{ ...node, children }]
  const url = hide(node.url)
  const safe = url === node.url ? url : safeUrl(url)
  return safe === undefined ? children : [{ ...node, url: safe, children }]
}

/** What is between two places of its words, with its marks. */
function partOf(nodes: readonly Inline[], from: number, to: number): Inline[] {
  const part: Inline[] = []
  let at = 0
  for (const node of nodes) {
    const { length } = wordsOf(node)
    const [start, end] = [Math.max(0, from - at), Math.min(length, to - at)]
    at += length
    if (start >= end) continue
    if (typeof node === 'string') part.push(node.slice(start, end))
    else if (node.kind === 'code') part.push({ ...node, text: node.text.slice(start, end) })
    else part.push({ ...node, children: partOf(node.children, start, end) })
  }
  return part
}

const wordsOf = (node: Inline): string =>
  typeof node === 'string' ? node : node.kind === 'code' ? node.text : node.children.map(wordsOf).join('')
