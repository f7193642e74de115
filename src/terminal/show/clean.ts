import { mixedWords } from '../../text/scripts.ts'
import { showUnseen } from '../../text/unseen.ts'

/** Controls have pictures of their own. */
const CONTROLS = /[\x00-\x08\x0b-\x1f\x7f]/g

/**
 * Text of others as it may be shown on a terminal: what would steer the terminal, or make something else be seen than is
 * there, becomes visible. A person decides on this text. Tabs become spaces, CRLF a newline.
 */
export function clean(text: string): string {
  const pictured = text
    .replaceAll('\r\n', '\n')
    .replace(CONTROLS, (char) => (char === '\x7f' ? '\u2421' : String.fromCharCode(0x2400 + char.charCodeAt(0))))
  return showUnseen(pictured).text
}

/** The same in one line. */
export function oneLine(text: string): string {
  return clean(text.trim().replace(/[ \t\r\n]+/g, ' '))
}

/** Named below a text that is approved, where a word of it mixes scripts. */
export function mixedLine(text: string): string | undefined {
  const words = mixedWords(text)
  return words.length === 0 ? undefined : `Letters of several scripts in one word: ${clean(words.join('; '))}`
}
