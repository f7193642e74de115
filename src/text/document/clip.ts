import { cut } from '../cut.ts'
import { unitsOf } from './layout.ts'
import type { Node } from './nodes.ts'

/**
 * The beginning of a tree within `limit` UTF-16 units, whatever its marks: the last resort where nothing was cut before it was
 * formatted. A text that is cut ends in an ellipsis.
 */
export function clip(nodes: readonly Node[], limit: number): Node[] {
  if (unitsOf(nodes) <= limit) return [...nodes]
  let room = limit
  // What keeps blocks apart is counted with the whole only, so it may take more than one look.
  for (;;) {
    const kept = room > 0 ? headOf(nodes, room) : []
    const over = unitsOf(kept) - limit
    if (over <= 0) return kept
    room -= over
  }
}

function headOf(nodes: readonly Node[], limit: number): Node[] {
  const kept: Node[] = []
  let left = limit
  for (const node of nodes) {
    if (left <= 0) break
    const units = unitsOf([node])
    kept.push(units <= left ? node : clipped(node, left))
    left -= units
  }
  return kept
}

function clipped(node: Node, limit: number): Node {
  if (typeof node === 'string') return cut(node, limit)
  switch (node.kind) {
    case 'code':
    case 'pre':
      return { ...node, text: cut(node.text, limit) }
    case 'list': {
      const items: typeof node.items = []
      let left = limit
      for (const item of node.items) {
        const children = headOf(item.children, left)
        if (children.length > 0) items.push({ ...item, children })
        left -= unitsOf([{ ...node, items: [item] }]) + 1
        if (left <= 0) break
      }
      return { ...node, items }
    }
    case 'table': {
      let rows = node.rows
      while (rows.length > 0 && unitsOf([{ ...node, rows }]) > limit) rows = rows.slice(0, Math.floor(rows.length / 2))
      return { ...node, rows }
    }
    case 'rule':
      return node
    case 'quote':
      return { ...node, children: headOf(node.children, limit) }
    default:
      // What is inside inline nodes is inline again.
      return { ...node, children: headOf(node.children, limit) as typeof node.children }
  }
}
