import type { Message } from '../../src/chat/message.ts'
import { renderAsk } from '../../src/chat/render/ask.ts'
import { renderHold } from '../../src/chat/render/hold.ts'
import { renderNotice } from '../../src/chat/render/notice.ts'
import { renderOverview } from '../../src/chat/render/overview.ts'
import { renderProgress } from '../../src/chat/render/progress.ts'
import { renderReceipt } from '../../src/chat/render/receipt.ts'
import { renderRunEnd } from '../../src/chat/render/run-end.ts'
import { renderTaskList } from '../../src/chat/render/task-list.ts'
import type { Answer, Question } from '../../src/core/types.ts'
import { toHtml } from '../../src/telegram/html.ts'
import { call } from '../../test/support/bot-api/call.ts'
import type { Conversation } from '../../test/support/bot-api/conversation.ts'
import { startBotApi } from '../../test/support/bot-api/server.ts'
import * as sample from '../../test/support/telegram-samples.ts'

const PERSON = 4711

/** Made-up conversations, rendered and sent as real ones are: what a person sees in the course of an evening. */
export async function exampleConversations(): Promise<Conversation[]> {
  return [await evening(), await questions(), await late()]
}

async function stage(play: (tools: Awaited<ReturnType<typeof openStage>>) => Promise<void>): Promise<Conversation> {
  const tools = await openStage()
  await play(tools)
  const conversation = structuredClone(tools.api.conversation(PERSON))
  await tools.api.close()
  return conversation
}

async function openStage() {
  let now = 0
  const api = await startBotApi({ now: () => now })
  const anna = api.person({ id: PERSON, name: 'Anna' })
  const must = async (method: string, params: object) => {
    const reply = await call(api, method, { chat_id: PERSON, parse_mode: 'HTML', ...params })
    if (!reply.ok) throw new Error(`${method}: ${reply.description}`)
    return (reply.result as { message_id: number }).message_id
  }
  const markup = (message: Message) =>
    message.buttons && {
      reply_markup: {
        inline_keyboard: message.buttons.map((row) =>
          row.map(({ data, needsDocument: _, ...b }) => ({ ...b, callback_data: data })),
        ),
      },
    }
  return {
    api,
    anna,
    clock: (time: string) => {
      now = sample.at(time)
      return { now, zone: sample.zone }
    },
    send: (message: Message) =>
      must('sendMessage', { text: toHtml(message.body), disable_notification: message.silent, ...markup(message) }),
    edit: (messageId: number, message: Message) =>
      must('editMessageText', { message_id: messageId, text: toHtml(message.body), ...markup(message) }),
  }
}

const evening = () =>
  stage(async ({ clock, send, edit, anna }) => {
    const task = sample.sampleTask()
    const approval = sample.sampleAsk()
    clock('20:40')
    anna.says('/start today')
    await send(renderNotice('tasks/today.md, 7 tasks. The first one begins now.', { mark: '▶️', silent: true }))
    const asked = await send(renderAsk({ ask: approval, task, total: 7 }, clock('21:09')))
    const answered = {
      ...approval,
      state: 'answered' as const,
      answer: { choice: 'approve' as const, by: sample.anna, at: sample.at('21:10'), hash: 'h' },
    }
    await edit(asked, renderAsk({ ask: answered, task, total: 7 }, clock('21:10')))
    const { live } = sample.sampleStatus()
    await send(
      renderProgress({ task: sample.sampleTaskView(), total: 7, done: 2, ...(live && { live }) }, clock('21:14:17')),
    )
    await send(renderAsk({ ask: sample.samplePermission(), task, total: 7 }, clock('21:15')))
  })

const questions = () =>
  stage(async ({ clock, send, edit, anna }) => {
    const task = sample.sampleTask()
    const [where, which] = sample.sampleQuestions as [Question, Question]
    const first = sample.sampleQuestion([where])
    const asked = await send(renderAsk({ ask: first, task, total: 7 }, clock('21:16')))
    const answer: Answer = {
      choice: 'answer',
      answers: { [where.question]: 'PostgreSQL' },
      by: sample.anna,
      at: sample.at('21:17'),
      hash: first.hash,
    }
    await edit(asked, renderAsk({ ask: { ...first, state: 'answered', answer }, task, total: 7 }, clock('21:17')))
    const second = sample.sampleQuestion([which], { openedAt: sample.at('21:18') })
    const dialog = { step: 0, replies: [{ picked: [0, 2] }] }
    await send(renderAsk({ ask: second, task, total: 7, dialog }, clock('21:18')))
    const now = clock('21:19:30')
    anna.says('/status')
    const { live } = sample.sampleStatus()
    const status = sample.sampleStatus({
      run: sample.sampleRun({ status: 'waiting' }),
      current: sample.sampleTaskView({ status: 'waiting' }),
      ...(live && { live: { ...live, checkedAt: sample.at('21:19:22') } }),
      asks: [second],
    })
    const next = [
      { number: 4, title: 'Add a logout endpoint' },
      { number: 5, title: 'Import the old customers' },
    ]
    await send(renderOverview({ status, next, dayBudgetUsd: 20 }, now))
    const hold = {
      why: 'limit' as const,
      until: sample.at('22:26'),
      since: sample.at('21:20'),
      text: 'Claude’s five-hour session limit',
    }
    await send(renderHold({ hold, task: sample.sampleTaskView() }, clock('21:20')))
  })

const late = () =>
  stage(async ({ clock, send, anna }) => {
    clock('22:31')
    const done = sample.sampleTaskView({
      status: 'done',
      endedAt: sample.at('21:21:30'),
      costUsd: 0.87,
      turns: 31,
      result:
        'The login endpoint is there and limits wrong tries to five a minute for each address. I ran the tests: all 48 pass.',
      proof: sample.sampleProof,
    })
    await send(renderReceipt({ task: done, total: 7 }))
    const failed = sample.sampleTask({ number: 5, spec: { title: 'Import the old customers' }, phase: 'failure' })
    const failure = sample.sampleAsk({
      task: 5,
      kind: 'failure',
      title: 'Task 5 (Import the old customers) failed',
      text: 'The check "npm test" failed twice.',
      options: [
        { choice: 'retry', label: 'Retry' },
        { choice: 'skip', label: 'Skip' },
        { choice: 'stop', label: 'Stop' },
      ],
    })
    const logTail =
      ' FAIL  test/import.test.ts\n  × keeps the umlauts of 1998\n    expected "Müller", got "M�ller"\n Tests  1 failed | 61 passed'
    await send(renderAsk({ ask: failure, task: failed, total: 7, logTail }, clock('22:31')))
    const run = sample.sampleRun({
      status: 'failed',
      endedAt: sample.at('22:33'),
      counts: {
        queued: 0,
        running: 0,
        waiting: 0,
        verifying: 0,
        merging: 0,
        taken_over: 0,
        done: 4,
        failed: 1,
        skipped: 1,
        blocked: 1,
        undone: 0,
      },
    })
    await send(renderRunEnd({ run, tasks: sample.sampleTasks }))
    clock('22:40')
    anna.says('/tasks')
    await send(renderTaskList({ run, tasks: sample.sampleTasks, page: 0, asked: [] }))
  })
