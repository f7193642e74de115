import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type AttemptHouse, openAttemptHouse } from './attempt.ts'
import { QUESTION } from './fake-claude.ts'

let house: AttemptHouse
beforeEach(() => {
  house = openAttemptHouse()
})
afterEach(() => house.close())

const ask = async (state = 'open') => {
  await expect.poll(() => house.asks().at(-1)?.state, { interval: 1 }).toBe(state)
  return house.asks().at(-1) as NonNullable<ReturnType<AttemptHouse['asks']>[number]>
}
const answer = (choice: 'allow' | 'allow-task' | 'deny' | 'answer', more: object = {}) =>
  house.act({ type: 'answer', target: { askId: house.asks().at(-1)?.id as string }, choice, ...more })

describe('a request of a process that is held', () => {
  it('is answered when a person has decided', async () => {
    const { claude } = await house.begin()
    claude.permission('r1')
    await ask()
    expect(claude.decisions).toEqual([])
    answer('allow')
    await expect
      .poll(() => claude.decisions, { interval: 1 })
      .toEqual([{ requestId: 'r1', decision: { behavior: 'allow' } }])
  })

  it('takes the reason of a denial to Claude', async () => {
    const { claude } = await house.begin()
    claude.permission('r1')
    await ask()
    answer('deny', { text: 'not on a Friday' })
    await expect.poll(() => claude.decisions.length, { interval: 1 }).toBe(1)
    expect(claude.decisions[0]?.decision).toMatchObject({
      behavior: 'deny',
      message: expect.stringContaining('not on a Friday'),
    })
  })

  it('gives a question its answers by their questions', async () => {
    const { claude } = await house.begin()
    claude.question('q1')
    await ask()
    answer('answer', { answers: { [QUESTION]: 'Redis' } })
    await expect
      .poll(() => claude.answers, { interval: 1 })
      .toEqual([{ requestId: 'q1', answers: { [QUESTION]: 'Redis' } }])
  })

  it('is asked once where a person allows it for the task', async () => {
    const { claude } = await house.begin()
    claude.permission('r1')
    await ask()
    answer('allow-task')
    await expect.poll(() => claude.decisions.length, { interval: 1 }).toBe(1)
    claude.permission('r2')
    await expect.poll(() => claude.decisions.length, { interval: 1 }).toBe(2)
    expect(house.asks()).toHaveLength(1)
  })

  it('is no longer asked when Claude takes it back, and a late answer reaches nobody', async () => {
    const { claude } = await house.begin()
    claude.permission('r1')
    await ask()
    claude.on.onAskWithdrawn?.('r1')
    await ask('withdrawn')
    answer('allow')
    claude.permission('r2')
    await ask()
    answer('allow')
    await expect.poll(() => claude.decisions.length, { interval: 1 }).toBe(1)
    expect(claude.decisions[0]?.requestId).toBe('r2')
  })
})

describe('a process that is not held any longer', () => {
  it('takes nothing back by being interrupted: what it has just asked stays open, and its answer continues the session', async () => {
    const { claude, over } = await house.begin()
    claude.end = async (reason) => {
      claude.endedFor.push(reason)
      claude.on.onAskWithdrawn?.('q1')
      claude.finish({ reason })
      return claude.finished
    }
    claude.question('q1')
    await ask()
    house.act({ type: 'pause' })
    await over
    expect(claude.endedFor).toEqual(['pause'])
    expect(await ask()).toMatchObject({ state: 'open', parked: 'terminated' })
    house.act({ type: 'resume' })
    answer('answer', { answers: { [QUESTION]: 'Redis' } })
    expect(house.task().continuation).toEqual({ reason: 'answer', askIds: [house.asks()[0]?.id] })
  })

  it('keeps a question in its session, stored before it ends', async () => {
    const { claude, over } = await house.begin({ holdMs: () => 1 })
    claude.question('q1')
    await over
    expect(claude.deferred).toEqual(['q1'])
    expect(await ask()).toMatchObject({ state: 'open', parked: 'deferred' })
  })

  it('is ended where its request cannot be kept, and the ask stays open', async () => {
    const { claude, over } = await house.begin({ holdMs: () => 1 })
    claude.permission('r1')
    await over
    expect(claude.endedFor).toEqual(['park'])
    expect(await ask()).toMatchObject({ state: 'open', parked: 'terminated' })
  })

  it('is not parked at once where it may be held for months', async () => {
    const { claude } = await house.begin({ holdMs: () => 2 ** 40 })
    claude.permission('r1')
    await ask()
    // A timer of more than 24 days would be over at once.
    await new Promise((resolve) => setTimeout(resolve, 20))
    answer('allow')
    await expect.poll(() => claude.decisions.length, { interval: 1 }).toBe(1)
    expect(claude.endedFor).toEqual([])
  })

  it('hears no denial when its run is stopped: it would take that for the word of the user', async () => {
    const { claude, over } = await house.begin()
    claude.permission('r1')
    await ask()
    house.act({ type: 'stop' })
    await over
    expect(claude.endedFor).toEqual(['stop'])
    expect(claude.decisions).toEqual([])
  })
})
