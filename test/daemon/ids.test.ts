import fc from 'fast-check'
import { expect, test } from 'vitest'
import { newRunId } from '../../src/daemon/ids.ts'

// Away from the hour that a summer time repeats: the names tell local time.
const noon = new Date(2026, 10, 21, 12).getTime()

test('ids of runs sort by the millisecond in which the run began', () => {
  const time = fc.integer({ min: 0, max: 3_600_000 })
  fc.assert(
    fc.property(time, time, (a, b) => {
      fc.pre(a < b)
      expect(newRunId(noon + a) < newRunId(noon + b)).toBe(true)
    }),
    {
      examples: [
        [30, 31],
        [31, 32],
        [998, 999],
        [999, 1_000],
      ],
    },
  )
})

test('ids of runs of the same millisecond differ, and tell when they began', () => {
  const ids = Array.from({ length: 50 }, () => newRunId(noon))
  expect(new Set(ids).size).toBe(ids.length)
  for (const id of ids) expect(id).toMatch(/^2026-11-21-120000-\w{6}$/)
})
