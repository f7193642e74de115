import { pre } from '../../text/document/nodes.ts'
import { reveal } from './clean.ts'
import type { MessageSection } from './compose.ts'

/** What a person reads in the chat at a glance; a longer difference is a document. */
const MAX_LINES = 30
const MAX_UNITS = 1_500

/** A difference that needs no document, as a part of a message; undefined where it is too long for that. */
export function shortPatch(patch: string): MessageSection | undefined {
  const { text } = reveal(patch)
  if (text.length > MAX_UNITS || text.split('\n').length > MAX_LINES) return undefined
  return text === '' ? false : { text, as: (shown) => [pre(shown, 'diff')], keep: 'ends' }
}
