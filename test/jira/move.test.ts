import { expect, test } from 'vitest'
import { isStatus, stepTo } from '../../src/jira/move.ts'
import { STATUSES } from '../support/jira/world.ts'

const steps = [STATUSES.done, STATUSES.blocked, STATUSES.progress].map((to) => ({
  ...{ id: to.id, name: `to ${to.name}`, to },
  isAvailable: true,
}))

test('a step to a status of exactly this name goes before one of its category', () => {
  expect(stepTo(steps, 'in progress')?.to).toBe(STATUSES.progress)
  expect(stepTo(steps.slice(0, 2), 'In Progress')?.to).toBe(STATUSES.blocked)
})

test('a category is a wish as well, in English whatever the site speaks', () => {
  expect(stepTo(steps, 'Done')?.to).toBe(STATUSES.done)
  const german = { ...STATUSES.done, name: 'Freigegeben', statusCategory: { key: 'done', name: 'Erledigt' } }
  expect(isStatus(german, 'Done')).toBe(true)
  expect(isStatus(german, 'erledigt')).toBe(true)
  expect(isStatus(german, 'In Progress')).toBe(false)
})

test('where no step leads there, there is none', () => {
  expect(stepTo(steps, 'To Do')).toBeUndefined()
})
