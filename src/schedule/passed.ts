/** What is over for one entry of the schedule; stored, so that restarts know it too. Epoch milliseconds. */
export interface Passed {
  /** Nothing up to here starts any more. It goes back with the clock. */
  until: number
  /** What did start, from the first to the last of a row without a gap: never again, whatever becomes of the clock. */
  started: [from: number, to: number][]
}

/** One entry as it is stored. */
export interface PassedEntry {
  passed: Passed
  /** The occurrence whose refusal was reported. */
  told?: number
}

/** More rows than this come only from a clock that is set to and fro; then the oldest become one, gap included. */
const LONGEST = 50

/** An entry that is seen for the first time has missed nothing. */
export const seenFirst = (now: number): Passed => ({ until: now, started: [] })

export function hasStarted({ started }: Passed, at: number): boolean {
  return started.some(([from, to]) => from <= at && at <= to)
}

/** Notes a start; `next` is the pattern's, to see whether it follows on one that started before. */
export function withStart(passed: Passed, at: number, next: (at: number) => number | undefined): Passed {
  const before = passed.started.findIndex(([, to]) => to < at && next(to) === at)
  const rows: [number, number][] =
    before === -1
      ? [...passed.started, [at, at]]
      : passed.started.map((row, i): [number, number] => (i === before ? [row[0], at] : row))
  rows.sort(([a], [b]) => a - b)
  const [first, second, ...rest] = rows
  const started = rows.length > LONGEST && first && second ? [[first[0], second[1]] as [number, number], ...rest] : rows
  return { until: at, started }
}
