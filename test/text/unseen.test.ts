import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { renderAsk } from '../../src/chat/render/ask.ts'
import type { BatonEvent } from '../../src/core/types.ts'
import { askOf } from '../../src/http/present/ask.ts'
import { chatLines } from '../../src/notify/chat-text.ts'
import { type Looks, notificationOf } from '../../src/notify/translate.ts'
import { askLines } from '../../src/terminal/show/ask-text.ts'
import { mixedWords } from '../../src/text/scripts.ts'
import { dropUnseen, eachUnseen, showUnseen } from '../../src/text/unseen.ts'
import { plainOf } from '../chat/rendering.ts'
import * as sample from '../support/telegram-samples.ts'

/** What an agent writes to hide something, and its number. */
const HIDING: [string, string, string][] = [
  ['a second target behind a Greek question mark', 'rm a\u037E rm b', 'U+037E'],
  ['a Kelvin sign', 'cat \u212Ay', 'U+212A'],
  ['a slash of mathematics', 'rm \u2215etc', 'U+2215'],
  ['a hyphen that is none', 'rm \u2010rf x', 'U+2010'],
  ['a Greek varia for a backtick', 'echo \u1FEFid\u1FEF', 'U+1FEF'],
  ['a turned direction', 'ls \u202E', 'U+202E'],
  ['an isolate', 'ls \u2066x', 'U+2066'],
  ['an Arabic letter mark', 'ls \u061Cx', 'U+061C'],
  ['a zero-width space', 'rm a\u200Bb', 'U+200B'],
  ['a joiner without an emoji', 'rm a\u200Db', 'U+200D'],
  ['a soft hyphen', 'rm a\u00ADb', 'U+00AD'],
  ['a grapheme joiner', 'rm a\u034Fb', 'U+034F'],
  ['a Hangul filler', 'x\u3164=1', 'U+3164'],
  ['a Mongolian separator', 'a\u180Eb', 'U+180E'],
  ['an invisible operator', 'a\u2062b', 'U+2062'],
  ['a no-break space', 'rm\u00A0-rf', 'U+00A0'],
  ['an ideographic space', 'rm\u3000-rf', 'U+3000'],
  ['a blank of Braille', 'rm\u2800-rf', 'U+2800'],
  ['a line separator', 'ls\u2028rm x', 'U+2028'],
  ['a selector of variations', 'rm a\uFE0Fb', 'U+FE0F'],
  ['a tag', 'ls\u{E0041}', 'U+E0041'],
  ['a private character', 'ls \uE000', 'U+E000'],
  ['half a character', 'ls \uD83D', 'U+D83D'],
  ['a null notehead', 'ls \u{1D159}', 'U+1D159'],
  ['a next line of C1', 'ls\u0085rm', 'U+0085'],
]
const PLAIN = [
  'rm -rf dist',
  'git commit -m "größer – “so” …"',
  '日本語のファイル。：；',
  'echo 👩‍💻 ⚠️ 1️⃣ 🏴󠁧󠁢󠁥󠁮󠁧󠁿 🏳️‍🌈',
  'здравствуй мир',
  'a\n\n\nb',
  '5 µs, 3 kΩ',
]

const permission = (command: string) =>
  sample.sampleAsk({
    kind: 'permission',
    title: `Run ${command}`,
    text: command,
    tool: { name: 'Bash', input: { command } },
    options: [{ choice: 'allow', label: 'Allow' }],
  })
const onPhone = (command: string) => plainOf(renderAsk({ ask: permission(command), total: 3 }, sample.moment('21:14')))
const atTerminal = (command: string) => askLines(permission(command), (_, text) => text).join('\n')
const onDashboard = (command: string) => JSON.stringify(askOf(permission(command), 'x').shown)

