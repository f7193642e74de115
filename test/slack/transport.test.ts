import { expect, test } from 'vitest'
import { connectSlack } from '../../src/slack/connection.ts'
import { tapIdOf, tapPlaceOf } from '../../src/slack/place.ts'
import { createSlackTransport } from '../../src/slack/transport.ts'
import { transportContract } from '../contracts/transport.ts'
import { wordsOf } from '../support/slack/blocks.ts'
import { startSlack } from '../support/slack/server.ts'

const METHODS = { send: 'chat.postMessage', edit: 'chat.update' }
const TROUBLES = {
  lost: 'lost',
  busy: { retryAfterS: 1 },
  form: { error: 'invalid_blocks' },
  revoked: { error: 'token_revoked' },
  blocked: { error: 'channel_not_found' },
} as const

transportContract('slack', async () => {
  const slack = await startSlack()
  const anna = slack.person({ id: 'UANNA', name: 'Anna' })
  const direct = anna.direct()
  const token = slack.world.botToken
  const connect = (apiUrl: string) =>
    createSlackTransport({ call: connectSlack(token, { apiUrl }), token, apiUrl, onTrouble: () => {} })
  const there = connect(slack.apiUrl)
  const gone = await startSlack()
  await gone.close()
  const nowhere = connect(gone.apiUrl)
  let isUnreached = false
  return {
    transport: {
      ...there,
      send: (...call) => {
        const transport = isUnreached ? nowhere : there
        isUnreached = false
        return transport.send(...call)
      },
    },
    chatId: anna.id,
    personId: anna.id,
    sharedChatId: 'C1',
    secret: token,
    showsWords: false,
    tellsSound: false,
    seen: () =>
      anna
        .sees(direct)
        .filter(({ onlyForMe }) => !onlyForMe)
        .map(({ ts, text, buttons, thread, files: [file] }) => ({
          id: file?.id ?? ts,
          text,
          data: buttons.map(({ value }) => value),
          ...(thread !== undefined && { repliesTo: thread }),
          ...(file && { document: { name: file.name, content: file.content } }),
        })),
    fail: (mishap, kind) => {
      if (mishap === 'unreached') isUnreached = true
      else slack.trouble(METHODS[kind], TROUBLES[mishap])
    },
    removes: (id) => anna.deletes(direct, id),
    tap: (id, data) => {
      const tapId = tapIdOf({ channel: direct, messageId: id, userId: anna.id, triggerId: anna.trigger() })
      void data
      const before = anna.sees(direct).length
      return {
        tapId,
        answer: async () =>
          anna
            .sees(direct)
            .slice(before)
            .find(({ onlyForMe }) => onlyForMe)?.text,
      }
    },
    form: (tapId) => {
      const open = anna.window()
      if (!open || tapPlaceOf(tapId) === undefined) return undefined
      const {
        title,
        blocks,
        private_metadata: kept,
      } = open.view as { title: { text: string }; blocks: unknown[]; private_metadata: string }
      return { title: title.text, text: wordsOf(blocks), data: (JSON.parse(kept) as { data: string }).data }
    },
    close: () => slack.close(),
  }
})

test('what belongs into a thread that is gone is said in the channel', async () => {
  const slack = await startSlack()
  slack.channel('C1', ['UANNA'])
  const anna = slack.person({ id: 'UANNA', name: 'Anna' })
  const token = slack.world.botToken
  const call = connectSlack(token, { apiUrl: slack.apiUrl })
  const transport = createSlackTransport({ call, token, apiUrl: slack.apiUrl, onTrouble: () => {} })
  const never = new AbortController().signal
  const say = (text: string, thread?: string) => {
    const message = { body: [text], silent: true }
    return transport.send('C1', { message, ...(thread !== undefined && { thread }) }, 'full', never)
  }
  const root = await say('run 1')
  await say('inside', root)
  anna.deletes('C1', root)
  await say('still said', root)
  expect(anna.sees('C1').map(({ text, thread }) => [text, thread])).toEqual([
    ['inside', root],
    ['still said', undefined],
  ])
  await slack.close()
})

test('nothing that is written is fetched for a preview, and there is always a text for the notification', async () => {
  const slack = await startSlack()
  slack.channel('C1', ['UANNA'])
  const token = slack.world.botToken
  const call = connectSlack(token, { apiUrl: slack.apiUrl })
  const transport = createSlackTransport({ call, token, apiUrl: slack.apiUrl, onTrouble: () => {} })
  const never = new AbortController().signal
  const message = { body: ['See https://x.example/?secret'], silent: false, hearers: ['UANNA'] }
  for (const form of ['full', 'plain', 'bare'] as const) await transport.send('C1', { message }, form, never)
  for (const { fields } of slack.callsTo('chat.postMessage')) {
    expect(fields).toMatchObject({ unfurl_links: 'false', unfurl_media: 'false' })
    expect(fields.text).toBe('<@UANNA> See https://x.example/?secret')
  }
  expect(slack.callsTo('chat.postMessage')).toHaveLength(3)
  await slack.close()
})
