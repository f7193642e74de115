import { expect, test } from 'vitest'
import type { TaskSpec } from '../../src/core/types.ts'
import { createViews } from '../../src/daemon/api/views.ts'
import { queuedTasks } from '../../src/watch/queued.ts'
import { openHouse } from '../notify/house.ts'

test('tasks of open runs are in the queue, by their place or by their words; ended ones are not', async () => {
  const house = openHouse()
  const view = createViews({
    read: house.store.read,
    queues: ['main'],
    now: () => 0,
    localDay: () => '',
    runner: () => undefined,
    live: () => [],
  })
  const [one, two] = house.run('r1', ['One', 'Two', 'Three'])
  house.run('r2', ['Four'], { state: 'done', seq: 2 })
  if (!one || !two) throw new Error('no tasks')
  house.store.commit({ changes: [{ table: 'tasks', row: { ...one, phase: 'done' } }], events: [] })
  const isQueued = queuedTasks(view, 'main', 'tasks/today.md')
  const spec = (title: string, more: Partial<TaskSpec> = {}): TaskSpec => ({
    ...two.spec,
    origin: { ...two.spec.origin, ref: title },
    title,
    ...more,
  })
  expect(['One', 'Two', 'Three', 'Four'].map((title) => isQueued(spec(title)))).toEqual([false, true, true, false])
  expect(isQueued(spec('Two', { instruction: 'Do it otherwise.' }))).toBe(true)
  expect(isQueued(spec('Two', { origin: { ...two.spec.origin, ref: 'Task 9', line: 7 } }))).toBe(true)
  expect(queuedTasks(view, 'main', 'tasks/other.md')(spec('Two'))).toBe(false)
  await house.close()
})
