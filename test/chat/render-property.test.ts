import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Message } from '../../src/chat/message.ts'
import { renderAsk } from '../../src/chat/render/ask.ts'
import { reveal } from '../../src/chat/render/clean.ts'
import { renderCost } from '../../src/chat/render/cost.ts'
import { renderFileChoice } from '../../src/chat/render/file-choice.ts'
import { renderHold } from '../../src/chat/render/hold.ts'
import { renderLog } from '../../src/chat/render/log.ts'
import { renderNotice, renderReminder } from '../../src/chat/render/notice.ts'
import { renderOverview } from '../../src/chat/render/overview.ts'
import { renderProgress } from '../../src/chat/render/progress.ts'
import { otherMessage } from '../../src/chat/render/question.ts'
import { renderReceipt } from '../../src/chat/render/receipt.ts'
import { renderRunEnd } from '../../src/chat/render/run-end.ts'
import { renderTaskList } from '../../src/chat/render/task-list.ts'
import type { Ask, AskKind, Choice } from '../../src/core/types.ts'
import { parseHtml } from '../support/bot-api/html.ts'
import { readMarkup } from '../support/bot-api/markup.ts'
import { formatText } from '../support/bot-api/text.ts'
import * as sample from '../support/telegram-samples.ts'
import { hostileText } from './hostile.ts'
import { htmlOf, plainOf } from './rendering.ts'

const now = sample.moment('21:14')
const numRuns = 25

/** The strict stand-in takes it, with room for what the outbox may add, and nothing was lost between its two forms. */
const expectSendable = (message: Message, spare = 160) => {
  const parsed = parseHtml(htmlOf(message))
  expect(parsed.text).toBe(plainOf(message))
  expect(parsed.entities.length).toBeLessThanOrEqual(100)
  expect(formatText(htmlOf(message), 'HTML', undefined, 4096 - spare).text).not.toBe('')
  expect(formatText(plainOf(message), undefined, undefined, 4096 - spare).text).not.toBe('')
  const keyboard = message.buttons?.map((row) =>
    row.map(({ data, needsDocument: _, ...button }) => ({ ...button, callback_data: data })),
  )
  readMarkup({ values: { reply_markup: { inline_keyboard: keyboard ?? [] } }, uploads: [] })
}
const holds = (render: (text: () => string, number: () => number) => Message, spare?: number) =>
  fc.assert(
    fc.property(
      fc.array(hostileText(), { minLength: 12, maxLength: 12 }),
      fc.array(fc.nat(20_000_000), { minLength: 8, maxLength: 8 }),
      (texts, numbers) => {
        let t = 0
        let n = 0
        expectSendable(
          render(
            () => texts[t++ % texts.length] as string,
            () => numbers[n++ % numbers.length] as number,
          ),
          spare,
        )
      },
    ),
    { numRuns },
  )

const OPTIONS: Record<AskKind, Choice[]> = {
  approval: ['approve', 'reject', 'skip', 'stop'],
  permission: ['allow', 'allow-task', 'deny'],
  question: [],
  review: ['accept', 'send-back', 'undo'],
  failure: ['retry', 'skip', 'stop'],
}
const hostileAsk = (kind: AskKind, text: () => string): Ask =>
  sample.sampleAsk({
    kind,
    title: text(),
    text: text(),
    options: OPTIONS[kind].map((choice) => ({ choice, label: choice })),
    rule: text(),
    tool: { name: 'Bash', input: { command: text() } },
    questions: [
      {
        question: text(),
        header: text(),
        multiSelect: true,
        options: [{ label: text(), description: text() }, { label: text() }],
      },
      { question: text(), multiSelect: false, options: [{ label: text() }] },
    ],
  })
const hostileTask = (text: () => string) =>
  sample.sampleTask({
    spec: {
      title: text(),
      type: text(),
      origin: { source: 'files' as const, ref: text(), file: text(), line: 1, form: 'section' as const },
      description: text(),
      criteria: [text(), text()],
      verify: [text()],
      instruction: text(),
    },
  })
const hostileView = (text: () => string, number: () => number) =>
  sample.sampleTaskView({
    title: text(),
    where: text(),
    file: text(),
    result: text(),
    turns: number(),
    costUsd: number() / 100,
    attempts: number(),
    endedAt: sample.at('21:10') + number(),
    proof: {
      checks: [{ name: text(), command: text(), ok: false, durationMs: number(), output: text() }],
      criteria: [{ criterion: text(), pass: true, evidence: text() }],
      files: Array.from({ length: number() % 40 }, () => ({ path: text(), change: 'M' as const, added: number() })),
      flags: [text()],
      gitWrites: [text()],
    },
  })

