import { pre } from '../../text/document/nodes.ts'
import { readable, reveal } from './clean.ts'
import type { MessageSection } from './compose.ts'

/** A text with lines of files in it, which stand in a block of their own: nothing in them is read as anything else. */
export function aroundLines(text: string, hunks: string): MessageSection[] {
  const at = text.indexOf(hunks)
  const words = (part: string): MessageSection => ({ text: readable(part), as: (shown) => [shown], keep: 'ends' })
  return [
    words(text.slice(0, at)),
    { text: reveal(hunks).text, as: (shown) => [pre(shown)], keep: 'ends' },
    words(text.slice(at + hunks.length)),
  ]
}
