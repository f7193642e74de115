import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { ClaudeStart, WarmClaude } from '../../src/claude/types.ts'
import type { Task } from '../../src/core/types.ts'
import type { AttemptPlan } from '../../src/daemon/attempt/plan-attempt.ts'
import { createWarmStart, type WarmStartPorts } from '../../src/daemon/attempt/warm-start.ts'

const task = (id: string, more: Partial<Task> = {}) => ({ id, ...more }) as Task
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
    hasRoom: () => true,
    onError: (error) => notes.push(String(error)),
    ...change,
  })
  return { warm, notes, world }
}

test('The next task gets the Claude that was started for it, and only once', async () => {
  const { warm, notes } = place()
  warm.prepare(ONE, false)
  warm.prepare(ONE, true)
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
  warm.prepare(ONE, true)
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
    warm.prepare(ONE, true)
    expect(await warm.take(TWO)).toBeUndefined()
    expect(notes).toEqual([])
  }
})

test('Where a ceiling stands among the arguments, it is started when the cost is known', async () => {
  const { warm, notes } = place({ dependsOnCost: () => true })
  warm.prepare(ONE, false)
  await warm.discard()
  expect(notes).toEqual([])
  warm.prepare(ONE, true)
  expect(await warm.take(TWO)).toBeDefined()
})

test('A pause ends what waits, and nothing else does', async () => {
  const { warm, notes, world } = place()
  warm.prepare(ONE, true)
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
  warm.prepare(ONE, true)
  expect(await warm.take(TWO)).toBeUndefined()
  expect(notes).toEqual(['Error: no such folder'])
})
