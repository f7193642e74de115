import { expect, it } from 'vitest'
import { createHouse, originOf, planned } from './house.ts'

const other = (number: number) => planned(number, { title: `Other ${number}`, origin: originOf(`o${number}`) })

function twoRuns() {
  const house = createHouse()
  house.start([planned(1), planned(2)])
  house.act({ type: 'start', tasks: [other(1), other(2), other(3)], files: ['other.md'], autoApprove: false })
  const [one = '', two = ''] = house.state.runs.keys()
  return { house, one, two }
}

it('a number means the task of the first run, and what was done says that another run has one, too', () => {
  const { house, one, two } = twoRuns()
  expect(house.act({ type: 'skip', task: 2 }).reply?.text).toBe(
    `Skipped task 2: Title 2\nThat was task 2 of run ${one}. Left alone: Other 2 (run ${two})`,
  )
})

it('a task that is over is not meant by what is no longer possible with it', () => {
  const { house, one, two } = twoRuns()
  house.act({ type: 'skip', task: 2, runId: one })
  expect(house.act({ type: 'move', task: 2 }).reply?.text).toMatch(/^Moved task 2 before task 1/)
  expect(house.act({ type: 'say', task: 2, text: 'use the helper' }).reply?.ok).toBe(true)
  expect(house.act({ type: 'skip', task: 2 }).reply?.text).toBe('Skipped task 2: Other 2')
  expect([...house.state.tasks.values()].find((task) => task.number === 2 && task.runId === two)?.phase).toBe('skipped')
  // Of several that are over, it says so.
  expect(house.act({ type: 'skip', task: 2 }).reply?.text).toContain('is already skipped')
})

it('a retry that has to wait for the answer to another task says so', () => {
  const house = createHouse()
  house.start([planned(1), planned(2, { requiresApproval: true })])
  house.act({ type: 'skip', task: 1 })
  expect(house.act({ type: 'retry', task: 1 }).reply?.text).toBe(
    'Task 1 starts over after task 2, which is waiting for an answer: Title 1',
  )
})
