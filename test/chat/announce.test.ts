import { expect, test } from 'vitest'
import { announce } from '../../src/chat/announce.ts'
import type { ChatContext } from '../../src/chat/context.ts'
import type { BatonEvent } from '../../src/core/types.ts'

const HOUR_MS = 3_600_000
const interrupted: BatonEvent = {
  seq: 1,
  at: 0,
  type: 'task.interrupted',
  queue: 'main',
  runId: 'run',
  text: 'Task 1 (A) was interrupted; resuming',
}

/** What an event is told with, read so many hours after it. */
const told = async (event: BatonEvent, hours: number, run: { endedAt?: number } | undefined) => {
  const view = { run: () => run, queues: () => ['main'] }
  const deps = { now: () => hours * HOUR_MS, api: { view }, redact: (value: unknown) => value }
  const chat = { deps, transport: {}, chats: [4711], sounding: (message: unknown) => message } as unknown as ChatContext
  return (await announce(chat, event)).deliveries
}

test('that a task was interrupted is told, however long the machine was off, while its run goes on', async () => {
  expect(JSON.stringify(await told(interrupted, 0, {}))).toContain('was interrupted; resuming')
  expect(await told(interrupted, 20, {})).toHaveLength(1)
})

test('long after a run has ended its table says enough', async () => {
  expect(await told(interrupted, 20, { endedAt: HOUR_MS })).toEqual([])
  expect(await told(interrupted, 0.5, { endedAt: HOUR_MS })).toHaveLength(1)
  expect(await told(interrupted, 20, undefined)).toEqual([])
})
