import fc from 'fast-check'
import { expect, it } from 'vitest'
import { windowOf } from '../../src/terminal/show/queue-window.ts'

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i + 1)

it('shows everything that fits', () => {
  expect(windowOf(numbers(5), 2, 5)).toEqual({ before: 0, shown: numbers(5), after: 0 })
})

it('keeps two items above the one in focus and gives the rest of the room to what comes', () => {
  expect(windowOf(numbers(50), 20, 7)).toEqual({ before: 18, shown: [19, 20, 21, 22, 23], after: 27 })
})

it('fills the room at the end of the list', () => {
  expect(windowOf(numbers(50), 49, 6)).toEqual({ before: 45, shown: [46, 47, 48, 49, 50], after: 0 })
})

it('always shows the one in focus, never takes more rows than there are, and leaves nothing unsaid', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60 }), fc.nat(59), fc.integer({ min: 1, max: 30 }), (count, at, rows) => {
      const items = numbers(count)
      const focus = Math.min(at, count - 1)
      const { before, shown, after } = windowOf(items, focus, rows)
      expect(shown).toContain(items[focus])
      expect(before + shown.length + after).toBe(count)
      expect(shown).toEqual(items.slice(before, count - after))
      const said = rows < 3 ? 0 : Number(before > 0) + Number(after > 0)
      expect(shown.length + said).toBeLessThanOrEqual(rows)
    }),
  )
})
