import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { next } from '../../src/core/next.ts'
import type { CommandRequest } from '../../src/daemon/api/command-request.ts'
import { newId } from '../../src/daemon/ids.ts'
import { createDispatcher, type Dispatcher } from '../../src/daemon/queue/dispatcher.ts'
import { openStore } from '../../src/store/store.ts'
import { ANNA, POLICY, planned } from '../core/house.ts'

const TASKS = 10_000
const WORKED = 300

/** Works on so many tasks without an agent, every step stored; processor time a task in ms. */
function work(dispatcher: Dispatcher, count: number): number {
  const before = process.cpuUsage()
  for (let i = 0; i < count; i++) {
    const step = next(dispatcher.state(), Date.now())
    if (step.do !== 'work') throw new Error(`unexpected: ${step.do}`)
    const taskId = step.task.id
    const id = newId()
    dispatcher.apply({
      type: 'claimed',
      taskId,
      attempt: { id, sessionId: id, cwd: '/', logFile: '/log', rawFile: '/raw' },
    })
    dispatcher.apply({ type: 'spawned', attemptId: id, pid: 1, pidStartedAt: '1' })
    dispatcher.apply({ type: 'heard', attemptId: id })
    dispatcher.apply({ type: 'ended', attemptId: id, outcome: { kind: 'done', text: 'Done.' } })
    dispatcher.apply({ type: 'marked', taskId })
  }
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1_000 / count
}

it('a task of a queue of 10,000 costs what a task of a short queue costs, at the beginning and at the end', () => {
  // The cost of the disk is the same for all; without it the test is short.
  const dir = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'baton-long-'))
  const store = openStore<CommandRequest>(dir)
  const dispatcherOf = (queue: string) =>
    createDispatcher({
      store,
      queue,
      policy: POLICY,
      now: Date.now,
      newId,
      resolve: async () => ({ reply: { ok: true, text: '' } }),
      reached: () => undefined,
      onTrouble: () => undefined,
      onError: (error) => {
        throw error
      },
    })
  const start = (dispatcher: Dispatcher, count: number) => {
    const tasks = Array.from({ length: count }, (_, i) =>
      planned(i + 1, { context: 'The same for all.' }, i > 0 && i % 10 === 0 ? [i] : []),
    )
    dispatcher.apply({
      type: 'command',
      command: { type: 'start', tasks, files: ['tasks/today.md'], autoApprove: false },
      by: ANNA,
    })
  }
  try {
    const short = dispatcherOf('short')
    start(short, 2 * WORKED)
    work(short, WORKED)
    const usual = work(short, WORKED)

    const long = dispatcherOf('long')
    start(long, TASKS)
    const first = work(long, WORKED)
    for (let number = WORKED + 1; number <= TASKS - 2 * WORKED; number++)
      if (number % 10 !== 0) long.apply({ type: 'command', command: { type: 'skip', task: number }, by: ANNA })
    const last = work(long, WORKED)
    expect(first, `short ${usual} ms, first ${first} ms`).toBeLessThan(3 * usual + 0.5)
    expect(last, `short ${usual} ms, last ${last} ms`).toBeLessThan(3 * usual + 0.5)
  } finally {
    store.close()
    rmSync(dir, { recursive: true, force: true })
  }
})