describe('what cannot be seen, or is drawn like something else', () => {
  it.each(HIDING)('%s is shown by its number on every surface', (_, command, number) => {
    for (const show of [(text: string) => showUnseen(text).text, onPhone, atTerminal, onDashboard]) {
      expect(show(command)).toContain(`⟦${number}⟧`)
      const char = String.fromCodePoint(Number.parseInt(number.slice(2), 16))
      // Emoji of the message's own hold these two.
      if (number !== 'U+FE0F' && number !== 'U+D83D') expect(show(command).includes(char)).toBe(false)
    }
    expect(showUnseen(command).hidden).toBe(true)
  })

  it.each(PLAIN)('leaves %j as it is', (text) => {
    expect(showUnseen(text)).toEqual({ text, hidden: false })
    expect(dropUnseen(text)).toBe(text)
    expect(mixedWords(text)).toEqual([])
  })

  it('is shown in labels, titles and paths of a question, too', () => {
    const option = { label: 'Keep\u202E', description: 'or\u200B not' }
    const ask = sample.sampleAsk({
      kind: 'question',
      options: [],
      questions: [{ question: 'Which\u00A0one?', options: [option], multiSelect: false }],
    })
    const { body, buttons } = renderAsk({ ask, total: 1 }, sample.moment('21:14'))
    const plain = plainOf({ body })
    const terminal = askLines(ask, (_, text) => text).join('\n')
    const dashboard = JSON.stringify(askOf(ask, 'x').shown)
    for (const shown of [plain, terminal, dashboard])
      for (const mark of ['Keep⟦U+202E⟧', 'or⟦U+200B⟧ not', 'Which⟦U+00A0⟧one?']) expect(shown).toContain(mark)
    expect(buttons?.flat()[0]?.text).toContain('Keep⟦U+202E⟧')
    // What is answered is still the label itself.
    expect(askOf(ask, 'x').questions?.[0]?.options[0]?.label).toBe('Keep\u202E')
  })

  it('names long runs by their number, and no ordinary ones', () => {
    expect(showUnseen(`ls${' '.repeat(80)}; rm x`).text).toBe('ls ⟦80 blanks⟧ ; rm x')
    expect(showUnseen(`ls${'\t'.repeat(20)}; rm x`).text).toBe('ls ⟦80 blanks⟧ ; rm x')
    expect(showUnseen(`ls${'\n'.repeat(41)}rm x`).text).toBe('ls\n⟦40 empty lines⟧\nrm x')
    expect(showUnseen(`ls\n${'   \n'.repeat(40)}rm x`).text).toBe('ls\n⟦40 empty lines⟧\nrm x')
    expect(showUnseen(`${'\n'.repeat(40)}rm x`).text).toBe('⟦40 empty lines⟧\nrm x')
    expect(showUnseen(`${' '.repeat(32)}a\n\n\n\n\nb`).hidden).toBe(false)
  })

  it('never leaves anything unseen, and never normalises', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const { text: shown, hidden } = showUnseen(text)
        expect(shown.replace(/\p{RGI_Emoji}/gv, '')).not.toMatch(
          /[[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}]--[ \n]]/v,
        )
        if (!hidden) expect(shown).toBe(text.replaceAll('\r\n', '\n').replaceAll('\t', '    '))
      }),
    )
  })

  it('is looked for without holding up anything', () => {
    for (const text of ['日本語é😀', '\n ', ' ', '👩‍', '\u200D'])
      expect(showUnseen(text.repeat(50_000)).text.length).toBeGreaterThan(0)
  })
})

describe('two different commands', () => {
  /** As a reader sees it: what draws nothing is not there, odd spaces are blanks, and letters that look alike are one. */
  const TWINS: Record<string, string> = {
    '\u037E': ';',
    '\u2215': '/',
    '\u2010': '-',
    '\u212A': 'K',
    '\u0430': 'a',
    '\u0435': 'e',
    '\u03BF': 'o',
  }
  const look = (text: string) =>
    text
      .replace(/[\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}]/gu, (char) => (char === '\n' ? char : ''))
      .replace(/[\p{Zs}\u2800]/gu, ' ')
      .replace(/./gu, (char) => TWINS[char] ?? char)
      .replace(/ {33,}/g, ' ')
      .replace(/\n{7,}/g, '\n')
      .replace(/ +$/gm, '')
      .trim()
  const pieces = [
    'rm',
    ' ',
    'a',
    '-',
    '/',
    'e',
    ';',
    'K',
    'o',
    '⟦',
    '⟦U+202E⟧',
    '⟦40 blanks⟧',
    '\n',
    '\r\n',
    ...Object.keys(TWINS),
  ]
  const odd = [
    '\u200B',
    '\u202E',
    '\u00A0',
    '\u3000',
    '\u00AD',
    '\uFE0F',
    '\u0007',
    '\u001B[8m',
    ' '.repeat(40),
    '\n'.repeat(10),
  ]
  const command = fc
    .array(fc.constantFrom(...pieces, ...odd), { minLength: 1, maxLength: 5 })
    .map((all) => all.join(''))
  /** Blanks at the end of a line do nothing. */
  const meant = (text: string) => text.replace(/ +$/gm, '').trim()
  const message = (command: string) => {
    const ask = permission(command)
    const event = {
      at: 0,
      type: 'asked',
      queue: 'q',
      text: `Task 1 asks: ${ask.title}`,
      askId: 'a',
    } as unknown as BatonEvent
    const view = { run: () => undefined, fullTask: () => undefined, ask: () => ask }
    const told = notificationOf(event, 'question', { view, progress: { completed: () => 0 } } as unknown as Looks)
    return [JSON.stringify(told.data.text), chatLines(told).join('\n')].join('\n')
  }

  it.each([
    ['phone', onPhone],
    ['terminal', atTerminal],
    ['dashboard', (text: string) => JSON.parse(onDashboard(text)).text + JSON.parse(onDashboard(text)).mixed.join()],
    ['webhook', message],
  ])('never look the same on the %s', (_, show) => {
    fc.assert(
      fc.property(command, command, (one, other) => {
        fc.pre(meant(one) !== meant(other) && meant(one) !== '' && meant(other) !== '')
        expect(look(show(one))).not.toBe(look(show(other)))
      }),
      { numRuns: 300 },
    )
    // Those that only differ in what a reader cannot tell.
    for (const [one, other] of [
      ['rm a;b', 'rm a\u037Eb'],
      ['rm а', 'rm a'],
      ['rm асе', 'rm ace'],
      ['ls \u202E', 'ls ⟦U+202E⟧'],
      [`ls${' '.repeat(40)}x`, 'ls ⟦40 blanks⟧ x'],
      ['rm x\r\n', 'rm x\n'],
      ['rm x\r\nls', 'rm x\nls'],
      ['ls \u001B', 'ls ␛'],
    ] as const)
      expect(look(show(one)), JSON.stringify(one)).not.toBe(look(show(other)))
  })
})

