/**
 * The one list of what a reader cannot see, or takes for something else. Whatever a person approves is shown through this:
 * what is shown must be what runs, so nothing is normalised, and nothing is left out.
 */

/** Controls, formats, lone surrogates, unassigned and private characters; odd spaces; what draws nothing at all. */
const UNSEEN = String.raw`[[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800\u{1D159}]--[\x20\n]]`

/** Combining marks that Telegram's server takes out of a text. */
const DROPPED = String.raw`[\u030A\u0333\u033F]`

/**
 * Our own mark's first sign, so that nobody can write one; and what is drawn like a sign of ASCII that means something to a shell or in a path: `;`, `:`, `` ` ``, `-`, `.`, `/`, `\`, `|`, `*`, `~`, `K`.
 * Quotes, dashes and full-width signs as people type them are not among them: these look different, and prose is full of them.
 */
const TAKEN_FOR_ANOTHER =
  '[\\u27E6\\u037E\\u0387\\u0589\\u05C3\\u01C0\\u01C3\\u02D0\\u02F8\\uA789\\u2236\\uFE55\\u1FEF\\u02CB\\u2010\\u2011\\u2212\\uFE63\\u2024\\u2044\\u2215\\u29F8\\u2216\\u29F5\\u29F9\\uFE68\\u2223\\u2217\\u204E\\u223C\\u212A\\u212B\\u2126]'

/** An emoji as Unicode lists it is one sign, with the joiners and selectors in it; anywhere else those hide. */
const EMOJI = String.raw`(?=[\p{Extended_Pictographic}\p{Regional_Indicator}]|[0-9#*]\uFE0F)\p{RGI_Emoji}`

/** Expressions over Unicode's tables take some 20 ms to make: a command that shows plain ASCII has no use for them. */
const lazily = (pattern: string, flags: string): (() => RegExp) => {
  let made: RegExp | undefined
  return () => {
    made ??= new RegExp(pattern, flags)
    return made
  }
}

const wholeEmoji = lazily(EMOJI, 'vy')
const beginsEmoji = lazily(String.raw`^[\p{Extended_Pictographic}\p{Regional_Indicator}]$`, 'v')

const MISREAD = eachLike(`${UNSEEN}|${DROPPED}|${TAKEN_FOR_ANOTHER}`)
const DRAWS_NOTHING = eachLike(UNSEEN)
const DRAWS_NOTHING_ON_PHONE = eachLike(`${UNSEEN}|${DROPPED}`)

/** A text of these alone needs no slow look. */
const ORDINARY = /^[\x20-\x7e\n]*$/

/** So many blanks, or empty lines, push what follows out of sight. */
const MOST_BLANKS = 32
const MOST_EMPTY_LINES = 5
/** More marks of the same in a row are counted where a log is. */
const MOST_MARKS = 8

export interface Shown {
  text: string
  /** Something was made visible. */
  hidden: boolean
}

/** `⟦U+202E⟧`: a character by its number. */
function mark(char: string): string {
  const known = MARKS.get(char)
  if (known !== undefined) return known
  const made = `⟦U+${(char.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, '0')}⟧`
  if (MARKS.size < MOST_KEPT_MARKS) MARKS.set(char, made)
  return made
}

const MARKS = new Map<string, string>()
const MOST_KEPT_MARKS = 1_000

/** The text with each character replaced that draws nothing; emoji stay whole. */
export function eachUnseen(text: string, replace: (char: string) => string): string {
  return DRAWS_NOTHING(text, (char, times) => replace(char).repeat(times))
}

/** Gets a character, and how often it occurs in a row. */
type Replace = (char: string, times: number) => string

/**
 * Replaces such characters. Output of programs goes through this, and may consist entirely of such characters: no expression is asked
 * twice about the same one.
 */
