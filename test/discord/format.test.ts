import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ShownMessage } from '../../src/chat/message.ts'
import { commandsOn } from '../../src/core/commands/catalogue.ts'
import { CONTENT_UNITS, EMBED_UNITS, formatDiscordPost } from '../../src/discord/format.ts'
import { escapeMarkdown, toMarkdown } from '../../src/discord/markdown.ts'
import { readDiscordWords } from '../../src/discord/read-words.ts'
import { slashName, writtenCommand } from '../../src/discord/slash-commands.ts'
import { toPlain } from '../../src/text/document/layout.ts'
import { bold, code, fold, italic, link, type Node, pre, strike } from '../../src/text/document/nodes.ts'
import { hostileText } from '../chat/hostile.ts'
import { checkMessage } from '../support/discord/checks.ts'
import { readMarkdown } from '../support/discord/read-markdown.ts'

const BOT = '900000000000000003'
const bare = (text: string) => text.replace(/\s/g, '')
/** Everything that Discord makes more of than words. */
const SIGNS =
  '@everyone @here <@1> <@&2> <#3> <:x:4> <t:5:R> </cmd:6> ||s|| # h\n> q\n- l\n1. n **b** `c` ```d``` [t](http://x.example) ~~s~~ __u__ \\'
const words = fc.oneof(
  hostileText(),
  fc.array(fc.constantFrom(...SIGNS.split(' ')), { maxLength: 12 }).map((all) => all.join(' ')),
  fc.string(),
)

describe('what somebody wrote', () => {
  test('is shown as words and mentions nobody, wherever it stands', () => {
    fc.assert(
      fc.property(words, words, (a, b) => {
        // Other line ends and characters that draw nothing never come so far.
        const [one, two] = [a, b].map((text) => text.replace(/[^\x20-\x7e\n]/g, '').trim()) as [string, string]
        for (const written of [escapeMarkdown(`${one} ${two}`), toMarkdown([bold(one), '\n', italic(two)])]) {
          const seen = readMarkdown(written)
          expect(seen).not.toContain('⟨')
          expect(bare(seen)).toBe(bare(`${one}${two}`))
        }
      }),
      { numRuns: 400 },
    )
  })

  test.each([
    ['a plain text', ['plain'], 'plain'],
    ['marks', [bold('b'), ' ', italic('i'), ' ', strike('s')], '**b** *i* ~~s~~'],
    ['code', [code('rm -rf')], '`rm -rf`'],
    ['code with its own sign', [code('a`b')], 'a\\`b'],
    ['a block', [pre('echo 1', 'bash')], '```bash\necho 1\n```'],
    ['a block that would end early', [pre('```x')], '\\`\\`\\`x'],
    ['a fold', [fold('one\ntwo')], '> one\n> two'],
    ['a link', link('https://x.example/a_b', 'here'), '[here](<https://x.example/a_b>)'],
    ['an address', ['see https://x.example/a'], 'see <https://x.example/a>'],
  ] as [string, Node[], string][])('%s is written', (_, nodes, written) => {
    expect(toMarkdown(nodes)).toBe(written)
  })
})

describe('a message', () => {
  const format = (message: Partial<ShownMessage>) => formatDiscordPost({ body: [], silent: true, ...message }, 'full')

  test('is never more than Discord takes, and is whole: shown, or in its file', () => {
    fc.assert(
      fc.property(fc.array(words, { minLength: 1, maxLength: 8 }), fc.nat(300), (parts, times) => {
        const body = parts.flatMap((part): Node[] => [
          '\n\n',
          `${part.replace(/[^\x20-\x7e\n]/g, '')} `.repeat(1 + (times % 60)),
        ])
        const { file, ...post } = format({ body: ['head', ...body] })
        checkMessage(post as unknown as Record<string, unknown>)
        const shown = [post.content, ...post.embeds.map((one) => one.description ?? '')]
          .map((one) => readMarkdown(one))
          .join('')
        const whole = toPlain(['head', ...body])
        if (file) expect(file.content).toBe(`${whole}\n`)
        else expect(bare(shown)).toBe(bare(whole))
      }),
      { numRuns: 200 },
    )
  })

  test('keeps its beginning where a notification shows it', () => {
    const post = format({ body: ['🚦 ', bold('Start task 3?'), '\n\n', 'x'.repeat(CONTENT_UNITS)] })
    expect(post).toMatchObject({
      content: '🚦 **Start task 3?**',
      flags: 0,
      embeds: [{ description: 'x'.repeat(CONTENT_UNITS) }],
    })
    expect(format({ body: ['short'] })).toMatchObject({ content: 'short', flags: 4, embeds: [] })
    expect(format({ body: ['y'.repeat(EMBED_UNITS + 1)] }).file).toMatchObject({ name: 'message.txt' })
  })

  test('names those who are to hear it, and lets nobody else be mentioned', () => {
    const post = format({ body: ['<@9> @everyone'], hearers: ['470000000000000011', 'UANNA'] })
    expect(post.content).toBe('\\<\\@9\\> \\@everyone\n<@470000000000000011>')
    expect(post.allowed_mentions).toEqual({ parse: [], users: ['470000000000000011'] })
    expect(format({ body: ['x'] }).allowed_mentions).toEqual({ parse: [] })
    const crowd = Array.from({ length: 70 }, (_, i) => String(10n ** 19n + BigInt(i)))
    const all = format({ body: ['x'.repeat(1_900)], hearers: [...crowd, ...crowd.map((id) => `discord-role:${id}`)] })
    checkMessage(all as unknown as Record<string, unknown>)
    for (const id of crowd) expect(all.content).toContain(`<@${id}>`)
    expect(all.allowed_mentions.roles).toHaveLength(10)
  })
})

describe('what is written to the bot', () => {
  test.each([
    [`<@${BOT}> status`, '/status', true],
    [`<@!${BOT}>  Skip 3`, '/skip 3', true],
    [`<@${BOT}> !statsu`, '/statsu', true],
    [`<@${BOT}> /tmp/x is full`, '/tmp/x is full', true],
    ['!approve 3', '/approve 3', true],
    ['/approve 3', '/approve 3', true],
    ['!important', '!important', false],
    ['status of the world?', 'status of the world?', false],
    [`<@${BOT}> make it blue`, 'make it blue', true],
    [`hey <@${BOT}> status`, `hey <@${BOT}> status`, false],
  ])('%s', (content, text, isAddressed) => {
    expect(readDiscordWords(content, BOT)).toEqual({ text, isAddressed })
  })

  test.each([
    ['status', '/status'],
    ['Status', '/status'],
    ['status of the world?', 'status of the world?'],
    ['stop', 'stop'],
    ['skip the header', 'skip the header'],
    ['!stop', '/stop'],
    ['!statsu', '/statsu'],
    ['!', '!'],
  ])('in private, %s', (content, text) => {
    expect(readDiscordWords(content, BOT, true).text).toBe(text)
  })

  test('a command of the menu is what would be written', () => {
    expect(
      writtenCommand('skip', [
        { name: 'task', type: 4, value: 3 },
        { name: 'why', type: 3, value: 'later' },
      ]),
    ).toBe('/skip 3 later')
    expect(writtenCommand('pause', [{ name: slashName('afterTask'), type: 5, value: true }])).toBe('/pause after')
    for (const { name } of commandsOn('chat')) expect(writtenCommand(name)).toBe(`/${name}`)
  })
})
