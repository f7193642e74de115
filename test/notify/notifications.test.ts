import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Ask } from '../../src/core/types.ts'
import { type House, NOW, openHouse } from './house.ts'
import { startReceiver, type TestReceiver } from './receiver.ts'

let house: House
let n8n: TestReceiver
beforeEach(async () => {
  house = openHouse()
  n8n = await startReceiver()
})
afterEach(async () => {
  await house.close()
  await n8n.close()
})

const ask: Ask = {
  id: 'a1',
  queue: 'main',
  runId: 'r1',
  taskId: 'r1-1',
  task: 1,
  kind: 'question',
  title: 'Which color?',
  text: 'Which color?\n- Blue\n- Red',
  options: [{ choice: 'answer', label: 'Other…' }],
  questions: [{ question: 'Which color?', options: [{ label: 'Blue' }, { label: 'Red' }], multiSelect: false }],
  hash: 'h',
  state: 'open',
  openedAt: NOW,
}

describe('a receiver of the format n8n', () => {
  test('is told a whole session in the words of the contract', async () => {
    house.tell([{ url: `${n8n.url}/webhook/baton`, format: 'n8n' }])
    house.run('r1', ['Add a login', 'Write the docs'])
    house.store.commit({ changes: [{ table: 'asks', row: ask }], events: [] })
    const about = (task: number) => ({ runId: 'r1', taskId: `r1-${task}`, task })
    house.happen('run.queued', { runId: 'r1', text: 'Started 2 tasks', data: { ahead: 0 } })
    house.happen('run.started', { runId: 'r1' })
    house.happen('task.started', { ...about(1), text: 'Started task 1: Add a login' })
    house.happen('attempt.started', about(1))
    house.happen('ask.opened', { ...about(1), askId: 'a1', text: 'Which color?', data: { kind: 'question' } })
    house.happen('task.done', {
      ...about(1),
      text: 'Finished task 1: Add a login',
      data: { costUsd: 0.5, result: 'Added it.' },
    })
    house.happen('task.failed', {
      ...about(2),
      text: 'Task 2 (Write the docs) failed: exit 1',
      data: { result: 'exit 1', costUsd: 0.1 },
    })
    house.happen('run.ended', {
      runId: 'r1',
      text: 'All 2 tasks ended: 1 done, 1 failed',
      data: { state: 'failed', done: 1, failed: 1, skipped: 0, blocked: 0, undone: 0, costUsd: 0.6 },
    })
    await expect.poll(() => n8n.requests.length).toBe(6)
    const session = {
      project: 'main',
      session_id: 'r1',
      task_file: 'tasks/today.md',
      task_files: ['tasks/today.md'],
      total_tasks: 2,
    }
    const timestamp = '2026-11-21T09:14:00.000Z'
    expect(n8n.taken()).toEqual([
      {
        type: 'session_start',
        message: 'Started: 2 tasks from tasks/today.md',
        timestamp,
        data: { ...session, completed: 0, auto_approve: false },
      },
      {
        type: 'task_start',
        message: 'Started task 1: Add a login',
        timestamp,
        data: { ...session, task_id: 1, task_title: 'Add a login', completed: 0, event: 'task.started' },
      },
      {
        type: 'question',
        message: 'Which color?',
        timestamp,
        data: {
          ...session,
          task_id: 1,
          task_title: 'Add a login',
          completed: 0,
          ask_id: 'a1',
          kind: 'question',
          question: 'Which color?',
          text: 'Which color?\n- Blue\n- Red',
          options: ['Blue', 'Red'],
        },
      },
      {
        type: 'task_complete',
        message: 'Finished task 1: Add a login',
        timestamp,
        data: { ...session, task_id: 1, task_title: 'Add a login', completed: 1, result: 'Added it.', cost_usd: 0.5 },
      },
      {
        type: 'task_failed',
        message: 'Task 2 (Write the docs) failed: exit 1',
        timestamp,
        data: { ...session, task_id: 2, task_title: 'Write the docs', completed: 1, error: 'exit 1', cost_usd: 0.1 },
      },
      {
        type: 'session_complete',
        message: 'All 2 tasks ended: 1 done, 1 failed',
        timestamp,
        data: {
          ...session,
          completed: 1,
          status: 'failed',
          failed: 1,
          skipped: 0,
          blocked: 0,
          undone: 0,
          cost_usd: 0.6,
        },
      },
    ])
    expect(n8n.requests[0]).toMatchObject({
      path: '/webhook/baton',
      headers: { 'content-type': 'application/json', 'user-agent': 'Baton/1.2.3', 'x-baton-event': 'session_start' },
    })
  })

  test('is told of the start when it comes when the run had to wait behind another', async () => {
    house.tell([{ url: n8n.url, format: 'n8n' }])
    house.run('r1', ['One'])
    house.happen('run.queued', { runId: 'r1', text: '1 task queued, behind 3 tasks', data: { ahead: 3 } })
    house.happen('run.started', { runId: 'r1' })
    await expect.poll(() => n8n.requests.length).toBe(2)
    expect(n8n.taken()).toMatchObject([
      { type: 'info', message: '1 task queued, behind 3 tasks' },
      { type: 'session_start', message: 'Started: 1 task from tasks/today.md' },
    ])
  })

  test('counts what was done as of each event, also when all of it comes late', async () => {
    house.tell([{ url: n8n.url, format: 'n8n', events: ['task_complete'] }])
    house.run('r1', ['One', 'Two', 'Three'])
    for (const task of [1, 2]) house.happen('task.done', { runId: 'r1', taskId: `r1-${task}`, task })
    house.happen('task.reset', { runId: 'r1', taskId: 'r1-1', task: 1 })
    for (const task of [3, 1]) house.happen('task.done', { runId: 'r1', taskId: `r1-${task}`, task })
    await expect.poll(() => n8n.requests.length).toBe(4)
    expect(n8n.taken().map(({ data }: { data: { completed: number } }) => data.completed)).toEqual([1, 2, 2, 3])
  })

  test('hears notes by their level, but not those about notifications', async () => {
    house.tell([
      { url: n8n.url, format: 'n8n' },
      { url: `${n8n.url}/json`, format: 'json' },
    ])
    house.happen('note', { text: 'gone', data: { level: 'error', about: 'notify' } })
    house.happen('note', { text: 'odd', data: { level: 'warning' } })
    house.happen('note', { text: 'by the way' })
    await expect.poll(() => n8n.requests.length).toBe(4)
    expect(n8n.taken().filter((body: { type: string }) => body.type !== 'note')).toMatchObject([
      { type: 'warning', message: 'odd' },
      { type: 'info', message: 'by the way' },
    ])
  })
})

