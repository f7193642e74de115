import { expect, test } from 'vitest'
import { whyNoRoom } from '../../src/daemon/attempt/room.ts'

const MIB = 1024 ** 2

test('a process waits for memory while another could give some back, and says so', () => {
  expect(whyNoRoom(false, 299 * MIB)).toBe('waiting for memory: 299 MB free, 300 MB needed')
  expect(whyNoRoom(false, 300 * MIB)).toBeUndefined()
  expect(whyNoRoom(true, 10 * MIB), 'nobody could give any back').toBeUndefined()
})
