import { mixedWords } from '../../text/scripts.ts'
import { showUnseen } from '../../text/unseen.ts'

/**
 * Text of others as it may be shown on a terminal: what would steer the terminal, or make something else be seen than is
 * there, becomes visible. A person decides on this text.
 */
export const clean = (text: string): string => showUnseen(text).text

/** The same in one line. */
export function cleanLine(text: string): string {
  return clean(text.trim().replace(/[ \t\r\n]+/g, ' '))
}

/** Named below a text that is approved, where a word of it mixes scripts. */
export function mixedLine(text: string): string | undefined {
  const words = mixedWords(text)
  return words.length === 0 ? undefined : `Letters from several scripts in one word: ${clean(words.join('; '))}`
}
