import { expect, it } from 'vitest'
import type { AskedElsewhere } from '../../src/core/elsewhere.ts'
import { readDoing } from '../../src/http/machines/others.ts'
import { askCard } from '../../src/messengers/ask-card.ts'

const asked = (more: Partial<AskedElsewhere>, shown: Partial<AskedElsewhere['shown']> = {}): AskedElsewhere => ({
  ...{ id: 'abcdefgh', hash: 'h1', kind: 'approval', options: [] },
  ...more,
  shown: { title: 'Start task 1: Gate?', text: 'What it does', mixed: [], questions: [], ...shown },
})
const cardOf = (...ask: Parameters<typeof asked>) =>
  askCard({ ask: asked(...ask), machine: 'studio' }, (iso) => iso.slice(11, 16))
const labels = ({ card }: ReturnType<typeof cardOf>) =>
  card.buttons.map(({ label }) => label).filter((label) => label !== 'Snooze')
const binding = ({ card }: ReturnType<typeof cardOf>) =>
  card.buttons.filter(({ needsDocument }) => needsDocument).map(({ label }) => label)

const GATE = [
  { choice: 'approve', label: 'Approve' },
  { choice: 'reject', label: 'Reject' },
] as const

it('says which machine asks, and what a button decides there, of what was shown', () => {
  const { card, document } = cardOf({ options: GATE, deciders: 'Ops may decide' })
  expect(card).toMatchObject({
    asks: { machine: 'studio', ask: 'abcdefgh', hash: 'h1' },
    title: 'studio: Start task 1: Gate?',
    exclusive: true,
  })
  expect(card.body).toMatch(/^What it does\n\n👤 Ops may decide\n\n/)
  expect(card.buttons.map(({ does }) => does)).toEqual([
    ...GATE.map(({ choice }) => ({ type: 'answer', to: card.asks, said: { answer: { choice } } })),
    { type: 'snooze-when' },
  ])
  expect(document).toBeUndefined()
})

it('lets nobody agree to what its message may not show whole, without the document that does', () => {
  const text = `${'x'.repeat(3_000)} rm -rf /`
  const long = cardOf({ options: GATE }, { text })
  expect(long.document?.content).toContain(text)
  expect(binding(long)).toEqual(['Approve'])
  expect(binding(cardOf({ options: GATE }))).toEqual([])
})

it('offers what one tap can say, and leaves the rest to words', () => {
  const options = [
    { choice: 'answer', label: 'Left' },
    { choice: 'answer', label: 'Other…' },
    { choice: 'stop', label: 'Stop' },
  ] as const
  const question = (multiSelect: boolean) => ({ multiSelect, options: [{ label: 'Left' }] })
  const questions = { questions: [{ question: 'Which?', options: [{ label: 'Left', description: 'of both' }] }] }
  const single = cardOf({ kind: 'question', options, questions: [question(false)] }, questions)
  expect(labels(single)).toEqual(['Left', 'Stop'])
  expect(single.card.buttons[0]?.does).toMatchObject({ said: { answer: 'Left' } })
  expect(single.card.body).toContain('Which?\n• Left: of both')
  expect(labels(cardOf({ kind: 'question', options, questions: [question(true)] }))).toEqual(['Stop'])
  expect(labels(cardOf({ kind: 'question', options, questions: [question(false), question(false)] }))).toEqual(['Stop'])
  const review = [
    { choice: 'accept', label: 'Accept' },
    { choice: 'send-back', label: 'Send back' },
  ] as const
  expect(labels(cardOf({ kind: 'review', options: review }))).toEqual(['Accept'])
})

it('reads all that another machine shows but what it cannot read', () => {
  const run = {
    ...{ session_id: 's', project: 'main', status: 'done', task_files: [], auto_approve: false, reason: null },
    ...{ created_at: new Date(0).toISOString(), started_at: null, completed_at: null, cost_usd: 0, counts: {} },
    ...{ total_tasks: 1, completed_tasks: 1, failed_tasks: 0, in_progress_tasks: 0 },
  }
  const { sessions, asks } = readDoing({ sessions: [run, { ...run, status: 'dreaming' }, 5], asks: [{ id: 'new' }] })
  expect(sessions).toEqual([run])
  expect(asks).toEqual([])
  expect(readDoing({ sessions: 'none' })).toEqual({ sessions: [], asks: [] })
})
