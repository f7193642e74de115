/** The part of a list that is shown. */
export interface Window<T> {
  /** Left out above. */
  before: number
  shown: T[]
  /** Left out below. */
  after: number
}

/** What stays in sight above the one in focus. */
const ABOVE = 2

/**
 * The part of `items` around the one at `focus` that fits into `rows` lines; each side that is left out takes one line to
 * say so. With fewer than 3 rows only the one in focus is shown.
 */
export function windowOf<T>(items: readonly T[], focus: number, rows: number): Window<T> {
  if (items.length <= rows) return { before: 0, shown: [...items], after: 0 }
  const at = Math.max(0, Math.min(focus, items.length - 1))
  if (rows < 3) return { before: at, shown: items.slice(at, at + 1), after: items.length - at - 1 }
  const above = Math.min(ABOVE, rows - 3)
  let start = at - above
  // One line is spent on "… earlier" only when at least two are hidden by it.
  if (start <= 1) start = 0
  let room = rows - (start > 0 ? 1 : 0)
  if (start + room < items.length) room -= 1
  else {
    // At the end of the list there is room for more above.
    start = Math.max(0, items.length - (rows - 1))
    room = items.length - start
  }
  const shown = items.slice(start, start + room)
  return { before: start, shown, after: items.length - start - shown.length }
}
