import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Button, ShownMessage } from '../../src/chat/message.ts'
import { renderHelp } from '../../src/chat/render/help.ts'
import { commandsOn } from '../../src/core/commands/catalogue.ts'
import { SlackCallError } from '../../src/slack/api-errors.ts'
import { wordsView } from '../../src/slack/form.ts'
import { formatForSlack, measured, type SlackBlock, type SlackMessage } from '../../src/slack/format.ts'
import { withTypedHints } from '../../src/slack/typed-hints.ts'
import { toPlain } from '../../src/text/document/layout.ts'
import { bold, code, fold, italic, type Node, pre } from '../../src/text/document/nodes.ts'
import { hostileText } from '../chat/hostile.ts'
import { buttonsOf, checkBlocks, checkView, wordsOf } from '../support/slack/blocks.ts'

// What Slack takes at most, held against a stand-in that refuses as Slack does.

const FORMS = ['full', 'plain', 'bare'] as const
const POST_UNITS = 40_000
const bare = (text: string) => text.replace(/\s/g, '')

/** As much as is ever said in one message. */
const bodies: fc.Arbitrary<Node[]> = fc
  .array(fc.tuple(fc.constantFrom('text', 'bold', 'italic', 'code', 'pre', 'fold'), hostileText(), fc.nat(30)), {
    minLength: 1,
    maxLength: 8,
  })
  .map((parts) => {
    const nodes: Node[] = ['head']
    for (const [kind, piece, times] of parts) {
      const left = 4_096 - toPlain(nodes).length - 4
      // Lone halves of characters are replaced before anything is said.
      const text = piece
        .toWellFormed()
        .repeat(1 + times)
        .slice(0, Math.max(0, left))
        .toWellFormed()
      if (text.trim() === '') continue
      const make = { text: (one: string) => one, bold, italic, code, fold, pre }[kind as 'bold']
      nodes.push('\n', make(text))
    }
    return nodes
  })
const buttons: fc.Arbitrary<Button[][]> = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 4 }), fc.string({ maxLength: 120 }), fc.boolean()), { maxLength: 140 })
  .map((rows) =>
    rows.map(([count, text, isOption], i) =>
      Array.from({ length: count }, (_, nth): Button => {
        const data = `${i}:${nth}:`.padEnd(64, 'x')
        return { text, data, ...(isOption && { isOption }) }
      }),
    ),
  )

const manyOptions = (count: number) =>
  Array.from({ length: count }, (_, i): Button[] => [
    { text: `${i} ${'y'.repeat(90)}`, data: `o:${i}`, isOption: true },
  ])

describe('a message', () => {
  test('is never more than Slack takes, in any form, and shows every word', () => {
    fc.assert(
      fc.property(bodies, buttons, (body, rows) => {
        const message: ShownMessage = {
          body,
          buttons: rows,
          silent: false,
          hearers: ['UANNA', 'slack-group:S1', 'no id'],
        }
        for (const form of FORMS) {
          const { text, blocks } = measured(formatForSlack(message, form))
          expect(text.length).toBeLessThanOrEqual(POST_UNITS)
          // Only Baton names anybody: nothing in the words is a mention, a link or an entity.
          expect(text.replace(/^<@UANNA> <!subteam\^S1> /, '')).not.toMatch(/[<>]|&(?!amp;|lt;|gt;)/)
          if (blocks) checkBlocks(blocks)
          const shown = blocks ? wordsOf(blocks) : unescaped(text)
          expect(bare(shown).replace(/^(@UANNA@S1|<@UANNA><!subteam\^S1>)/, '')).toBe(bare(toPlain(body)))
        }
      }),
      { numRuns: 150 },
    )
  })

  test.each([
    [8, 'buttons'],
    [9, 'lists'],
    [300, 'lists'],
  ])('of %i long options each can be tapped or picked: %s', (count, how) => {
    const options = manyOptions(count)
    const { blocks = [] } = measured(formatForSlack({ body: ['Which?'], silent: false, buttons: options }, 'full'))
    checkBlocks(blocks)
    expect(buttonsOf(blocks).map(({ value }) => value)).toEqual(options.flat().map(({ data }) => data))
    expect(JSON.stringify(blocks).includes('static_select')).toBe(how === 'lists')
  })
})

test('of more options than there is room for the first are there, and what else can be tapped', () => {
  const rows = [...manyOptions(700), [{ text: 'Other…', data: 'other' }]]
  const { blocks = [] } = measured(formatForSlack({ body: ['x'.repeat(4_000)], silent: false, buttons: rows }, 'full'))
  checkBlocks(blocks)
  const there = buttonsOf(blocks).map(({ value }) => value)
  expect(there.at(-1)).toBe('other')
  expect(there.slice(0, -1)).toEqual(Array.from({ length: there.length - 1 }, (_, i) => `o:${i}`))
  expect(there.length).toBeGreaterThan(350)
})

const plain = (text: string) => ({ type: 'plain_text' as const, text, emoji: false as const })
const button = (over: { value?: string; text?: string } = {}) => ({
  ...{ type: 'button' as const, action_id: `b${Math.random()}` },
  ...{ text: plain(over.text ?? 'Yes'), value: over.value ?? 'a:approve' },
})
const actions = (...elements: Extract<SlackBlock, { type: 'actions' }>['elements']): SlackBlock => ({
  type: 'actions',
  elements,
})
const list = (options: { text: string; value: string }[]) => ({
  ...{ type: 'static_select' as const, action_id: 's', placeholder: plain('Pick one') },
  options: options.map(({ text, value }) => ({ text: plain(text), value })),
})
const section = (units: number): SlackBlock => ({ type: 'section', text: plain('x'.repeat(units)) })
const many = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make)
const option = { text: 'one', value: 'o' }

