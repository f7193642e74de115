import { expect, test } from 'vitest'
import { createChanging } from '../../src/watch/changing.ts'

test('a file is settled when it stayed as it is for a while, and is waited for anew when it changes', () => {
  const changing = createChanging(100)
  expect(changing.nextInMs(0)).toBeUndefined()
  expect(changing.isSettled('a', 'one', 0)).toBe(false)
  expect(changing.isSettled('a', 'one', 99)).toBe(false)
  expect(changing.isSettled('a', 'two', 100)).toBe(false)
  expect(changing.isSettled('b', 'one', 150)).toBe(false)
  expect(changing.nextInMs(160)).toBe(40)
  expect(changing.isSettled('a', 'two', 199)).toBe(false)
  expect(changing.isSettled('a', 'two', 200)).toBe(true)
  changing.forget('a')
  expect(changing.nextInMs(200)).toBe(50)
})

test('what is not to be told yet is looked at again later, counted from its last change', () => {
  const changing = createChanging(100)
  changing.isSettled('a', 'one', 0)
  expect(changing.later('a', 500, 120)).toBe(true)
  expect(changing.isSettled('a', 'one', 499)).toBe(false)
  expect(changing.isSettled('a', 'one', 500)).toBe(true)
  expect(changing.later('a', 500, 500)).toBe(false)
})
