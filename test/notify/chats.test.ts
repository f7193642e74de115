import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { cutForReceiver } from '../../src/notify/chat-text.ts'
import { discordMessage } from '../../src/notify/discord.ts'
import type { Notification } from '../../src/notify/notification.ts'
import { slackMessage } from '../../src/notify/slack.ts'
import { type House, openHouse } from './house.ts'
import { startReceiver, type TestReceiver } from './receiver.ts'

const notification = (more: Partial<Notification> = {}): Notification => ({
  type: 'info',
  message: 'Resumed by Anna',
  timestamp: '2026-11-21T09:14:00.000Z',
  data: { project: 'main' },
  ...more,
})

const question = notification({
  type: 'question',
  message: 'Which color?',
  data: { project: 'main', text: 'Which color?\n- Blue: like <the> sky', options: ['Blue', 'Red'] },
})

describe('a message to Slack', () => {
  test('shows a question with its options, and nothing of it becomes a mention or a link', () => {
    expect(slackMessage([question])).toEqual({
      body: {
        text: '*❓ Which color?*\nWhich color?\n- Blue: like &lt;the&gt; sky\nOptions: Blue · Red',
        unfurl_links: false,
        unfurl_media: false,
      },
      count: 1,
    })
    expect(JSON.stringify(slackMessage([notification({ message: '<!channel> & <@U1>' })]).body)).toContain(
      '&lt;!channel&gt; &amp; &lt;@U1&gt;',
    )
  })
  test('says how a task ended', () => {
    const done = notification({
      type: 'task_complete',
      message: 'Finished task 1: Login',
      data: { project: 'main', completed: 1, total_tasks: 3, result: 'Added it.' },
    })
    const failed = notification({
      type: 'task_failed',
      message: 'Task 2 (Docs) failed: exit 1',
      data: { project: 'main', error: 'exit 1' },
    })
    const over = notification({
      type: 'session_complete',
      message: 'All 3 tasks ended',
      data: { project: 'main', cost_usd: 1.5 },
    })
    expect(slackMessage([done, failed, over])).toMatchObject({
      body: {
        text: '*✅ Finished task 1: Login*\nAdded it.\n1 of 3 done\n*❌ Task 2 (Docs) failed: exit 1*\n*🏁 All 3 tasks ended*\nCost: $1.50',
      },
      count: 3,
    })
  })
})

describe('a message to Discord', () => {
  test('shows a question with its options, mentions nobody, previews nothing', () => {
    expect(discordMessage([question])).toEqual({
      body: {
        content: '**❓ Which color?**\nWhich color?\n- Blue: like \\<the\\> sky\nOptions: Blue · Red',
        allowed_mentions: { parse: [] },
        flags: 4,
      },
      count: 1,
    })
  })

  test('shows signs of Markdown and entities as they were written', () => {
    const { body } = discordMessage([{ ...question, message: 'a&shy;b **c** `d`', data: { project: 'main' } }])
    expect(body).toMatchObject({ content: '**❓ a\\&shy;b \\*\\*c\\*\\* \\`d\\`**' })
  })
})

test('whatever is told, the limits of the chats are kept, characters stay whole, and none is left out', () => {
  const text = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 200 }),
    fc.integer({ min: 0, max: 700 }).map((times) => 'a<*😀 '.repeat(times)),
  )
  const told = fc.record({
    type: fc.constantFrom<Notification['type']>('question', 'task_failed', 'info', 'task_complete'),
    message: text,
    timestamp: fc.constant(''),
    data: fc.record({
      project: fc.constant('main'),
      text,
      result: text,
      error: text,
      options: fc.array(text, { maxLength: 3 }),
    }),
  })
  fc.assert(
    fc.property(fc.array(told, { minLength: 1, maxLength: 20 }), (all) => {
      for (const [make, field, longest] of [
        [slackMessage, 'text', 4_000],
        [discordMessage, 'content', 2_000],
      ] as const) {
        let left = all.map((one, i) => ({ ...one, message: `told${i}. ${one.message}` }))
        while (left.length > 0) {
          const { body, count } = make(left)
          const words = (body as Record<string, string>)[field] ?? ''
          expect(words.length).toBeLessThanOrEqual(longest)
          expect(words.isWellFormed()).toBe(true)
          expect(count).toBeGreaterThan(0)
          for (const { message } of left.slice(0, count))
            expect(words).toContain(message.slice(0, message.indexOf('.')))
          left = left.slice(count)
        }
      }
    }),
    { numRuns: 60 },
  )
})

test('a text is cut between characters', () => {
  for (const longest of [5, 6, 7]) {
    const short = cutForReceiver('😀'.repeat(9), longest)
    expect(short.isWellFormed()).toBe(true)
    expect(short.length).toBeLessThanOrEqual(longest)
    expect(short.endsWith('😀…')).toBe(true)
  }
})

describe('a chat', () => {
  let house: House
  let chat: TestReceiver
  beforeEach(async () => {
    house = openHouse()
    chat = await startReceiver()
  })
  afterEach(async () => {
    await house.close()
    await chat.close()
  })
  const lines = () => chat.taken().flatMap(({ text }: { text: string }) => text.split('\n'))

  test('gets a backlog in few messages, in order and at its pace', async () => {
    chat.behave(() => 503)
    house.tell([{ url: chat.url, format: 'slack' }])
    for (let i = 1; i <= 30; i++) house.happen('note', { text: `n${i}` })
    await expect.poll(() => chat.requests.length).toBe(1)
    chat.behave(() => 200)
    await expect.poll(lines).toEqual(Array.from({ length: 30 }, (_, i) => `*ℹ️ n${i + 1}*`))
    expect(chat.requests.length).toBeLessThanOrEqual(4)
    for (const [i, { at }] of chat.requests.entries())
      expect(at - (chat.requests[i - 1]?.at ?? -9_999)).toBeGreaterThan(1_090)
  })

  test('that refuses one of several loses only that one', async () => {
    chat.behave(({ text }) => (text.includes('bad') ? 400 : 200))
    house.tell([{ url: chat.url, format: 'slack' }])
    for (const text of ['one', 'bad', 'three']) house.happen('note', { text })
    await expect.poll(lines).toEqual(['*ℹ️ one*', '*ℹ️ three*'])
    expect(house.words).toContain('slack at 127.0.0.1 lost 1: answered 400')
  })
})
