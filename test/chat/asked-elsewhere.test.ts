import { afterEach, beforeEach, expect, test } from 'vitest'
import { createCardBoard } from '../../src/chat/cards/card.ts'
import type { Chat } from '../../src/chat/chat.ts'
import type { AskedElsewhere, RunElsewhere, SaidElsewhere } from '../../src/core/elsewhere.ts'
import type { Reply } from '../../src/core/inputs.ts'
import type { Actor } from '../../src/core/types.ts'
import { createAsksElsewhere } from '../../src/messengers/asks-elsewhere.ts'
import type { SharedBots } from '../../src/messengers/messenger.ts'
import { openChat } from '../../src/messengers/open-chat.ts'
import { redactor } from '../../src/redact/redact.ts'
import { createHome, type Home } from '../support/home.ts'
import { createRecordedTransport } from '../support/recorded-transport.ts'
import { openRehearsedApp, type TestApp } from '../support/rehearsed-app.ts'

// What a machine without a chat asks, in the chats of another one.

const ANNA = 'room-anna'
const BEN = 'room-ben'
const gate = (id: string, more: Partial<AskedElsewhere> = {}): AskedElsewhere => ({
  ...{ id, hash: `hash-${id}`, kind: 'approval' },
  options: [
    { choice: 'approve', label: 'Approve' },
    { choice: 'reject', label: 'Reject' },
  ],
  shown: { title: `Start ${id}?`, text: `All of ${id}`, mixed: [], questions: [] },
  ...more,
})

let home: Home
let app: TestApp
let chat: Chat
const recorded = { current: createRecordedTransport() }
const errors: unknown[] = []
/** What the other machine asks, what it is told, and what it says to that. */
const far = {
  asks: [] as AskedElsewhere[],
  runs: [] as RunElsewhere[],
  /** Answers by the path, where it is not the decision of an ask. */
  api: {} as Record<string, unknown>,
  looks: 0,
  told: [] as { said: SaidElsewhere; by: string; key: string }[],
  reply: { ok: true, text: 'Approved task 1', data: { choice: 'approve' } } as Reply,
  decision: { state: 'answered', decision: 'Rejected by Ben (dashboard)' } as Record<string, unknown> | undefined,
}
let settle: () => Promise<void> = async () => undefined
let look: () => void = () => undefined
const carried: unknown[] = []

/** Begins a life of the machine that has the chat. */
async function open(): Promise<void> {
  const opened = await openRehearsedApp(home.dir, { change: (config) => (config.timezone = 'UTC'), errors })
  app = opened.app
  app.store.setMeta('slack:since', 0)
  const machines: SharedBots = {
    bot: () => ({ mayHear: () => true, yield: () => false, claim: async () => true, begin: () => undefined }),
    known: async () => undefined,
    asking: async () => [],
    runs: async () => [],
    askAll: async () => [],
    ask: async (_: string, path: string) => {
      if (!path.includes('/tasks')) return far.decision
      far.looks++
      return far.api[path]
    },
    answer: async (_: unknown, said: SaidElsewhere, by: Actor, key: string) => {
      far.told.push({ said, by: by.name, key })
      return far.reply
    },
    asks: async () => ({
      here: far.asks.map((ask) => ({ ask, machine: 'far', surfaces: ['slack'] })),
      runs: far.runs.map((run) => ({ run, surfaces: ['slack'] })),
      open: new Map([['far', new Set(far.asks.map(({ id }) => id))]]),
    }),
    carry: (asks) => carried.push(asks),
    onLook: (listener) => {
      look = listener
    },
  }
  const cards = createCardBoard(app.store.kept)
  const log = { info: () => {}, warn: () => {}, error: (fields: object) => errors.push(fields) }
  const options = { config: opened.config, app, redact: redactor([]), log, cards, machines }
  chat = openChat(recorded.current.transport, options, { chats: [ANNA, BEN] })
  const shows = createAsksElsewhere({
    ...{ machines, messengers: [{ name: 'slack' as const, chat }], cards, kept: app.store.kept },
    ...{
      redact: <T>(value: T) => value,
      now: Date.now,
      zone: () => 'UTC',
      onError: (error: unknown) => errors.push(error),
    },
  })
  settle = async () => {
    look()
    await shows.settle()
  }
  chat.start()
  app.runner.begin()
}
const close = async () => {
  await chat.stop()
  await app.runner.stop()
}

