import type { Random } from '../random.ts'
import { MARK_LENGTH, MARKS, type Secret } from './kinds.ts'

/** Puts something into a text, so that only who reads it as it is shown sees it whole. `inner` lies between head and tail. */
type Split = (parts: { head: string; inner: string; tail: string }) => string

const around =
  (before: string, after = before): Split =>
  ({ head, inner, tail }) =>
    `${head}${before}${inner}${after}${tail}`

const entities = (text: string) => [...text].map((char) => `&#${char.codePointAt(0)};`).join('')

/** What Markdown does not show. */
const BY_MARKDOWN: Readonly<Record<string, Split>> = {
  'bold words': around('**'),
  emphasis: around('*'),
  'both at once': around('***'),
  'what is struck out': around('~~'),
  code: around('`'),
  'code in bold words': around('**`', '`**'),
  'a link': around('[', '](https://example.org/docs)'),
  'a link by name': around('[', '][docs]'),
  'a picture': around('![', '](https://example.org/a.png)'),
  entities: ({ head, inner, tail }) => `${head}${entities(inner.slice(0, 2))}${inner.slice(2)}${entities(tail)}`,
  'entities that nobody sees': around('&#8203;', '&shy;'),
  'two marks': ({ head, inner, tail }) => {
    const middle = Math.floor(inner.length / 2)
    return `${head}**${inner.slice(0, middle)}**\`${inner.slice(middle)}\`${tail}`
  },
}

/** Characters that draw nothing. */
const UNSEEN: Readonly<Record<string, Split>> = Object.fromEntries(
  ['\u200b', '\u200d', '\u2060', '\u00ad', '\ufeff', '\u202e', '\ufe00', '\u{e0041}'].map((char) => [
    `U+${char.codePointAt(0)?.toString(16)}`,
    around(char),
  ]),
)

/** What a terminal does not show. */
const BY_TERMINAL: Readonly<Record<string, Split>> = {
  colours: around('\x1b[1m', '\x1b[0m'),
  'many colours': around('\x1b[1;31m\x1b[4m', '\x1b[0m\x1b[39m'),
  'a link of the terminal': around('\x1b]8;;https://example.org\x07', '\x1b]8;;\x07'),
  'an erased line end': around('\x1b[K'),
  'control characters': around('\x01', '\x02'),
}

/** Signs that mean nothing behind a backslash. */
const escapes: Split = ({ head, inner, tail }) => `${head}${inner}${tail}`.replace(/[-_]/g, String.raw`\$&`)

const MARKDOWN = [...Object.values(BY_MARKDOWN), escapes, ...Object.values(UNSEEN)]
const TERMINAL = [...Object.values(BY_TERMINAL), ...Object.values(UNSEEN)]

/**
 * Takes a secret apart in its head and in its tail: neither half of it stands anywhere as a whole mark, and what finds one has
 * put the secret together.
 */
function takenApart({ value }: Secret, way: Split): string {
  const split = way === escapes && !/ZqX.-.*XqZ.-/.test(value) ? around('**') : way
  const [from, to] = [value.indexOf(MARKS[0]) + 2, value.length - MARK_LENGTH + 2]
  return split({ head: value.slice(0, from), inner: value.slice(from, to), tail: value.slice(to) })
}

export interface SplitPlants {
  /** Markdown of several blocks, as the closing words of an agent are, with secrets taken apart in each. */
  markdown: () => string
  /** One line of a text that somebody reads as it is, or as Markdown. */
  line: () => string
  /** What a program prints. */
  printed: () => string
}

/** Takes these secrets apart; none of them stands as a whole in any text. */
export function splitPlants(random: Random, secrets: readonly Secret[]): SplitPlants {
  // Each way is used before one is used again.
  const inTurn = (ways: readonly Split[]) => {
    let next = random.int(0, ways.length - 1)
    return () => takenApart(random.pick(secrets), ways[next++ % ways.length] as Split)
  }
  const word = inTurn(MARKDOWN)
  const onScreen = inTurn(TERMINAL)
  return {
    markdown: () => {
      const blocks = [
        `# Done with ${word()}`,
        `The key is ${word()} and also ${word()} today.\nIt was ${word()} before.`,
        `- one: ${word()}\n- [x] two: _${word()}_\n  1. three ${word()}`,
        `> quoted: ${word()}`,
        `| Key | Value |\n| --- | --- |\n| ${word()} | x ${word()} |`,
      ]
      const from = random.int(0, blocks.length - 1)
      const some = [0, 1].map((i) => blocks[(from + i) % blocks.length])
      return `${some.join('\n\n')}\n\n[docs]: https://example.org/named\n`
    },
    line: () => `so ${word()} and ${word()} on`,
    printed: () => `${onScreen()} and ${onScreen()}`,
  }
}
