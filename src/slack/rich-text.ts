import { type Laid, layout, type TextMark } from '../text/document/layout.ts'
import type { Node } from '../text/document/nodes.ts'

type Style = Partial<Record<'bold' | 'italic' | 'strike' | 'code', true>>
/** A piece of a line. Its text is shown as it is: nothing in it is a mark, a link or a mention. */
export type RichPiece =
  | { type: 'text'; text: string; style?: Style }
  | { type: 'link'; url: string; text: string; style?: Style }
  | { type: 'user'; user_id: string }
  | { type: 'usergroup'; usergroup_id: string }

export interface RichPart {
  type: 'rich_text_section' | 'rich_text_preformatted' | 'rich_text_quote'
  elements: RichPiece[]
}

const BLOCK_OF = { pre: 'rich_text_preformatted', quote: 'rich_text_quote', fold: 'rich_text_quote' } as const

/** Writes a document as rich text, which needs no escaping: what a model wrote cannot become a mention. */
export function toRichText(nodes: readonly Node[]): RichPart[] {
  const laid = layout(nodes)
  return stretches(laid).flatMap(({ from, to, type }): RichPart[] => {
    // Blocks stand on lines of their own.
    const text = laid.text.slice(from, to)
    const start = from + (from > 0 ? leading(text) : 0)
    const end = to - (to < laid.text.length ? trailing(text) : 0)
    const elements = start < end ? pieces(laid, start, end, type === 'rich_text_preformatted') : []
    return elements.length > 0 ? [{ type, elements }] : []
  })
}

const leading = (text: string) => /^\n*/.exec(text)?.[0].length ?? 0
const trailing = (text: string) => /\n*$/.exec(text)?.[0].length ?? 0

interface Stretch {
  from: number
  to: number
  type: RichPart['type']
}

/** The text cut where a block begins or ends. A block of code within a quote stands for itself: Slack has none within quotes. */
function stretches({ text, marks }: Laid): Stretch[] {
  const blocks = marks.filter((mark) => mark.kind in BLOCK_OF)
  const edges = new Set([0, text.length])
  for (const { offset, length } of blocks) edges.add(offset).add(offset + length)
  const places = [...edges].sort((a, b) => a - b)
  return places.slice(1).map((to, i) => {
    const from = places[i] as number
    const inside = blocks.filter((mark) => mark.offset <= from && to <= mark.offset + mark.length)
    const block = inside.find(({ kind }) => kind === 'pre') ?? inside[0]
    return { from, to, type: block ? BLOCK_OF[block.kind as keyof typeof BLOCK_OF] : 'rich_text_section' }
  })
}

function pieces({ text, marks }: Laid, from: number, to: number, isPlain: boolean): RichPiece[] {
  const inside = marks.filter(
    ({ kind, offset, length }) => !(kind in BLOCK_OF) && offset < to && offset + length > from,
  )
  const edges = new Set([from, to])
  for (const { offset, length } of inside) edges.add(Math.max(from, offset)).add(Math.min(to, offset + length))
  const places = [...edges].sort((a, b) => a - b)
  return places.slice(1).map((end, i) => {
    const start = places[i] as number
    const here = inside.filter((mark) => mark.offset <= start && end <= mark.offset + mark.length)
    const words = text.slice(start, end)
    if (isPlain) return { type: 'text', text: words }
    const style = styleOf(here)
    const url = here.find(({ kind }) => kind === 'link')?.url
    return url === undefined ? { type: 'text', text: words, ...style } : { type: 'link', url, text: words, ...style }
  })
}

function styleOf(marks: TextMark[]): { style?: Style } {
  const style: Style = {}
  for (const { kind } of marks)
    if (kind === 'bold' || kind === 'italic' || kind === 'strike' || kind === 'code') style[kind] = true
  return Object.keys(style).length > 0 ? { style } : {}
}