beforeEach(async () => {
  home = createHome('# Nothing\n')
  recorded.current = createRecordedTransport()
  Object.assign(far, {
    asks: [],
    runs: [],
    api: {},
    looks: 0,
    told: [],
    reply: { ok: true, text: 'Approved task 1', data: { choice: 'approve' } },
  })
  await open()
})
afterEach(async () => {
  await close()
  home.remove()
  expect(errors.splice(0)).toEqual([])
})

const messages = (words: string, chatId = ANNA) =>
  recorded.current.seen(chatId).filter(({ text, byPerson }) => !byPerson && text.includes(words))
const labels = (words: string, chatId = ANNA) =>
  messages(words, chatId).flatMap(({ buttons }) => buttons.flat().map(({ text }) => text))
const shown = async (...asks: AskedElsewhere[]) => {
  far.asks = asks
  await settle()
  for (const { shown } of asks) await expect.poll(() => messages(`far: ${shown.title}`).length).toBe(1)
}

test('it is there once over several lives, with a sound, and counts once whoever taps first', async () => {
  await shown(gate('one'))
  expect(messages('far: Start one?')[0]?.silent).toBe(false)
  await close()
  await open()
  expect(carried.at(-1)).toEqual([{ ask: 'one', surfaces: ['slack'] }])
  await shown(gate('one'))
  expect(labels('far: Start one?', BEN)).toEqual(['Approve', 'Reject', 'Snooze'])
  await recorded.current.taps(chat, BEN, 'Approve')
  await expect.poll(() => messages('Answered by').length).toBe(1)
  expect([labels('far: Start one?'), labels('far: Start one?', BEN)]).toEqual([[], []])
  expect(far.told).toMatchObject([{ said: { answer: { choice: 'approve' } }, key: expect.stringContaining(':one') }])
  // The other one comes too late, with words as well.
  await recorded.current.says(chat, ANNA, 'no', messages('far: Start one?')[0]?.id)
  await expect.poll(() => messages('This has already been decided.').length).toBe(1)
  expect(far.told).toHaveLength(1)
})

test('an approval that others must give as well leaves it open, and says who has approved', async () => {
  await shown(gate('one', { deciders: 'To be decided by ops (2 people).' }))
  far.reply = { ok: true, text: 'Approved. One more is needed.', data: { approvals: 1 } }
  await recorded.current.taps(chat, ANNA, 'Approve')
  expect(recorded.current.answers.at(-1)).toMatchObject({ text: 'Approved. One more is needed.' })
  await shown(gate('one', { deciders: 'To be decided by ops (2 people). Approved so far by Anna.' }))
  await expect.poll(() => messages('Approved so far by Anna.', BEN).length).toBe(1)
  expect(labels('far: Start one?', BEN)).toEqual(['Approve', 'Reject', 'Snooze'])
  far.reply = { ok: true, text: 'Approved task 1', data: { choice: 'approve' } }
  await recorded.current.taps(chat, BEN, 'Approve')
  await expect.poll(() => labels('far: Start one?')).toEqual([])
})

test('what has changed since it was shown is shown again as it is now, and can be decided', async () => {
  await shown(gate('one'))
  far.reply = { ok: false, code: 'changed', text: 'It has changed.' }
  await recorded.current.taps(chat, ANNA, 'Approve')
  await expect.poll(() => messages('It has changed.').length).toBe(1)
  await shown(gate('one', { hash: 'new', shown: { ...gate('one').shown, text: 'Something else' } }))
  await expect.poll(() => messages('Something else').length).toBe(1)
  expect(messages('It has changed.')).toEqual([])
  expect(labels('far: Start one?')).toEqual(['Approve', 'Reject', 'Snooze'])
})

test('a machine that does not answer leaves it open', async () => {
  await shown(gate('one'))
  far.reply = { ok: false, code: 'not-possible', text: 'far does not answer at the moment.' }
  await recorded.current.taps(chat, ANNA, 'Approve')
  expect(recorded.current.answers.at(-1)).toMatchObject({ text: 'far does not answer at the moment.', alert: true })
  expect(labels('far: Start one?')).toEqual(['Approve', 'Reject', 'Snooze'])
})

