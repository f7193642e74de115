import { expect, test } from 'vitest'
import { taskOf } from '../../src/chat/render/parts.ts'

test('a task is told its place among all, but not beyond their number, as in a part of a file', () => {
  expect(taskOf(2, 4)).toBe('Task 2 of 4')
  expect(taskOf(1, 1)).toBe('Task 1')
  expect(taskOf(5, 2)).toBe('Task 5')
})
