import { setImmediate } from 'node:timers/promises'
import { afterEach, expect, test, vi } from 'vitest'
import type { ClaudeStart, WarmClaude } from '../../src/claude/types.ts'
import type { Task } from '../../src/core/types.ts'
import type { AttemptPlan } from '../../src/daemon/attempt/plan-attempt.ts'
import { createWarmStart, type WarmStartPorts } from '../../src/daemon/attempt/warm-start.ts'

const task = (id: string, more: object = {}) => ({ id, spec: {}, ...more }) as Task
/** A short task, whose Claude started nothing of the user's. */
const SHORT = { ms: 90, startsAlone: true }
const [ONE, TWO, THREE] = [task('1'), task('2'), task('3')]

/** A place with a Claude that only notes what becomes of it. */
function place(change: Partial<WarmStartPorts> = {}) {
  const notes: string[] = []
  const world = { open: true, mark: 'a', args: ['--model', 'opus'], next: TWO as Task | undefined, exited: false }
  const warmClaude = (start: ClaudeStart): WarmClaude => {
    notes.push(`start ${start.attemptId}`)
    return {
      begin: () => {
        throw new Error('not here')
      },
      discard: async () => void notes.push(`end ${start.attemptId}`),
      hasExited: () => world.exited,
    }
  }
  const warm = createWarmStart({
    warmClaude,
    following: () => world.next,
    isOpen: () => world.open,
    planOf: ({ id }) => ({ attempt: { id }, isNew: true }) as AttemptPlan,
    startOf: ({ id }) => ({ attemptId: id, args: world.args, prompt: `Do ${id}` }) as unknown as ClaudeStart,
    markOf: () => world.mark,
    dependsOnCost: () => false,
    isLimited: false,
    hasRoom: () => true,
    onError: (error) => notes.push(String(error)),
    ...change,
  })
  return { warm, notes, world }
}

afterEach(() => void vi.useRealTimers())

test('The next task gets the Claude that was started for it, and only once', async () => {
  const { warm, notes } = place()
  warm.prepare(ONE, SHORT)
  warm.prepare(ONE)
  expect((await warm.take(TWO))?.plan.attempt.id).toBe('2')
  expect(await warm.take(TWO)).toBeUndefined()
  await warm.discard()
  expect(notes).toEqual(['start 2'])
})

test.each<[string, Task, object]>([
  ['another task has its turn', THREE, {}],
  ['the task is no longer a fresh one', task('2', { continuation: { reason: 'retry' } }), {}],
  ['it was tried already', task('2', { attemptId: 'x' }), {}],
  ['its arguments are others', TWO, { args: ['--model', 'sonnet'] }],
  ['what Claude reads at its start has changed', TWO, { mark: 'b' }],
  ['it has ended meanwhile', TWO, { exited: true }],
])('It is ended unused when %s', async (_, turn, change) => {
  const { warm, notes, world } = place()
  warm.prepare(ONE)
  await setImmediate()
  Object.assign(world, change)
  expect(await warm.take(turn)).toBeUndefined()
  expect(notes).toEqual(['start 2', 'end 2'])
})

test('Nothing is started when nothing follows, when the queue is closed or memory is short', async () => {
  const nothing = place()
  nothing.world.next = undefined
  const closed = place()
  closed.world.open = false
  const full = place({ hasRoom: () => false })
  for (const { warm, notes } of [nothing, closed, full]) {
    warm.prepare(ONE)
    expect(await warm.take(TWO)).toBeUndefined()
    expect(notes).toEqual([])
  }
})

test('Where a ceiling stands among the arguments, it is started when the cost is known', async () => {
  const { warm, notes } = place({ dependsOnCost: () => true })
  warm.prepare(ONE, SHORT)
  await warm.discard()
  expect(notes).toEqual([])
  warm.prepare(ONE)
  expect(await warm.take(TWO)).toBeDefined()
})

