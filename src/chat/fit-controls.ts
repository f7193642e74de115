import type { Button } from './message.ts'

/** A row under a message: buttons side by side, or a list of which one is picked. */
export type ControlRow = { buttons: Button[] } | { list: Button[] }

/** What a platform takes under a message. */
export interface ControlLimits {
  rows: number
  perRow: number
  /** Characters of labels that stand side by side; rows that have room are joined. Absent: each row stays one, as on a phone. */
  rowUnits?: number
  /** Options of a list. */
  options: number
}

/**
 * Puts buttons into as many rows as a platform takes: as they are where they fit, else the options of a kind into lists, and
 * the others side by side. What fits in no way is left out from the end of the options; words can still name it.
 */
export function fitControls(rows: readonly (readonly Button[])[], limits: ControlLimits): ControlRow[] {
  const given = joined(
    rows.filter((row) => row.length > 0),
    limits,
  )
  if (given.length <= limits.rows && given.every((row) => row.length <= limits.perRow))
    return given.map((buttons) => ({ buttons }))
  const all = given.flat()
  const others = all.filter(({ isOption }) => !isOption)
  const options = all.filter(({ isOption }) => isOption)
  const spare = Math.max(1, Math.min(limits.rows - 1, Math.ceil(options.length / limits.options)))
  const rowsOfOthers = inGroups(others, limits.perRow)
  // More than there is room for beside the lists, or nothing that is marked as an option: all of it becomes lists.
  if (options.length === 0 || rowsOfOthers.length > limits.rows - spare) return lists(all, limits, limits.rows)
  return [
    ...lists(options, limits, limits.rows - rowsOfOthers.length),
    ...rowsOfOthers.map((buttons) => ({ buttons: buttons })),
  ]
}

function joined(rows: readonly (readonly Button[])[], { perRow, rowUnits = 0 }: ControlLimits): Button[][] {
  const units = (row: readonly Button[]) => row.reduce((sum, { text }) => sum + text.length, 0)
  const done: Button[][] = []
  for (const row of rows) {
    const last = done.at(-1)
    const hasRoom = last && last.length + row.length <= perRow && units(last) + units(row) <= rowUnits
    if (hasRoom) last.push(...row)
    else done.push([...row])
  }
  return done
}

const lists = (buttons: Button[], { options }: ControlLimits, most: number): ControlRow[] =>
  inGroups(buttons, options)
    .slice(0, most)
    .map((list) => ({ list }))

function inGroups<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size))
}
