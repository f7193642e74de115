import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Ask } from '../../src/core/types.ts'
import { type House, NOW, openHouse } from './house.ts'
import { startReceiver, type TestReceiver } from './receiver.ts'

// Who wants words only is sent the same as before Baton spoke with people on Slack and Discord: the file beside this one holds
// what the last version without that sent of the same run.

const FORMATS = ['slack', 'discord', 'n8n', 'json'] as const
const HOSTILE = 'Use <b> & *stars*, _lines_, `ticks`, <!channel>, @everyone, [a](http://b.example) ~x~ |y| # 日本 😀 \\'

let house: House
let receivers: Record<(typeof FORMATS)[number], TestReceiver>
beforeEach(async () => {
  house = openHouse()
  const started = await Promise.all(FORMATS.map(async (format) => [format, await startReceiver()] as const))
  receivers = Object.fromEntries(started) as typeof receivers
})
afterEach(async () => {
  await house.close()
  await Promise.all(Object.values(receivers).map((one) => one.close()))
})

const ask: Ask = {
  ...{ id: 'a1', queue: 'main', runId: 'r1', taskId: 'r1-1', task: 1, kind: 'permission', title: `Run ${HOSTILE}` },
  ...{ text: `${HOSTILE}\n${'long '.repeat(400)}`, description: HOSTILE, remark: 'Outside of the folder' },
  options: [
    { choice: 'allow', label: 'Allow' },
    { choice: 'deny', label: 'Deny' },
  ],
  ...{ hash: 'h', state: 'open', openedAt: NOW },
}

function happens() {
  house.run('r1', ['Add a <login>', 'Write & read'])
  house.store.commit({ changes: [{ table: 'asks', row: ask }], events: [] })
  const about = (task: number) => ({ runId: 'r1', taskId: `r1-${task}`, task })
  house.happen('run.queued', { runId: 'r1', text: 'Started 2 tasks', data: { ahead: 0 } })
  house.happen('task.started', { ...about(1), text: 'Started task 1: Add a <login>' })
  house.happen('ask.opened', { ...about(1), askId: 'a1', text: ask.title, data: { kind: 'permission' } })
  house.happen('task.done', { ...about(1), text: 'Finished task 1', data: { costUsd: 0.5, result: HOSTILE } })
  house.happen('task.failed', { ...about(2), text: 'Task 2 failed', data: { result: HOSTILE, costUsd: 0.1 } })
  house.happen('note', { text: HOSTILE, data: { level: 'warning' } })
  house.happen('queue.paused', { text: 'Paused by Anna (Telegram)', data: { mode: 'now' } })
  const counts = { done: 1, failed: 1, skipped: 0, blocked: 0, undone: 0, costUsd: 0.6 }
  house.happen('run.ended', { runId: 'r1', text: '1 done, 1 failed', data: { state: 'failed', ...counts } })
}

/** Messages to chats may hold several notifications: their lines, in order. */
function sent() {
  const lines = (receiver: TestReceiver, field: string) =>
    receiver.taken().flatMap((body) => (body as Record<string, string>)[field]?.split('\n') ?? [])
  const around = (receiver: TestReceiver) =>
    receiver.taken().map((body) => ({ ...(body as object), text: undefined, content: undefined }))[0]
  const { slack, discord, n8n, json } = receivers
  return {
    slack: { ...around(slack), lines: lines(slack, 'text') },
    discord: { ...around(discord), lines: lines(discord, 'content') },
    n8n: n8n.taken(),
    json: json.taken(),
  }
}

test('who wants words only is sent what was sent before', async () => {
  house.tell(FORMATS.map((format) => ({ url: receivers[format].url, format })))
  happens()
  const before = JSON.parse(readFileSync(join(import.meta.dirname, 'before-chats.json'), 'utf8')) as unknown
  await expect.poll(() => JSON.parse(JSON.stringify(sent())), { timeout: 20_000 }).toEqual(before)
})
