import { expect, it } from 'vitest'
import { nameOfDevice } from '../../src/commands/shell/caller.ts'

it('reads names of terminals from the numbers of their devices', () => {
  expect([0x8803, 0x8900 + 1, 0x0401, 0x0440, 0, (1 << 20) | 0x8800].map(nameOfDevice)).toEqual([
    ...['pts/3', 'pts/257', 'tty1', 'ttyS0', undefined, 'pts/256'],
  ])
})
