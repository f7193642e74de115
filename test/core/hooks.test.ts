import { describe, expect, it } from 'vitest'
import { createHouse, type House, planned } from './house.ts'

/** Does the task that has its turn, with commands around it. */
function work(house: House, kind: 'done' | 'failed'): void {
  house.give({ type: 'hooked', taskId: house.task(1).id, when: 'before' })
  house.begin()
  house.end({ kind })
}

describe('commands around a task', () => {
  it('are due once it is done; the next task and the end of the run wait for them', () => {
    const house = createHouse({ finish: false })
    house.start([planned(1)])
    work(house, 'done')
    expect(house.task(1)).toMatchObject({ phase: 'done', hooks: 'due', lane: 1 })
    expect(house.next()).toMatchObject({ do: 'run-after' })
    expect(house.events.map(({ type }) => type)).not.toContain('run.ended')
    house.give({ type: 'hooked', taskId: house.task(1).id, when: 'after' })
    expect(house.task(1)).not.toHaveProperty('hooks')
    expect(house.events.map(({ type }) => type)).toContain('run.ended')
    expect(house.next()).toMatchObject({ do: 'rest' })
  })

  it('are due once it has failed or was skipped, before the next task works in the same folder', () => {
    const house = createHouse({ onFailure: 'continue' })
    house.start([planned(1), planned(2)])
    work(house, 'failed')
    expect(house.task(1)).toMatchObject({ phase: 'failed', hooks: 'due' })
    expect(house.next()).toMatchObject({ do: 'run-after', task: { number: 1 } })
    expect(house.task(2).phase).toBe('queued')
    house.give({ type: 'hooked', taskId: house.task(1).id, when: 'after' })
    expect(house.next()).toMatchObject({ do: 'work', task: { number: 2 } })
    house.act({ type: 'skip', task: 2 })
    expect(house.task(2)).toMatchObject({ phase: 'skipped' })
    expect(house.task(2), 'those before it never ran').not.toHaveProperty('hooks')
  })

  it('wait with a worktree until the task has ended, and only then is it given back', () => {
    const house = createHouse({ onFailure: 'continue', workspace: 'worktree', lanes: 2 })
    house.start([planned(1), planned(2)])
    const { id } = house.task(1)
    house.give({ type: 'opened', taskId: id, worktree: '/tree', branch: 'baton/1' })
    work(house, 'failed')
    expect(house.next()).toMatchObject({ do: 'run-after' })
    expect(house.task(2).lane, 'other lanes go on').toBeDefined()
    house.give({ type: 'hooked', taskId: id, when: 'after' })
    expect(house.task(1)).toMatchObject({ worktree: '/tree' })
    house.give({ type: 'discarded', taskId: id })
    expect(house.task(1)).not.toHaveProperty('worktree')
  })
})
