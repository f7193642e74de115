import { cut } from './cut.ts'

/** Code points that the server takes out of a text, or that no screen shows, as first and last. */
const UNSEEN: readonly (readonly [number, number])[] = [
  [0x00, 0x09], // controls
  [0x0b, 0x1f],
  [0x7f, 0x9f],
  [0xad, 0xad], // soft hyphen
  [0x30a, 0x30a], // combining marks that the server drops
  [0x333, 0x333],
  [0x33f, 0x33f],
  [0x34f, 0x34f],
  [0x61c, 0x61c], // direction marks
  [0x115f, 0x1160], // fillers
  [0x17b4, 0x17b5],
  [0x180e, 0x180e],
  [0x200b, 0x200f], // zero width, direction marks
  [0x2028, 0x202e], // line separators, direction overrides
  [0x2060, 0x206f],
  [0x2800, 0x2800], // blank Braille
  [0x3164, 0x3164],
  [0xfe00, 0xfe0d], // variation selectors that no emoji needs
  [0xfeff, 0xfeff],
  [0xffa0, 0xffa0],
  [0xfff9, 0xfffb],
  [0xe0000, 0xe01ef], // tags and variation selectors, which can carry whole hidden texts
]

/** A zero-width joiner between two pictographs is part of an emoji; anywhere else it hides. */
const JOINED = '\\p{Extended_Pictographic}\\uFE0F?\\p{Emoji_Modifier}?\\u200D(?=\\p{Extended_Pictographic})'
const RANGES = UNSEEN.map(([first, last]) => `\\u{${first.toString(16)}}-\\u{${last.toString(16)}}`).join('')
const JOINED_OR_UNSEEN = new RegExp(`${JOINED}|[${RANGES}]`, 'gu')
const IS_JOINED = new RegExp(`^${JOINED.replace(/\(.*/, '')}`, 'u')

function eachUnseen(text: string, replace: (char: string) => string): string {
  return text.normalize('NFC').replace(JOINED_OR_UNSEEN, (match) => (IS_JOINED.test(match) ? match : replace(match)))
}

/** The server turns a tab into one space, which breaks columns. */
const TAB = '    '

/** A text over several lines without what cannot be seen; indentation stays. */
export function tidy(text: string): string {
  return eachUnseen(text.toWellFormed().replaceAll('\r\n', '\n').replaceAll('\t', TAB), (char) =>
    char === '\r' ? '\n' : '',
  )
    .replace(/[ \t]+$/gm, '')
    .replace(/\n{3,}/g, '\n\n')
    .replace(/^\n+/, '')
    .trimEnd()
}

/** A text on one line, at most `max` UTF-16 units: for titles, names, paths. */
export function oneLine(text: string, max = 160): string {
  // What stands far behind the cut need not be cleaned.
  const near = text.length > max * 20 ? text.slice(0, max * 20) : text
  return cut(tidy(near).replace(/\s+/g, ' ').trim(), max)
}

/**
 * For what a person binds themselves to: nothing is left out, and what cannot be seen is shown as ⟦U+202E⟧. A command must
 * not read differently from what will run.
 */
export function reveal(text: string): { text: string; hidden: boolean } {
  let hidden = false
  const shown = eachUnseen(text.toWellFormed().replaceAll('\r\n', '\n').replaceAll('\t', TAB), (char) => {
    hidden = true
    return `⟦U+${(char.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, '0')}⟧`
  })
  return { text: shown.replace(/^\n+/, '').trimEnd(), hidden }
}
