import { expect, test } from 'vitest'
import { keyIn, markOf } from '../../src/github/marks.ts'

test('a mark is found behind what is quoted', () => {
  expect(keyIn(`Quote: ${markOf('a')}\n\n${markOf('b')}\n`)).toBe('b')
  expect(keyIn('nothing')).toBeUndefined()
  expect(() => markOf('a --> b')).toThrow('cannot be a mark')
})
