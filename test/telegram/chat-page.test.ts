import { expect, test } from 'vitest'
import { exampleConversations } from '../../scripts/chat-page/example.ts'
import { chatPage } from '../../scripts/chat-page/html.ts'
import type { Conversation } from '../support/bot-api/conversation.ts'

test('the example conversations are rendered, taken by the strict stand-in and shown as a page that fetches nothing', async () => {
  const conversations = await exampleConversations()
  expect(conversations.map((c) => c.messages.length)).toEqual([5, 5, 5])
  const page = chatPage(conversations, { zone: 'Europe/Berlin' })
  expect(page).toContain('Start task 3 of 7?')
  expect(page).not.toMatch(/https?:|src=|url\(|@import/)
})

test('what people and models write stays text, with its marks', () => {
  const at = Date.UTC(2026, 10, 21, 20, 14)
  const text = '<script>alert(1)</script> bold\ncode'
  const conversation: Conversation = {
    bot: 'Baton',
    chat: { id: 1, type: 'private', title: 'Anna' },
    messages: [
      {
        id: 1,
        chatId: 1,
        from: { id: 2, name: 'Baton', isBot: true },
        at,
        silent: true,
        versions: [
          { at, text: 'before', entities: [] },
          {
            at,
            text,
            entities: [
              { type: 'bold', offset: 26, length: 4 },
              { type: 'pre', offset: 31, length: 4 },
            ],
            keyboard: [[{ text: '"Allow"', callback_data: 'x', style: 'success' }]],
          },
        ],
      },
    ],
    taps: [
      {
        queryId: '1',
        at,
        chatId: 1,
        messageId: 1,
        by: { id: 1, name: 'Anna' },
        data: 'x',
        answer: { at, text: 'Done', alert: false },
      },
    ],
  }
  const page = chatPage([conversation], { zone: 'UTC', withTaps: true })
  expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt; <b>bold</b>\n<pre>code</pre>')
  expect(page).toContain('<span class="success">&quot;Allow&quot;</span>')
  expect(page).toContain('edited 20:14')
  expect(page).toContain('without a sound')
  expect(page).toContain('Anna tapped x · Done')
})
