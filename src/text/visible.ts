/**
 * What steers a terminal or turns the direction of reading: a log is looked at with `tail -f`, and what programs and
 * agents print must not do anything there. Line ends and tabs stay.
 */
const STEERS = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g

const COLOUR = /\x1b\[[0-9;:]*m/g

/** A line of JSON with the same; to whoever parses it nothing has changed. */
export function visibleJson(line: string): string {
  return line.replace(STEERS, (character) => escaped(character))
}

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`

/** A text with these made visible, as `\x1b` and `\u202e`; colours are left out, and what was written over gets a line. */
export function visible(text: string): string {
  return text
    .replace(COLOUR, '')
    .replace(/\r+\n?/g, '\n')
    .replace(STEERS, (character) => {
      const code = character.charCodeAt(0).toString(16)
      return code.length <= 2 ? `\\x${code.padStart(2, '0')}` : `\\u${code.padStart(4, '0')}`
    })
}