describe('whatever the words, the server takes the message', () => {
  test.each(Object.keys(OPTIONS) as AskKind[])('an open %s', (kind) => {
    holds((text, number) => {
      const ask = hostileAsk(kind, text)
      const dialog = { step: number() % 2, replies: [{ picked: [0], words: text() }, { picked: [] }] }
      return renderAsk(
        {
          ask,
          task: hostileTask(text),
          total: number(),
          dialog,
          logTail: text(),
          result: hostileView(text, number),
          patch: text(),
        },
        now,
      )
    })
  })

  test.each(Object.keys(OPTIONS) as AskKind[])('a closed %s', (kind) => {
    holds((text, number) => {
      const ask = hostileAsk(kind, text)
      const answers = Object.fromEntries((ask.questions ?? []).map((q) => [q.question, text()]))
      const answer = {
        choice: 'deny' as const,
        text: text(),
        answers,
        by: { surface: 'terminal' as const, id: text(), name: text() },
        at: number(),
        hash: 'h',
      }
      return renderAsk(
        {
          ask: { ...ask, state: 'answered', answer },
          task: hostileTask(text),
          total: 3,
          result: hostileView(text, number),
        },
        now,
      )
    }, 0)
  })

  test('progress, status, lists, ends, the rest', () => {
    holds((text, number) => {
      const task = hostileView(text, number)
      const live = { ...sample.sampleStatus().live!, activity: text() }
      return renderProgress({ task, total: number(), done: number(), live }, now)
    })
    holds((text, number) => {
      const asks = Array.from({ length: number() % 60 }, () => hostileAsk('permission', text))
      const status = sample.sampleStatus({
        run: sample.sampleRun({ files: [text(), text()] }),
        current: hostileView(text, number),
        asks,
      })
      return renderOverview(
        { status, next: [{ number: 4, title: text() }], nextStart: { at: number(), files: [text()] } },
        now,
      )
    })
    holds((text, number) =>
      renderTaskList({
        run: sample.sampleRun({ files: [text()] }),
        page: number(),
        asked: [],
        tasks: Array.from({ length: number() % 40 }, () => hostileView(text, number)),
      }),
    )
    holds((text, number) =>
      renderRunEnd({
        run: sample.sampleRun({ files: [text()], reason: text() }),
        tasks: Array.from({ length: number() % 50 }, () => hostileView(text, number)),
      }),
    )
    holds((text, number) => renderReceipt({ task: hostileView(text, number), total: number() }))
    holds((text, number) =>
      renderCost({
        todayUsd: number(),
        tasks: Array.from({ length: number() % 50 }, () => hostileView(text, number)),
      }),
    )
    holds((text, number) =>
      renderLog({ task: hostileView(text, number), lines: [text(), text()], whole: text(), updatedAt: number() }, now),
    )
    holds((text, number) =>
      renderHold(
        { hold: { why: 'disk', until: now.now + number(), since: 0, text: text() }, task: hostileView(text, number) },
        now,
      ),
    )
    holds((text) => renderNotice(text() || 'x', { mark: 'ℹ️', title: text() }))
    holds((text, number) => renderFileChoice(Array.from({ length: number() % 50 }, text), { unknown: text() }))
    holds((text) => renderReminder(hostileAsk('question', text), now))
    holds((text) => otherMessage({ ask: hostileAsk('question', text), total: 1 }))
  })
})

test('what can be approved is shown whole: in the message, or in the document that its buttons need', () => {
  fc.assert(
    fc.property(
      hostileText(120),
      fc.constantFrom('permission' as const, 'review' as const, 'approval' as const),
      (words, kind) => {
        const ask: Ask = { ...hostileAsk(kind, () => 'x'), text: words }
        const message = renderAsk({ ask, total: 3 }, now)
        const binding = (message.buttons ?? []).flat().filter((b) => /:(approve|allow|allow-task|accept)$/.test(b.data))
        expect(binding.length).toBeGreaterThan(0)
        if (message.document) {
          expect(message.document.content).toContain(words)
          expect(binding.every((b) => b.needsDocument)).toBe(true)
        } else if (kind === 'permission') {
          expect(plainOf(message)).toContain(reveal(words).text)
        }
      },
    ),
    { numRuns: 200 },
  )
})
