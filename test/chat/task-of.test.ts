import { expect, test } from 'vitest'
import { taskOfTotal } from '../../src/chat/render/parts.ts'

test('a task is told its place among all, but not beyond their number, as in a part of a file', () => {
  expect(taskOfTotal(2, 4)).toBe('Task 2 of 4')
  expect(taskOfTotal(1, 1)).toBe('Task 1')
  expect(taskOfTotal(5, 2)).toBe('Task 5')
})