describe('a command in a hint is written as it is typed on Slack', () => {
  test.each([
    ['I can read text, documents and photos. /help for what I can do.', '. !help for'],
    ['Unknown command /statsu. Try /help.', '/statsu. Try !help.'],
    ['This was about an earlier run. /status for the current one.', '. !status for'],
    ['With several projects, put the name of one first: /skip web. Answer', ': !skip web'],
    ['you will be asked here. /help lists the commands.', '. !help lists'],
    ['There is no task file yet. /add creates one.', '. !add creates'],
    ['… and 3 more: /start <file>', ': !start <file>'],
    ['/resume to continue from here', '!resume to'],
    ['by Anna (Slack), 14:03 · /resume to continue', '· !resume to'],
    ['by Anna (Slack), 14:03 · /release 3', '· !release 3'],
    [
      '/resume to continue it, /start to start over, /tasks for the list.',
      '!resume to continue it, !start to start over, !tasks for',
    ],
    ['Nothing is running. /start to begin, /tasks for the list.', '. !start to begin, !tasks for'],
    ['Nothing has failed. /tasks for the list, /retry 3 to redo task 3 from scratch.', ', !retry 3 to'],
    ['/resume to start new tasks sooner.', '!resume to'],
    ['A link goes to private chats only. Send me /dashboard there.', 'me !dashboard there'],
    ['Nothing is planned. Send /plan and a few words, and', 'Send !plan and'],
    ['Say what should be done: /plan <words>. Or', ': !plan <words>'],
    ['3 tasks left: /resume', ': !resume'],
    ['/retry 4 · Login failed (exit 1)', '!retry 4 · Login'],
    ['/land brings the merged work of 2 tasks to your branch', '!land brings'],
  ])('%s', (text, written) => {
    expect(withTypedHints([text]).join('')).toContain(written)
  })

  test('in the list of all commands, too', () => {
    const help = toPlain(withTypedHints(renderHelp().body))
    const others = commandsOn('chat').filter(({ name }) => name !== 'help')
    for (const { name } of others) expect(help).toMatch(new RegExp(`^!${name}\\b.* – `, 'm'))
    expect(help).not.toContain('/status')
  })

  test.each([
    'Expose /status and /log, and answer GET /start with 404',
    'Should /status be public?',
    'Which route: /status or /tasks?',
    'New routes:\n/status\n/log\n/tasks',
    'Try /status first, then POST /resume to the queue',
    'Add an endpoint: /status',
  ])('and what somebody wrote stays as it is: %s', (text) => {
    expect(withTypedHints([text])).toEqual([text])
    const { blocks = [] } = formatForSlack({ body: [text], silent: true }, 'full')
    expect(wordsOf(blocks)).toBe(text)
  })
})

describe('what is measured before it is sent', () => {
  /** Slack refuses a whole message for one violation. */
  test.each<[string, SlackBlock[], SlackBlock[]]>([
    ['50 blocks', many(50, () => section(1)), many(51, () => section(1))],
    ['a section of 3,000', [section(3_000)], [section(3_001)]],
    [
      '13,000 in all',
      [...many(4, () => section(3_000)), section(1_000)],
      [...many(4, () => section(3_000)), section(1_001)],
    ],
    ['25 elements in a row', [actions(...many(25, () => button()))], [actions(...many(26, () => button()))]],
    ['a label of 75', [actions(button({ text: 'x'.repeat(75) }))], [actions(button({ text: 'x'.repeat(76) }))]],
    ['a label at all', [actions(button({ text: 'x' }))], [actions(button({ text: '' }))]],
    [
      'a value of 2,000',
      [actions(button({ value: 'x'.repeat(2_000) }))],
      [actions(button({ value: 'x'.repeat(2_001) }))],
    ],
    ['100 options', [actions(list(many(100, () => option)))], [actions(list(many(101, () => option)))]],
    ['a list of one', [actions(list([option]))], [actions(list([]))]],
    [
      'an option of 75',
      [actions(list([{ text: 'x'.repeat(75), value: 'o' }]))],
      [actions(list([{ text: 'x'.repeat(76), value: 'o' }]))],
    ],
    [
      'its value of 150',
      [actions(list([{ text: 'o', value: 'x'.repeat(150) }]))],
      [actions(list([{ text: 'o', value: 'x'.repeat(151) }]))],
    ],
  ])('%s is taken, and one more is not even sent', (_, taken, refused) => {
    const verdict = (blocks: SlackBlock[], look: (message: SlackMessage) => unknown) => {
      try {
        look({ text: 'x', blocks })
        return 'taken'
      } catch {
        return 'refused'
      }
    }
    for (const [blocks, what] of [
      [taken, 'taken'],
      [refused, 'refused'],
    ] as const) {
      expect(verdict(blocks, ({ blocks: given }) => checkBlocks(given))).toBe(what)
      expect(verdict(blocks, measured)).toBe(what)
    }
    expect(() => measured({ text: 'x', blocks: refused })).toThrow(SlackCallError)
  })

  test('a window for own words, whatever is asked in it', () => {
    fc.assert(
      fc.property(hostileText(), hostileText(), (title, asked) => {
        const form = { data: 'x'.repeat(100), title: `t${title}`, body: [asked.toWellFormed().repeat(40)] }
        const place = { channel: 'C'.repeat(20), messageId: '1700000000.000100', thread: '1700000000.000200' }
        checkView(wordsView(form, place) as Record<string, unknown>)
      }),
      { numRuns: 50 },
    )
  })
})

const unescaped = (text: string) => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
