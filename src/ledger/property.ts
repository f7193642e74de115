import type { PropertyType } from '../core/ledger-properties.ts'
import { cut } from '../text/cut.ts'
import { dropUnseen } from '../text/unseen.ts'
import type { Fact } from './facts.ts'

const PIECE_UNITS = 2_000
const MOST_PIECES = 100
const LONGEST_URL = 2_000
const LONGEST_OPTION = 100
const MOST_OPTIONS = 100

/**
 * A fact as the value of a property, within the limits that would have Notion refuse the whole page. What does not fit the type is
 * shown as nothing. Pure.
 */
export function propertyValue(type: PropertyType, fact: Fact): object {
  switch (type) {
    case 'title':
      return { title: piecesOf(fact) }
    case 'rich_text':
      return { rich_text: piecesOf(fact) }
    case 'number':
      return { number: typeof fact === 'number' && Number.isFinite(fact) ? fact : null }
    case 'select': {
      const [name] = optionsOf(Array.isArray(fact) ? fact.join(' ') : fact)
      return { select: name === undefined ? null : { name } }
    }
    case 'multi_select':
      return { multi_select: [...new Set(optionsOf(fact))].slice(0, MOST_OPTIONS).map((name) => ({ name })) }
    case 'date':
      return { date: isDate(fact) ? { start: fact.toISOString() } : null }
    case 'checkbox':
      return { checkbox: fact === true }
    case 'url':
      return { url: typeof fact === 'string' && isUrl(fact) ? fact : null }
  }
}

const isDate = (fact: Fact): fact is Date => fact instanceof Date && !Number.isNaN(fact.getTime())
const isUrl = (text: string): boolean => text.length <= LONGEST_URL && /^https?:\/\//.test(text) && URL.canParse(text)

function wordsOf(fact: Fact): string {
  if (fact === undefined) return ''
  if (fact instanceof Date) return isDate(fact) ? fact.toISOString() : ''
  return dropUnseen((Array.isArray(fact) ? fact.join('\n') : String(fact)).toWellFormed())
}

/** A text in pieces; one that would be torn in the middle of a character goes to the next piece. */
function piecesOf(fact: Fact): { text: { content: string } }[] {
  const text = cut(wordsOf(fact), PIECE_UNITS * MOST_PIECES - MOST_PIECES)
  const pieces: string[] = []
  for (let at = 0; at < text.length; ) {
    let to = Math.min(text.length, at + PIECE_UNITS)
    if (to < text.length && isHighSurrogate(text.charCodeAt(to - 1))) to--
    pieces.push(text.slice(at, to))
    at = to
  }
  return pieces.map((content) => ({ text: { content } }))
}

const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff

/** Names of options: no commas, no line ends, not empty. */
function optionsOf(fact: Fact): string[] {
  return (Array.isArray(fact) ? fact : [fact])
    .map((one) => cut(wordsOf(one).replaceAll(',', ' ').replace(/\s+/g, ' ').trim(), LONGEST_OPTION))
    .filter((name) => name !== '')
}
