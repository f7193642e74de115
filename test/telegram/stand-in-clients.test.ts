import { Api as GrammyApi, InputFile as GrammyFile } from 'grammy'
import { Bot, InputFile as NtbaFile } from 'node-telegram-bot-api'
import { Input, Markup, Telegraf } from 'telegraf'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Person } from '../support/bot-api/people.ts'
import { type BotApi, startBotApi } from '../support/bot-api/server.ts'

let api: BotApi
let anna: Person
beforeEach(async () => {
  api = await startBotApi()
  anna = api.person({ id: 4711, name: 'Anna' })
})
afterEach(() => api.close())

const words = () =>
  anna
    .sees()
    .messages.map(
      (m) => `${m.from.name}: ${m.versions.map((v) => v.text).join(' → ')}${m.file ? ` [${m.file.name}]` : ''}`,
    )

describe('other people’s clients understand the stand-in', () => {
  test('telegraf 4 polls, takes a command and a tap, edits, sends a document', async () => {
    const bot = new Telegraf(api.token, { telegram: { apiRoot: api.root } })
    bot.command('start', (ctx) =>
      ctx.replyWithHTML('<b>May I?</b>', Markup.inlineKeyboard([Markup.button.callback('Allow', 'a:allow')])),
    )
    bot.action('a:allow', async (ctx) => {
      await ctx.answerCbQuery('Thank you')
      await ctx.editMessageText('Allowed')
      await ctx.replyWithDocument(Input.fromBuffer(Buffer.from('log'), 'log.txt'), { caption: 'The log' })
    })
    const launched = bot.launch()
    anna.says('/start')
    await expect.poll(() => words().length).toBe(2)
    const tap = anna.taps('Allow')
    expect(await tap.answer()).toMatchObject({ text: 'Thank you' })
    await expect.poll(() => words().length).toBe(3)
    bot.stop()
    await launched
    expect(words()).toEqual(['Anna: /start', 'Baton: May I? → Allowed', 'Baton: The log [log.txt]'])
    expect(api.updates.unconfirmed()).toEqual([])
  })

  test('telegraf 4 sees refusals, floods and wrong tokens as such', async () => {
    const { telegram } = new Telegraf(api.token, { telegram: { apiRoot: api.root } })
    await expect(telegram.sendMessage(4711, '<b>', { parse_mode: 'HTML' })).rejects.toThrow(
      "400: Bad Request: can't parse entities",
    )
    api.limiter.flood(9)
    await expect(telegram.sendMessage(4711, 'x')).rejects.toMatchObject({
      response: { error_code: 429, parameters: { retry_after: 9 } },
    })
    const stranger = new Telegraf('1:x', { telegram: { apiRoot: api.root } })
    await expect(stranger.telegram.getMe()).rejects.toThrow('401: Unauthorized')
  })

  test('node-telegram-bot-api 2 polls, takes a command and a tap, edits, sends a document', async () => {
    const bot = new Bot(api.token, { apiRoot: api.root })
    bot.command('start', (ctx) =>
      ctx.reply('<b>May I?</b>', {
        parse_mode: 'HTML',
        reply_markup: { inline_keyboard: [[{ text: 'Allow', callback_data: 'a:allow' }]] },
      }),
    )
    bot.on('callback_query', async (ctx) => {
      await ctx.answerCallbackQuery({ text: 'Thank you' })
      const message = ctx.callbackQuery?.message
      await bot.api.editMessageText({ chat_id: 4711, message_id: message?.message_id ?? 0, text: 'Allowed' })
      await bot.api.sendDocument({
        chat_id: 4711,
        document: new NtbaFile(new TextEncoder().encode('log'), { filename: 'log.txt' }),
        caption: 'The log',
      })
    })
    const polling = bot.startPolling()
    anna.says('/start')
    await expect.poll(() => words().length).toBe(2)
    expect(await anna.taps('Allow').answer()).toMatchObject({ text: 'Thank you' })
    await expect.poll(() => words().length).toBe(3)
    await bot.stop()
    await polling
    expect(words()).toEqual(['Anna: /start', 'Baton: May I? → Allowed', 'Baton: The log [log.txt]'])
  })

  test('grammY uploads with attach:// and its unquoted file names', async () => {
    const grammy = new GrammyApi(api.token, { apiRoot: api.root })
    await grammy.sendDocument(4711, new GrammyFile(Buffer.from('whole'), 'whole log.txt'), {
      caption: '<i>all</i>',
      parse_mode: 'HTML',
    })
    expect(words()).toEqual(['Baton: all [whole log.txt]'])
    await grammy.setMyCommands([{ command: 'status', description: 'Show what is running and waiting' }])
    expect(await grammy.getMyCommands()).toEqual([
      { command: 'status', description: 'Show what is running and waiting' },
    ])
  })
})
