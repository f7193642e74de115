import { describe, expect, test } from 'vitest'
import { decodeTap } from '../../src/chat/callback.ts'
import { newDialog } from '../../src/chat/dialog.ts'
import { renderAsk } from '../../src/chat/render/ask.ts'
import { otherMessage } from '../../src/chat/render/question.ts'
import type { Question } from '../../src/core/types.ts'
import * as sample from '../support/telegram-samples.ts'
import { labels, plainOf, shown } from './rendering.ts'

const now = sample.moment('21:14')
const task = sample.sampleTask()
const ask = (questions?: Question[]) => sample.sampleQuestion(questions)
const options = (...names: string[]): Question => ({
  question: 'Which?',
  multiSelect: false,
  options: names.map((label) => ({ label })),
})

describe('a question', () => {
  test('has a button with each option’s label, and Other…', () => {
    expect(shown(renderAsk({ ask: ask(), task, total: 7 }, now))).toMatchInlineSnapshot(`
      "❓ <b>Claude asks · Storage</b>
      Task 3 of 7 · Add a login endpoint

      <b>Where should the sessions live?</b>

      1. <b>PostgreSQL</b> – Already in docker-compose; survives a restart
      2. <b>Redis</b> – Faster, one more service to run
      3. <b>In memory</b> – Everybody signs in again after a deploy

      <i>Tap one, or reply in your own words.</i>
      ---
      [PostgreSQL] [Redis] [In memory]
      [Other…]"
    `)
  })

  test('of several goes step by step, shows what was answered, and has ticks', () => {
    const dialog = { step: 1, replies: [{ picked: [0] }, { picked: [0, 2] }] }
    expect(shown(renderAsk({ ask: ask(sample.sampleQuestions), task, total: 7, dialog }, now))).toMatchInlineSnapshot(`
      "❓ <b>Claude asks (2 of 2) · Pages</b>
      Task 3 of 7 · Add a login endpoint

      ✓ Storage: <b>PostgreSQL</b>

      <b>Which pages need a signed-in person?</b>

      1. <b>Orders</b> ☑️
      2. <b>Invoices</b>
      3. <b>Settings</b> ☑️

      <i>Select all that apply, then Done – or reply in your own words.</i>
      ---
      [☑ Orders] [☐ Invoices] [☑ Settings]
      [← Back] [Other…] [Done success]"
    `)
  })

  test('with labels too long for a button numbers them all', () => {
    const question = options('Keep the old table and copy the rows in the background', 'Drop it')
    const message = renderAsk({ ask: ask([question]), task, total: 7 }, now)
    expect(labels(message)).toEqual(['1 · Keep the old table and copy…', '2 · Drop it', 'Other…'])
    expect(plainOf(message)).toContain('1. Keep the old table and copy the rows in the background\n2. Drop it')
  })

  test('without options can be answered in words', () => {
    const message = renderAsk({ ask: ask([options()]), task, total: 1 }, now)
    expect(labels(message)).toEqual(['Other…'])
    expect(plainOf(message)).toContain('Reply in your own words.')
  })

  test('its buttons say which option of which question they mean', () => {
    const dialog = { step: 1, replies: [{ picked: [0] }, { picked: [2] }] }
    const taps = renderAsk({ ask: ask(sample.sampleQuestions), task, total: 7, dialog }, now)
      .buttons?.flat()
      .map((b) => decodeTap(b.data))
    expect(taps).toEqual(
      [
        { do: 'tick', question: 1, option: 0 },
        { do: 'tick', question: 1, option: 1 },
        { do: 'untick', question: 1, option: 2 },
        { do: 'back', question: 1 },
        { do: 'other', question: 1 },
        { do: 'finish', question: 1 },
      ].map((tap) => ({ kind: 'question', askId: 'k7dq2m9xw4ptabcd', tap })),
    )
  })

  test('answered shows every question and the answers, and no buttons', () => {
    const answers = {
      'Where should the sessions live?': 'PostgreSQL',
      'Which pages need a signed-in person?': 'Orders',
    }
    const answered = {
      ...ask(sample.sampleQuestions),
      state: 'answered' as const,
      answer: { choice: 'answer' as const, answers, by: sample.anna, at: sample.at('21:14'), hash: 'h' },
    }
    expect(shown(renderAsk({ ask: answered, task, total: 7 }, now))).toMatchInlineSnapshot(`
      "❓ <b>Claude asks</b>
      Task 3 of 7 · Add a login endpoint

      <b>Where should the sessions live?</b>

      1. <b>PostgreSQL</b> – Already in docker-compose; survives a restart
      2. <b>Redis</b> – Faster, one more service to run
      3. <b>In memory</b> – Everybody signs in again after a deploy

      <b>Which pages need a signed-in person?</b>

      1. <b>Orders</b>
      2. <b>Invoices</b>
      3. <b>Settings</b>

      ✅ <b>Answered</b> by Anna (Telegram), 21:14
      • Storage: PostgreSQL
      • Pages: Orders
      (silent)"
    `)
  })

  test('Other… opens the reply field', () => {
    const view = { ask: ask(sample.sampleQuestions), task, total: 7, dialog: newDialog(sample.sampleQuestions) }
    const message = otherMessage(view)
    expect(plainOf(message)).toBe('✏️ Your own answer\nWhere should the sessions live?')
    expect(message).toMatchObject({ asksForReply: 'Your answer', silent: true })
  })
})