function eachLike(pattern: string): (text: string, replace: Replace) => string {
  const one = lazily(`^(?:${pattern})$`, 'v')
  let known: Uint8Array | undefined
  const kindOf = (point: number): number => {
    known ??= new Uint8Array(0x110000)
    let kind = known[point]
    if (!kind) {
      const char = String.fromCodePoint(point)
      kind = ASKED | (one().test(char) ? FOUND : 0) | (beginsEmoji().test(char) ? BEGINS : 0)
      known[point] = kind
    }
    return kind
  }
  return (text, replace) => {
    if (ORDINARY.test(text)) return text
    let out = ''
    let from = 0
    let [last, lastTimes, lastText] = [-1, 0, '']
    for (let at = 0; at < text.length; ) {
      const unit = text.charCodeAt(at)
      if (isOrdinary(unit) && text.charCodeAt(at + 1) !== EMOJI_FOLLOWS) {
        at++
        continue
      }
      if (isPlain(unit) && (at + 1 === text.length || isOrdinary(text.charCodeAt(at + 1)))) {
        at++
        continue
      }
      const point = text.codePointAt(at) as number
      const units = point > 0xffff ? 2 : 1
      const kind = kindOf(point)
      if (kind & BEGINS || text.charCodeAt(at + 1) === EMOJI_FOLLOWS) {
        const emoji = wholeEmoji()
        emoji.lastIndex = at
        if (emoji.test(text)) {
          at = emoji.lastIndex
          continue
        }
      }
      if (kind & FOUND) {
        let end = at + units
        while (text.codePointAt(end) === point) end += units
        const times = (end - at) / units
        if (point !== last || times !== lastTimes) {
          lastText = replace(String.fromCodePoint(point), times)
          last = point
          lastTimes = times
        }
        if (from < at) out += text.slice(from, at)
        out += lastText
        from = at = end
      } else at += units
    }
    if (from === 0) return text
    return out + text.slice(from)
  }
}

/**
 * Letters of the west of Europe, and the signs that Baton's own lines begin with or that stand in most prose. None of them is in one of
 * the lists, or an emoji while something ordinary follows: whoever writes nothing else needs no expression.
 */
const isPlain = (unit: number): boolean => (unit >= 0xc0 && unit <= 0xff) || PLAIN.has(unit)
const PLAIN = new Set(Array.from('▶■→✓✗«»·…–—‘’“”„•§°', (sign) => sign.charCodeAt(0)))
const isOrdinary = (unit: number): boolean => (unit >= 0x20 && unit <= 0x7e) || unit === 0x0a
const [ASKED, FOUND, BEGINS] = [1, 2, 4]
const EMOJI_FOLLOWS = 0xfe0f

/**
 * The text with everything in it made visible: characters that draw nothing or are drawn like others as ⟦U+202E⟧, long runs of
 * blanks and of empty lines as their number. Tabs become spaces; where all lines end in CRLF, that is said once. Nothing is left
 * out, and no text can look like another.
 */
export function showUnseen(text: string): Shown {
  let hidden = false
  const seen = (words: string): string => {
    hidden = true
    return words
  }
  // A single one is part of a name to a shell.
  const isCrlf = text.includes('\r\n') && !/[^\r]\n|^\n|\r(?!\n)/.test(text)
  const lines = isCrlf ? text.replaceAll('\r\n', '\n') : text
  const shown = MISREAD(lines.replaceAll('\t', '    '), (char, times) => seen(mark(char).repeat(times)))
  const ends = isCrlf ? seen(`${lines.endsWith('\n') ? '' : '\n'}⟦each line ends with U+000D⟧`) : ''
  return { text: countRuns(shown, seen) + ends, hidden }
}

const COLOUR = /\x1b\[[0-9;:]*m/g

/**
 * A text in a log to read, which people follow with `tail -f`: what steers a terminal or turns the direction of reading is shown.
 * Colours are left out, what was written over gets a line, tabs stay. Many in a row are counted: what fills a pipe with one of them does not
 * fill the disk with eight times as much.
 */
export function showInLog(text: string): string {
  return DRAWS_NOTHING(text.replace(COLOUR, '').replace(/\r+\n?/g, '\n'), (char, times) => {
    if (char === '\t') return char.repeat(times)
    return times > MOST_MARKS ? `${mark(char).slice(0, -1)} × ${times}⟧` : mark(char).repeat(times)
  })
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
  return DRAWS_NOTHING_ON_PHONE(text, (char, times) =>
    (char === '\t' || /\p{Zs}/u.test(char) ? ' ' : /[\r\p{Zl}\p{Zp}]/u.test(char) ? '\n' : '').repeat(times),
  )
}