test('a receiver of the format json gets every event as it is', async () => {
  house.tell([{ url: n8n.url, format: 'json' }])
  const events = [
    house.happen('run.queued', { runId: 'r1', data: { ahead: 0 } }),
    house.happen('attempt.started', { runId: 'r1', taskId: 't', task: 1 }),
    house.happen('grant.given', { text: 'Granted' }),
  ]
  await expect.poll(() => n8n.requests.length).toBe(3)
  expect(n8n.taken()).toEqual(events)
})

test('only the types that a receiver asked for are told', async () => {
  house.tell([
    { url: `${n8n.url}/a`, format: 'n8n', events: ['task_failed', 'question'] },
    { url: `${n8n.url}/b`, format: 'json', events: ['task_failed'] },
  ])
  for (const type of ['task.started', 'attempt.started', 'task.failed', 'run.ended', 'ask.opened'] as const)
    house.happen(type)
  await expect.poll(() => n8n.requests.length).toBe(3)
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(n8n.requests.map(({ path, headers }) => `${path} ${headers['x-baton-event']}`).sort()).toEqual([
    '/a question',
    '/a task_failed',
    '/b task.failed',
  ])
})

test('what is secret is taken out before it is stored', async () => {
  const redact = (value: unknown) => JSON.parse(JSON.stringify(value).replaceAll('hunter2', '[redacted]'))
  n8n.behave(() => 500)
  house.tell(
    [
      { url: `${n8n.url}/a`, format: 'n8n' },
      { url: `${n8n.url}/b`, format: 'json' },
    ],
    { redact },
  )
  house.happen('task.failed', { text: 'hunter2 failed', data: { result: 'the password hunter2 is wrong' } })
  await expect.poll(() => n8n.requests.length).toBeGreaterThan(2)
  expect(JSON.stringify(n8n.requests)).not.toContain('hunter2')
  expect(JSON.stringify(house.store.db.prepare('SELECT json FROM deliveries').all())).not.toContain('hunter2')
  expect(JSON.stringify(house.store.db.prepare('SELECT json FROM deliveries').all())).toContain('[redacted]')
})
