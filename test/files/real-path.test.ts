import { expect, test } from 'vitest'
import { isWithin } from '../../src/files/real-path.ts'

test.each([
  ['/home/anna/shop', true],
  ['/home/anna/shop/a', true],
  ['/home/anna/SHOP/a', true],
  ['/home/anna/shop-two/a', false],
  ['/home/anna', false],
])('whether %s is in a folder: %s', (path, expected) => {
  expect(isWithin(path, '/home/anna/shop')).toBe(expected)
})

test('a name is the same whichever way its letters are put together, as on a Mac', () => {
  expect(isWithin('/home/anna/caf\u0065\u0301/x', '/home/anna/caf\u00e9')).toBe(true)
  expect(isWithin('/etc', '/')).toBe(true)
})
