/**
 * The one list of what a reader cannot see, or takes for something else. Whatever a person approves is shown through this:
 * what is shown must be what runs, so nothing is normalised, and nothing is left out.
 */

/** Controls, formats, lone surrogates, unassigned and private characters; odd spaces; what draws nothing at all. */
const UNSEEN = String.raw`[[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800\u{1D159}]--[\x20\n]]`

/** Combining marks that Telegram's server takes out of a text. */
const DROPPED = String.raw`[\u030A\u0333\u033F]`

/**
 * Drawn like a sign of ASCII that means something to a shell or in a path: `;`, `:`, `` ` ``, `-`, `.`, `/`, `\`, `|`, `*`, `~`, `K`.
 * Quotes, dashes and full-width signs as people type them are not among them: these look different, and prose is full of them.
 */
const TAKEN_FOR_ANOTHER =
  '[\\u037E\\u0387\\u0589\\u05C3\\u01C0\\u01C3\\u02D0\\u02F8\\uA789\\u2236\\uFE55\\u1FEF\\u02CB\\u2010\\u2011\\u2212\\uFE63\\u2024\\u2044\\u2215\\u29F8\\u2216\\u29F5\\u29F9\\uFE68\\u2223\\u2217\\u204E\\u223C\\u212A\\u212B\\u2126]'

/** An emoji as Unicode lists it is one sign, with the joiners and selectors in it; anywhere else those hide. */
const EMOJI = String.raw`(?=[\p{Extended_Pictographic}\p{Regional_Indicator}]|[0-9#*]\uFE0F)\p{RGI_Emoji}`

const MISREAD = new RegExp(`(${EMOJI})|${UNSEEN}|${DROPPED}|${TAKEN_FOR_ANOTHER}`, 'gv')
const DRAWS_NOTHING = new RegExp(`(${EMOJI})|${UNSEEN}`, 'gv')
const DRAWS_NOTHING_ON_PHONE = new RegExp(`(${EMOJI})|${UNSEEN}|${DROPPED}`, 'gv')

/** A text of these alone needs no slow look. */
const ORDINARY = /^[\x20-\x7e\n]*$/

/** So many blanks, or empty lines, push what follows out of sight. */
const MOST_BLANKS = 32
const MOST_EMPTY_LINES = 5

export interface Shown {
  text: string
  /** Something was made visible. */
  hidden: boolean
}

/** `⟦U+202E⟧`: a character by its number. */
export function mark(char: string): string {
  return `⟦U+${(char.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, '0')}⟧`
}

/** The text with each character replaced that draws nothing; emoji stay whole. */
export function eachUnseen(text: string, replace: (char: string) => string): string {
  return eachOf(DRAWS_NOTHING, text, replace)
}

function eachOf(pattern: RegExp, text: string, replace: (char: string) => string): string {
  if (ORDINARY.test(text)) return text
  return text.replace(pattern, (char, emoji?: string) => (emoji === undefined ? replace(char) : char))
}

/**
 * The text with everything in it made visible: characters that draw nothing or are drawn like others as ⟦U+202E⟧, long runs of
 * blanks and of empty lines as their number. Tabs become spaces, CRLF a newline. Nothing is left out.
 */
export function showUnseen(text: string): Shown {
  let hidden = false
  const seen = (words: string): string => {
    hidden = true
    return words
  }
  const shown = eachOf(MISREAD, text.replaceAll('\r\n', '\n').replaceAll('\t', '    '), (char) => seen(mark(char)))
  return { text: countRuns(shown, seen), hidden }
}

const COLOUR = /\x1b\[[0-9;:]*m/g

/**
 * A text in a log to read, which people follow with `tail -f`: what steers a terminal or turns the direction of reading is shown.
 * Colours are left out, what was written over gets a line, tabs stay.
 */
export function showInLog(text: string): string {
  return eachUnseen(text.replace(COLOUR, '').replace(/\r+\n?/g, '\n'), (char) => (char === '\t' ? char : mark(char)))
}

/** A line of JSON with the same; to whoever parses it nothing has changed. */
export function showInJson(line: string): string {
  return eachUnseen(line, (char) => (char === '\t' ? char : char.split('').map(escaped).join('')))
}

const escaped = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`

function countRuns(text: string, seen: (words: string) => string): string {
  return text
    .replace(new RegExp(` {${MOST_BLANKS + 1},}`, 'g'), (run) => seen(` ⟦${run.length} blanks⟧ `))
    .replace(new RegExp(`(?:^|\\n)(?:[ ]*\\n){${MOST_EMPTY_LINES + 1},}`, 'g'), (run, at: number) => {
      const lines = run.split('\n').length - (at === 0 ? 1 : 2)
      return seen(`${at === 0 ? '' : '\n'}⟦${lines} empty lines⟧\n`)
    })
}

/** The text without what draws nothing: for prose that binds nobody. Odd spaces become blanks. */
export function dropUnseen(text: string): string {
  return eachOf(DRAWS_NOTHING_ON_PHONE, text, (char) =>
    char === '\t' || /\p{Zs}/u.test(char) ? ' ' : /[\r\p{Zl}\p{Zp}]/u.test(char) ? '\n' : '',
  )
}
