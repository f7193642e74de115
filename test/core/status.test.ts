import { describe, expect, it } from 'vitest'
import { runStatus } from '../../src/core/status.ts'
import type { Queue, TaskStatus } from '../../src/core/types.ts'
import { ANNA, createHouse, planned } from './house.ts'

describe('the status of a run', () => {
  const shown = (mode: NonNullable<Queue['paused']>['mode'], current?: TaskStatus) =>
    runStatus(
      { state: 'open', startedAt: 1 },
      { isHead: true, current, queue: { paused: { mode, by: ANNA, at: 0 } }, alive: true },
    )

  it('is paused from the end of the running task on, when the pause is to come after it', () => {
    expect(shown('now', 'waiting')).toBe('paused')
    expect(shown('after-task', 'running')).toBe('running')
    expect(shown('after-task', 'verifying')).toBe('running')
    expect(shown('after-task', 'waiting')).toBe('waiting')
    expect(shown('after-task')).toBe('paused')
  })
})

describe('a second pause', () => {
  it('says who paused, by name alone, and which kind of pause it is', () => {
    const house = createHouse()
    house.start([planned(1)])
    house.act({ type: 'pause', afterTask: true }, ANNA)
    expect(house.act({ type: 'pause', afterTask: true }).reply?.text).toBe(
      'Already set to pause after the running task, by Anna (Telegram). /resume to continue.',
    )
  })
})

describe('a number where nothing ever ran', () => {
  it('means that nothing is running, and not that the number is wrong', () => {
    expect(createHouse().act({ type: 'skip', task: 3 }).reply?.code).toBe('idle')
  })
})