test('words mean the message that they reply to, or the only one; decided elsewhere, it says how', async () => {
  await shown(gate('one'), gate('two'))
  await recorded.current.says(chat, ANNA, '/approve')
  await expect.poll(() => messages('Nothing is waiting for an answer.').length).toBe(1)
  await recorded.current.says(chat, ANNA, '/reject too early', messages('far: Start two?')[0]?.id)
  await expect.poll(() => far.told.map(({ said }) => said)).toEqual([{ reject: 'too early' }])
  await recorded.current.says(chat, ANNA, '/approve')
  await expect.poll(() => far.told.map(({ said }) => said).at(-1)).toEqual({ approve: true })
  await shown(gate('one'), gate('two'), gate('three'))
  // The machine still says that it is open: that is believed.
  far.decision = { state: 'open' }
  far.asks = [gate('one'), gate('two')]
  await settle()
  expect(labels('far: Start three?')).toEqual(['Approve', 'Reject', 'Snooze'])
  far.decision = { state: 'answered', decision: 'Rejected by Ben (dashboard)' }
  await settle()
  await expect.poll(() => messages('Rejected by Ben (dashboard)').length).toBe(1)
  expect(labels('far: Start three?')).toEqual([])
})

test('a sign under it is an answer, once, and what people say there afterwards is for each other', async () => {
  await shown(gate('one'), gate('two', { options: [{ choice: 'stop', label: 'Stop' }] }))
  const [one, two] = ['one', 'two'].map((id) => messages(`far: Start ${id}?`)[0]?.id ?? '')
  const sign = (messageId = '') => recorded.current.hears(chat, ANNA, { kind: 'reaction', means: 'no' }, messageId)
  await sign(one)
  await expect.poll(() => far.told.map(({ said }) => said)).toEqual([{ answer: { choice: 'reject' } }])
  await sign(one)
  // It cannot be answered with yes or no.
  await sign(two)
  const repliedTo = { messageId: one ?? '', isFromBot: true, buttons: [] }
  const overheard = { kind: 'words', text: 'Fine with me', repliedTo, isOverheard: true } as const
  const before = recorded.current.seen(ANNA).length
  await recorded.current.hears(chat, ANNA, overheard, 'm-said')
  await recorded.current.hears(
    chat,
    ANNA,
    { ...overheard, repliedTo: { ...repliedTo, messageId: two ?? '' } },
    'm-told',
  )
  await expect.poll(() => far.told.map(({ said }) => said).at(-1)).toEqual({ answer: 'Fine with me' })
  expect(far.told).toHaveLength(2)
  await expect.poll(() => recorded.current.seen(ANNA).length).toBe(before + 1)
})

test('it can be snoozed: that machine keeps the time, and reminds here, once each time', async () => {
  const until = new Date(Date.now() + 30 * 60_000).toISOString()
  const before = '2026-01-01T00:00:00.000Z'
  await shown(gate('one', { remindedAt: before }))
  // What it said before it was shown here is not repeated.
  expect(messages('Still waiting for you')).toEqual([])
  far.reply = { ok: false, code: 'not-possible', text: 'far does not answer at the moment.' }
  const one = () => messages('far: Start one?')[0]?.id ?? ''
  const tap = (label: string) => recorded.current.taps(chat, ANNA, label)
  await tap('Snooze')
  await expect.poll(() => labels('far: Start one?')).toEqual(['30 min', 'Tonight', 'Tomorrow', '← Back'])
  expect(labels('far: Start one?', BEN)).toEqual(['Approve', 'Reject', 'Snooze'])
  await tap('30 min')
  expect(recorded.current.answers.at(-1)).toMatchObject({ text: 'far does not answer at the moment.', alert: true })
  await tap('← Back')
  await expect.poll(() => labels('far: Start one?')).toEqual(['Approve', 'Reject', 'Snooze'])
  far.reply = { ok: true, text: 'Snoozed.', data: { until: Date.parse(until) } }
  await tap('Snooze')
  await expect.poll(() => labels('far: Start one?')).toContain('30 min')
  await tap('30 min')
  expect(far.told.at(-1)?.said).toEqual({ answer: { snooze: '30m' } })
  expect(recorded.current.answers.at(-1)?.text).toMatch(/^Snoozed until .*\d\d:\d\d\.$/)
  await shown(gate('one', { remindedAt: before, snoozed: { until, by: 'Anna (Slack)' } }))
  await expect.poll(() => messages(' by Anna (Slack)', BEN).length).toBe(1)
  expect(labels('far: Start one?')).toEqual(['Approve', 'Reject', 'Snooze'])

  const first = gate('one', { remindedAt: '2026-01-02T00:00:00.000Z' })
  await shown(first)
  await expect.poll(() => messages('far: Still waiting for you').length).toBe(1)
  expect(messages('far: Still waiting for you')[0]).toMatchObject({ silent: false, repliesTo: one() })
  expect(messages('Snoozed until')).toEqual([])
  // The same in another life is the same reminder.
  await close()
  await open()
  await shown(first)
  // The next one takes the place of the one before.
  await shown(gate('one', { remindedAt: '2026-01-03T00:00:00.000Z' }))
  await expect.poll(() => messages('Still waiting', BEN).length).toBe(1)
  await recorded.current.taps(chat, BEN, 'Tomorrow')
  expect(far.told.at(-1)?.said).toEqual({ answer: { snooze: 'tomorrow' } })
  await expect.poll(() => messages('Snoozed by').length).toBe(1)
  await shown(gate('one', { remindedAt: '2026-01-04T00:00:00.000Z' }))
  await expect.poll(() => labels('Still waiting')).toEqual(['30 min', 'Tonight', 'Tomorrow'])
  // Decided there: the reminder says it, too.
  far.asks = []
  await settle()
  await expect.poll(() => messages('Rejected by Ben (dashboard)').length).toBe(2)
  expect(labels('Still waiting')).toEqual([])
})

