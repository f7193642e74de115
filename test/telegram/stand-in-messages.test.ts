import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { call } from '../support/bot-api/call.ts'
import { latest } from '../support/bot-api/conversation.ts'
import type { Person } from '../support/bot-api/people.ts'
import { type BotApi, startBotApi } from '../support/bot-api/server.ts'

let api: BotApi
let anna: Person
let now = Date.UTC(2026, 10, 21, 20, 14)
beforeEach(async () => {
  api = await startBotApi({ now: () => now })
  anna = api.person({ id: 4711, name: 'Anna' })
})
afterEach(() => api.close())

const send = async (params: object) =>
  (await call(api, 'sendMessage', { chat_id: 4711, ...params })) as { ok: boolean; result: { message_id: number } }
const keyboard = (...buttons: object[]) => ({ reply_markup: { inline_keyboard: [buttons] } })
const refusal = async (method: string, params: object) => (await call(api, method, params)).description

describe('messages in the stand-in', () => {
  test('are recorded with their sound, their edits and their times', async () => {
    const { result } = await send({ text: '<b>one</b>', parse_mode: 'HTML', disable_notification: true })
    now += 5000
    await call(api, 'editMessageText', { chat_id: 4711, message_id: result.message_id, text: 'two' })
    const [message] = anna.sees().messages
    expect(message).toMatchObject({ id: result.message_id, silent: true, from: { isBot: true } })
    expect(message?.versions).toEqual([
      { at: now - 5000, text: 'one', entities: [{ type: 'bold', offset: 0, length: 3 }] },
      { at: now, text: 'two', entities: [] },
    ])
  })

  test.each([
    ['sendMessage', { text: '' }, 'Bad Request: message text is empty'],
    [
      'sendMessage',
      { text: '<b>x', parse_mode: 'HTML' },
      `Bad Request: can't parse entities: Can't find end tag corresponding to start tag "b"`,
    ],
    ['sendMessage', { text: 'x'.repeat(4097) }, 'Bad Request: message is too long'],
    ['sendMessage', { text: 'x', chat_id: 99 }, 'Bad Request: chat not found'],
    [
      'sendMessage',
      { text: 'x', ...keyboard({ text: 'A', callback_data: 'ä'.repeat(33) }) },
      'Bad Request: BUTTON_DATA_INVALID',
    ],
    [
      'sendMessage',
      { text: 'x', ...keyboard({ text: 'A' }) },
      "Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
    ],
    [
      'sendMessage',
      { text: 'x', ...keyboard({ text: 'A', callback_data: 'a', style: 'red' }) },
      "Bad Request: can't parse inline keyboard button: invalid button style specified",
    ],
    ['sendMessage', { text: 'x', reply_parameters: { message_id: 7 } }, 'Bad Request: message to be replied not found'],
    ['sendDocument', {}, 'Bad Request: there is no document in the request'],
    ['editMessageText', { text: 'x', message_id: 7 }, 'Bad Request: message to edit not found'],
    ['deleteMessage', { message_id: 7 }, 'Bad Request: message to delete not found'],
    [
      'answerCallbackQuery',
      { callback_query_id: '1' },
      'Bad Request: query is too old and response timeout expired or query ID is invalid',
    ],
    ['answerCallbackQuery', { callback_query_id: '1', text: 'x'.repeat(201) }, 'Bad Request: MESSAGE_TOO_LONG'],
    ['setMyCommands', { commands: [{ command: 'No', description: 'x' }] }, 'Bad Request: BOT_COMMAND_INVALID'],
    ['getFile', { file_id: 'x' }, 'Bad Request: invalid file_id'],
    ['noSuchMethod', {}, 'Not Found: method not found'],
  ])('%s %j is refused', async (method, params, words) => {
    expect(await refusal(method, { chat_id: 4711, ...params })).toBe(words)
  })

  test('an edit that changes nothing is refused, another keyboard is a change', async () => {
    const { result } = await send({ text: 'x' })
    const edit = { chat_id: 4711, message_id: result.message_id, text: ' x ' }
    expect(await refusal('editMessageText', edit)).toContain('message is not modified')
    expect(
      await call(api, 'editMessageText', { ...edit, ...keyboard({ text: 'A', callback_data: 'a' }) }),
    ).toMatchObject({ ok: true })
    expect(await call(api, 'editMessageReplyMarkup', { chat_id: 4711, message_id: result.message_id })).toMatchObject({
      ok: true,
    })
    expect(latest(anna.sees().messages[0]!).keyboard).toBeUndefined()
  })

  test("what a person wrote can't be edited, and a file has a caption instead of a text", async () => {
    const said = anna.says('mine')
    expect(await refusal('editMessageText', { chat_id: 4711, message_id: said.id, text: 'x' })).toBe(
      "Bad Request: message can't be edited",
    )
    const file = anna.sends({ name: 'a.txt', content: 'a' }).file
    const { result } = (await call(api, 'sendDocument', { chat_id: 4711, document: file?.fileId })) as {
      result: { message_id: number }
    }
    const edit = { chat_id: 4711, message_id: result.message_id, text: 'x' }
    expect(await refusal('editMessageText', edit)).toBe('Bad Request: there is no text in the message to edit')
  })

  test('who blocked the bot, or never wrote to it, is out of reach', async () => {
    anna.blocks()
    expect(await refusal('sendMessage', { chat_id: 4711, text: 'x' })).toBe('Forbidden: bot was blocked by the user')
    api.person({ id: 5, name: 'Bert', started: false })
    expect(await refusal('sendMessage', { chat_id: 5, text: 'x' })).toBe(
      "Forbidden: bot can't initiate conversation with a user",
    )
  })

  test('a person taps what is there, and learns the answer', async () => {
    await send({ text: 'May I?', ...keyboard({ text: 'Allow', callback_data: 'id:allow' }) })
    const tap = anna.taps('Allow')
    const [update] = (await call(api, 'getUpdates')).result as {
      callback_query: { id: string; data: string; from: { id: number } }
    }[]
    expect(update?.callback_query).toMatchObject({ data: 'id:allow', from: { id: 4711 } })
    await call(api, 'answerCallbackQuery', { callback_query_id: update?.callback_query.id, text: 'Allowed' })
    expect(await tap.answer()).toMatchObject({ text: 'Allowed', alert: false })
    expect(() => anna.taps('Deny')).toThrow('Anna sees no button "Deny"; there are: "Allow"')
  })

  test('a tap cannot be answered twice, nor after its time', async () => {
    await send({ text: 'May I?', ...keyboard({ text: 'Allow', callback_data: 'id:allow' }) })
    const first = anna.taps('Allow').record
    expect(await call(api, 'answerCallbackQuery', { callback_query_id: first.queryId })).toMatchObject({ ok: true })
    expect(await refusal('answerCallbackQuery', { callback_query_id: first.queryId })).toContain('query is too old')
    const late = anna.taps('Allow').record
    now += 15_001
    expect(await refusal('answerCallbackQuery', { callback_query_id: late.queryId })).toContain('query is too old')
  })

  test('a document that a person sends can be fetched', async () => {
    anna.sends({ name: 'notes.md', content: '# Notes', caption: 'look' })
    const [update] = (await call(api, 'getUpdates')).result as {
      message: { caption: string; document: { file_id: string; file_name: string } }
    }[]
    expect(update?.message).toMatchObject({ caption: 'look', document: { file_name: 'notes.md' } })
    const { result } = await call(api, 'getFile', { file_id: update?.message.document.file_id })
    const path = (result as { file_path: string }).file_path
    expect(await (await fetch(`${api.root}/file/bot${api.token}/${path}`)).text()).toBe('# Notes')
    expect((await fetch(`${api.root}/file/botwrong/${path}`)).status).toBe(404)
  })

  test('photos, pins, chat actions and questions about the chat have their answers', async () => {
    const { file } = anna.sends({ kind: 'photo', name: 'a.jpg', content: 'jpeg' })
    const photo = await call(api, 'sendPhoto', {
      chat_id: 4711,
      photo: file?.fileId,
      caption: '<i>x</i>',
      parse_mode: 'HTML',
    })
    expect(photo.result).toMatchObject({ caption: 'x', photo: [{ file_size: 4 }] })
    const { message_id } = photo.result as { message_id: number }
    expect(await call(api, 'pinChatMessage', { chat_id: 4711, message_id })).toMatchObject({ ok: true })
    expect(anna.sees().messages.at(-1)).toMatchObject({ pinned: true })
    expect(await call(api, 'sendChatAction', { chat_id: 4711, action: 'typing' })).toEqual({ ok: true, result: true })
    expect((await call(api, 'getMe')).result).toMatchObject({ is_bot: true, can_read_all_group_messages: false })
    expect((await call(api, 'getChat', { chat_id: 4711 })).result).toMatchObject({
      type: 'private',
      first_name: 'Anna',
    })
    expect((await call(api, 'getWebhookInfo')).result).toMatchObject({ url: '', pending_update_count: 1 })
  })

  test('a caption is at most 1,024 units, an own message can be deleted for 48 hours', async () => {
    const { file } = anna.sends({ name: 'a.txt', content: 'a' })
    const long = { chat_id: 4711, document: file?.fileId, caption: 'x'.repeat(1025) }
    expect(await refusal('sendDocument', long)).toBe('Bad Request: message caption is too long')
    const { result } = await send({ text: 'x' })
    now += 48 * 3600_000 + 1
    const deletion = { chat_id: 4711, message_id: result.message_id }
    expect(await refusal('deleteMessage', deletion)).toBe("Bad Request: message can't be deleted")
    now -= 2
    expect(await call(api, 'deleteMessage', deletion)).toEqual({ ok: true, result: true })
    expect(await refusal('deleteMessage', deletion)).toBe('Bad Request: message to delete not found')
  })
})