test('A pause ends what waits, and nothing else does', async () => {
  const { warm, notes, world } = place()
  warm.prepare(ONE)
  await setImmediate()
  warm.look()
  await setImmediate()
  expect(notes).toEqual(['start 2'])
  world.open = false
  warm.look()
  await setImmediate()
  expect(notes).toEqual(['start 2', 'end 2'])
})

test('What fails on the way is reported, and the task starts in the ordinary way', async () => {
  const { warm, notes } = place({
    markOf: () => {
      throw new Error('no such folder')
    },
  })
  warm.prepare(ONE)
  expect(await warm.take(TWO)).toBeUndefined()
  expect(notes).toEqual(['Error: no such folder'])
})

/** A place that has seen one task, and the clock. */
async function after(work: { ms: number; startsAlone: boolean }, change: Partial<WarmStartPorts> = {}) {
  vi.useFakeTimers()
  const found = place(change)
  found.world.next = undefined
  const wait = (ms: number) => vi.advanceTimersByTimeAsync(ms)
  found.warm.prepare(ONE, work)
  await wait(0)
  const expectNext = (next = THREE) => {
    found.world.next = next
    return found.warm.expect(TWO)
  }
  return { ...found, wait, expectNext }
}

test('Where tasks take seconds, the next Claude is started a second before the likely end', async () => {
  const { warm, notes, wait, expectNext } = await after({ ms: 3_000, startsAlone: true })
  expectNext()
  await wait(1_999)
  expect(notes).toEqual([])
  await wait(1)
  expect(notes).toEqual(['start 3'])
  warm.prepare(TWO, SHORT)
  warm.prepare(TWO)
  await wait(15 * 60_000)
  expect((await warm.take(THREE))?.plan.attempt.id).toBe('3')
  expect(notes).toEqual(['start 3'])
})

test.each<[string, { ms: number; startsAlone: boolean }, Partial<WarmStartPorts>, Task?]>([
  ['tasks take longer', { ms: 21_000, startsAlone: true }, {}],
  ['a start runs hooks or servers of the user', { ms: 90, startsAlone: false }, {}],
  ['what a Claude may use is limited', SHORT, { isLimited: true }],
  ['the arguments depend on what tasks cost', SHORT, { dependsOnCost: () => true }],
  ['memory is short', SHORT, { hasRoom: () => false }],
  ['another agent works on the next task', SHORT, {}, task('3', { spec: { agent: 'reviewer' } })],
])('Nothing is started ahead of the result when %s', async (_, work, change, next) => {
  const { notes, wait, expectNext } = await after(work, change)
  expectNext(next)
  await wait(60_000)
  expect(notes).toEqual([])
})

test('One that was started for an end that does not come is ended, and started with the result', async () => {
  const { warm, notes, wait, expectNext } = await after(SHORT)
  expectNext()
  await wait(10_000)
  expect(notes).toEqual(['start 3', 'end 3'])
  warm.prepare(TWO, { ms: 60_000, startsAlone: true })
  expect(await warm.take(THREE)).toBeDefined()
  expect(notes).toEqual(['start 3', 'end 3', 'start 3'])
})

test('What the task has changed of what was read makes a fresh start with its result', async () => {
  const { warm, notes, world, wait, expectNext } = await after(SHORT)
  expectNext()
  await wait(0)
  world.mark = 'b'
  warm.prepare(TWO, SHORT)
  expect(await warm.take(THREE)).toBeDefined()
  expect(notes.toSorted()).toEqual(['end 3', 'start 3', 'start 3'])
})

test('A task that ends without a result is no longer expected to', async () => {
  const { notes, wait, expectNext } = await after({ ms: 3_000, startsAlone: true })
  expectNext()()
  await wait(60_000)
  expect(notes).toEqual([])
})

test('What a start runs never runs before the end of the task before it is stored', async () => {
  const { warm, notes } = place()
  warm.prepare(ONE, { ms: 90, startsAlone: false })
  await setImmediate()
  expect(notes).toEqual([])
  warm.prepare(ONE)
  await setImmediate()
  expect(notes).toEqual(['start 2'])
})