const runOfFar = (counts: Record<string, number>, more: Partial<RunElsewhere> = {}): RunElsewhere => ({
  ...{ machine: 'far', session_id: 'r1', project: 'main', status: 'running', completed_at: null },
  ...{ completed_tasks: counts.done ?? 0, total_tasks: 3, task_files: ['a.md'], counts },
  ...more,
})
const ago = (ms: number) => new Date(Date.now() - ms).toISOString()
const PAGE = '/api/sessions/r1/tasks'
const ended = (id: number, status: string, more: object = {}) => ({
  ...{ id, title: `Part ${id}`, status, result: `Result ${id}`, started_at: ago(90_000), completed_at: ago(1_000) },
  ...{ turns: 2, attempts: 1, cost_usd: 0.5 },
  ...more,
})
/** The API of the other machine has these tasks, the latest to end first. */
const has = (...tasks: ReturnType<typeof ended>[]) => {
  far.api = { [`${PAGE}?order=ended&limit=200`]: { tasks } }
  for (const task of tasks) far.api[`${PAGE}/${task.id}`] = task
}

test('receipts of its tasks are sent, each once, with what proves them', async () => {
  far.runs = [runOfFar({ queued: 3 })]
  await settle()
  const checks = [
    { name: 'tests', ok: true, durationMs: 2_000 },
    { name: 'types', ok: false, durationMs: 1_000 },
  ]
  const proof = { checks, files: [{ added: 3, deleted: 1 }], commit: '0123456789abcdef' }
  has(ended(2, 'failed'), ended(1, 'done', { proof }))
  far.runs = [runOfFar({ done: 1, failed: 1, running: 1 })]
  await settle()
  await expect
    .poll(() => messages('far: Task').map(({ text }) => text.split('\n')[0]))
    .toEqual([
      expect.stringContaining('far: Task 1 of 3 is done: Part 1'),
      expect.stringContaining('far: Task 2 of 3 failed: Part 2'),
    ])
  const [first] = messages('far: Task 1')
  for (const words of [
    '2 turns · $0.50',
    'Result 1',
    '✅ tests · 2 s',
    '❌ types · 1 s',
    '1 file changed +3 −1',
    'Committed as 0123456789',
  ])
    expect(first?.text).toContain(words)
  expect(first?.silent).toBe(true)
  // No task is fetched twice, in this life or in the next.
  const { looks } = far
  await settle()
  await close()
  await open()
  await settle()
  expect(far.looks).toBe(looks)
  // While it does not answer, the receipt is only late.
  has()
  far.api = {}
  far.runs = [runOfFar({ done: 2, failed: 1 }, { status: 'failed', completed_at: ago(0) })]
  await settle()
  has(ended(3, 'done'), ended(2, 'failed'), ended(1, 'done', { proof }))
  await settle()
  await settle()
  await expect.poll(() => messages('far: Task 3 of 3 is done').length).toBe(1)
  expect(messages('far: Task')).toHaveLength(3)
})

test('a machine that has just begun to listen tells what ended a moment ago, and nothing older', async () => {
  has(ended(2, 'skipped'), ended(1, 'done', { completed_at: ago(61_000) }))
  far.runs = [runOfFar({ done: 1, skipped: 1, running: 1 })]
  await settle()
  await expect.poll(() => messages('far: Task 2 of 3 was skipped').length).toBe(1)
  expect(messages('far: Task 1')).toEqual([])
})
