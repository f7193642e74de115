import { cut, cutMiddle, cutStart } from '../../text/cut.ts'
import { clip } from '../../text/document/clip.ts'
import { unitsOf } from '../../text/document/layout.ts'
import type { Node } from '../../text/document/nodes.ts'

/** A part of a message that is shown as it is. */
type Fixed = Node[]
/** A part that gives way when a message gets too long. */
export interface Flexible {
  text: string
  as: (text: string) => Node[]
  keep: 'head' | 'tail' | 'ends'
  /** Lines shown at the most, where both ends are kept. */
  maxLines?: number
}
/** `false` and undefined mean a part that is not there. */
export type MessageSection = Fixed | Flexible | false | undefined

export interface Composed {
  nodes: Node[]
  /** Nothing was left out. */
  whole: boolean
}

/** The server takes 4,096; the rest is room for a hint, a decision, a note that it was sent again. */
const BODY_UNITS = 3_500
/** What has to come as a document anyway is kept to about two screens of a phone. */
const SHORT_UNITS = 1_600
/** The same where the lines are short. */
const SHORT_LINES = 32
/** With a hint or a note below the body. */
export const OPEN_UNITS = 3_750
/** With a decision below the body; nothing is added to that but the name of the project. */
export const CLOSED_UNITS = 4_050

const BETWEEN = '\n\n'

/** Puts sections together with a blank line between them, within `limit` UTF-16 units; cuts before anything is formatted. */
export function compose(sections: MessageSection[], limit = BODY_UNITS): Composed {
  const present = sections
    .filter((s) => s !== undefined && s !== false)
    .filter((s) => (Array.isArray(s) ? unitsOf(s) > 0 : s.text !== ''))
  const fixedUnits = present.reduce((sum, s) => sum + (Array.isArray(s) ? unitsOf(s) : unitsOf(s.as(''))), 0)
  const room = limit - fixedUnits - BETWEEN.length * Math.max(0, present.length - 1)
  const shares = share(
    present.map((s) => (Array.isArray(s) ? 0 : s.text.length)),
    Math.max(0, room),
  )
  let whole = true
  const nodes = present.flatMap((section, i): Node[] => {
    const before = i === 0 ? [] : [BETWEEN]
    if (Array.isArray(section)) return [...before, ...section]
    const max = shares[i] as number
    const shown = CUTS[section.keep](section.text, max, section.maxLines)
    if (shown !== section.text) whole = false
    return [...before, ...section.as(shown)]
  })
  if (unitsOf(nodes) <= limit) return { nodes, whole }
  return { nodes: clip(nodes, limit), whole: false }
}

/**
 * Whole where that is possible; otherwise short, for a document will have the whole. `below`: units that come after it in
 * a message that nothing is ever added to.
 */
export function composeWholeOrShort(sections: MessageSection[], below = 0): Composed {
  const limit = Math.min(BODY_UNITS, CLOSED_UNITS - below - BETWEEN.length)
  const full = compose(sections, limit)
  if (full.whole) return full
  return { nodes: compose(sections.map(fewLines), Math.min(SHORT_UNITS, limit)).nodes, whole: false }
}

/** Short lines fill a screen long before they fill a message. */
function fewLines(section: MessageSection): MessageSection {
  if (!section || Array.isArray(section)) return section
  return { ...section, maxLines: SHORT_LINES }
}

const CUTS = { head: cut, tail: cutStart, ends: cutMiddle }

/** Gives each what it wants while there is room; the long ones share the rest evenly. */
function share(wanted: number[], room: number): number[] {
  const given = wanted.map(() => 0)
  let left = room
  const order = wanted.map((_, i) => i).sort((a, b) => (wanted[a] as number) - (wanted[b] as number))
  order.forEach((index, done) => {
    const fair = Math.floor(left / (order.length - done))
    given[index] = Math.min(wanted[index] as number, fair)
    left -= given[index]
  })
  return given
}
