import { cut } from '../../text/cut.ts'
import { dropUnseen, showUnseen } from '../../text/unseen.ts'

/** The server turns a tab into one space, which breaks columns. */
const TAB = '    '

/** A text over several lines without what cannot be seen; indentation stays. For texts that bind nobody. */
export function readable(text: string): string {
  return dropUnseen(text.toWellFormed().normalize('NFC').replaceAll('\r\n', '\n').replaceAll('\t', TAB))
    .replace(/[ \t]+$/gm, '')
    .replace(/\n{3,}/g, '\n\n')
    .replace(/^\n+/, '')
    .trimEnd()
}

/**
 * A text on one line, at most `max` UTF-16 units: for titles, names, paths, labels. A person decides by these, so what cannot
 * be seen is shown.
 */
export function oneLine(text: string, max = 160): string {
  // What is far behind the cut need not be cleaned.
  const near = text.length > max * 20 ? text.slice(0, max * 20) : text
  return cut(showUnseen(near.trim().replace(/[ \t\r\n]+/g, ' ')).text, max)
}

/**
 * For what a person binds themselves to: nothing is left out, and what cannot be seen is shown as ⟦U+202E⟧. A command must
 * not read differently from what will run.
 */
export function reveal(text: string): { text: string; hidden: boolean } {
  const { text: shown, hidden } = showUnseen(text)
  return { text: shown.replace(/^\n+/, '').trimEnd(), hidden }
}
