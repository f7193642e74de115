import { mkdirSync, mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Policy, Task } from '../../src/core/types.ts'
import type { CommandRequest } from '../../src/daemon/api/command-request.ts'
import { newId } from '../../src/daemon/ids.ts'
import { createDispatcher, type Dispatcher } from '../../src/daemon/queue/dispatcher.ts'
import { createWorker, type Worker } from '../../src/daemon/queue/worker.ts'
import { openStore, type Store } from '../../src/store/store.ts'
import { ANNA, POLICY, planned } from '../core/house.ts'

let dir: string
let store: Store<CommandRequest>
let dispatcher: Dispatcher
let worker: Worker | undefined
/** Lets the work on a task end. */
let ends: Map<number, () => void>
let most: number
let landed: number[]
const failures: Error[] = []

const policy: Policy = { ...POLICY, lanes: 3, workspace: 'worktree', finish: false }
const tasks = () => [...dispatcher.state().tasks.values()]

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'baton-lanes-'))
  mkdirSync(dir, { recursive: true })
  ends = new Map()
  landed = []
  most = 0
  failures.length = 0
})
afterEach(async () => {
  for (const end of ends.values()) end()
  await worker?.stop()
  store.close()
  await rm(dir, { recursive: true, force: true })
  expect(failures).toEqual([])
})

/** A process of Baton over the folder, as after a start or a kill. */
function boot(): void {
  store = openStore<CommandRequest>(dir)
  dispatcher = createDispatcher({
    store,
    queue: 'main',
    policy,
    now: Date.now,
    newId,
    resolve: async ({ command }) => ({ reply: { ok: true, text: command.type } }),
    reached: () => undefined,
    onTrouble: () => undefined,
    onError: (error) => failures.push(error as Error),
  })
  dispatcher.apply({ type: 'boot' })
  worker = createWorker(
    dispatcher,
    {
      work: async (task: Task, isWanted) => {
        const id = task.attemptId ?? `a-${task.id}`
        const attempt = { id, sessionId: id, cwd: dir, logFile: '', rawFile: '' }
        await dispatcher.record({ type: 'claimed', taskId: task.id, attempt })
        most = Math.max(most, [...dispatcher.state().attempts.values()].filter(({ live }) => live).length)
        const over = Promise.withResolvers<void>()
        ends.set(task.number, over.resolve)
        const off = dispatcher.onCommit(() => !isWanted() && over.resolve())
        await over.promise
        off()
        ends.delete(task.number)
        const kind = isWanted() ? 'done' : 'interrupted'
        await dispatcher.record({ type: 'ended', attemptId: id, outcome: { kind, text: kind } })
      },
      verify: async () => undefined,
      handBack: async () => undefined,
      undo: async () => undefined,
      mark: async () => undefined,
      land: async (task) => {
        landed.push(task.number)
        await dispatcher.record({ type: 'landed', taskId: task.id, landing: { kind: 'landed' } })
      },
      runAfter: async () => undefined,
      discard: async (task) => void (await dispatcher.record({ type: 'discarded', taskId: task.id })),
    },
    Date.now,
    (error) => failures.push(error),
  )
  worker.start()
}
const start = (count: number) =>
  dispatcher.apply({
    type: 'command',
    command: {
      type: 'start',
      tasks: Array.from({ length: count }, (_, at) => planned(at + 1)),
      files: ['tasks/today.md'],
      autoApprove: false,
    },
    by: ANNA,
  })
const atWork = () => [...ends.keys()].sort((a, b) => a - b)

it('works on as many tasks at once as there are lanes, and takes up the next when one is over', async () => {
  boot()
  start(5)
  await expect.poll(atWork, { interval: 1 }).toEqual([1, 2, 3])
  ends.get(2)?.()
  await expect.poll(atWork, { interval: 1 }).toEqual([1, 3, 4])
  expect(landed).toEqual([2])
  for (const number of [1, 3, 4]) ends.get(number)?.()
  await expect.poll(atWork, { interval: 1 }).toEqual([5])
  ends.get(5)?.()
  expect(await worker?.idle()).toEqual({ do: 'rest' })
  expect(tasks().map(({ phase }) => phase)).toEqual(['done', 'done', 'done', 'done', 'done'])
  expect(most).toBe(3)
})

it('lets taps and requests in between, where several tasks start at once', async () => {
  boot()
  start(3)
  // One each at every turn of the loop, for as long as none is over.
  const begun = [atWork().length]
  while (begun.at(-1) !== 3) {
    await new Promise((resolve) => setImmediate(resolve))
    begun.push(atWork().length)
  }
  expect([...new Set(begun)]).toEqual([0, 1, 2, 3])
})

it('ends the one that is skipped and leaves the others alone', async () => {
  boot()
  start(3)
  await expect.poll(atWork, { interval: 1 }).toEqual([1, 2, 3])
  dispatcher.apply({ type: 'command', command: { type: 'skip', task: 2 }, by: ANNA })
  await expect.poll(atWork, { interval: 1 }).toEqual([1, 3])
  expect(tasks().map(({ phase }) => phase)).toEqual(['working', 'skipped', 'working'])
})

it('goes on with every task that was at work when the process ended', async () => {
  boot()
  start(4)
  await expect.poll(atWork, { interval: 1 }).toEqual([1, 2, 3])
  const stopped = worker?.stop()
  for (const end of ends.values()) end()
  await stopped
  store.close()
  ends.clear()
  boot()
  await expect.poll(atWork, { interval: 1 }).toEqual([1, 2, 3])
  expect(tasks().map(({ lane }) => lane)).toEqual([1, 2, 3, undefined])
})