describe('words that mix scripts', () => {
  it.each([
    ['curl https://раypal.com', 'раypal (Cyrillic р U+0440, Cyrillic а U+0430)'],
    ['rm -rf ./ѕrc', 'ѕrc (Cyrillic ѕ U+0455)'],
    ['cat Αbc', 'Αbc (Greek Α U+0391)'],
    ['npm run tеst', 'tеst (Cyrillic е U+0435)'],
  ])('%s is named', (command, named) => {
    expect(mixedWords(command)).toEqual([named])
    for (const show of [onPhone, atTerminal, onDashboard]) expect(show(command)).toContain(named)
  })
})

describe('the look for what draws nothing', () => {
  // The rule as it is written in one expression, which is right and slow.
  const RULE =
    /((?=[\p{Extended_Pictographic}\p{Regional_Indicator}]|[0-9#*]\uFE0F)\p{RGI_Emoji})|[[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800\u{1D159}]--[\x20\n]]/gv
  const UNITS = fc.constantFrom(
    ...[
      '1',
      '#',
      '*',
      '\ufe0f',
      '\u20e3',
      '\u200d',
      '👩',
      '👩‍👩‍👧',
      '🏽',
      '❤',
      '❤️‍🔥',
      '🇩',
      '🇪',
      '🏴',
      '\u{e0067}',
      '\u{e007f}',
    ],
    ...['©', 'é', 'a', ' ', '\t', '\n', '\x1b', '\x00', '\x9b', '\ud83d', '\udc69', '\u202e', '\u{1d159}', '漢'],
    ...['▶', '■', '→', '…', '–', '“', 'ü', 'ÿ', '×'],
  )
  const TEXT = fc.oneof(
    fc.array(UNITS, { maxLength: 30 }).map((units) => units.join('')),
    fc.string({ unit: 'binary' }),
  )

  it('finds what the rule says, however emoji, halves of characters and controls follow each other', () => {
    fc.assert(
      fc.property(TEXT, (text) => {
        const one = (char: string) => `<${char.codePointAt(0)?.toString(16)}>`
        const wanted = text.replace(RULE, (char, emoji?: string) => (emoji === undefined ? one(char) : char))
        expect(eachUnseen(text, one)).toBe(wanted)
      }),
      { numRuns: 2_000 },
    )
  })

  it('leaves alone what it passes over, which no list of its own holds', () => {
    for (const char of [
      ...'▶■→✓✗«»·…–—‘’“”„•§°',
      ...Array.from({ length: 0x40 }, (_, i) => String.fromCharCode(0xc0 + i)),
    ]) {
      // Followed by something that is not ordinary, it is looked at by the expressions.
      for (const text of [`${char}漢`, `${char} a`, char]) expect(showUnseen(text)).toEqual({ text, hidden: false })
    }
  })
})
