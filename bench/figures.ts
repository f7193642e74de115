/** The middle value. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2
}

/** The value that this part of all values does not exceed. */
export function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] as number
}

/** `1.04 (0.98–1.11)`: the median with the smallest and the largest. */
export function spread(values: readonly number[], digits = 2): string {
  return `${median(values).toFixed(digits)} (${Math.min(...values).toFixed(digits)}–${Math.max(...values).toFixed(digits)})`
}

/** What was measured in this run. */
export interface Measured {
  what: string
  figure: string
  goal: string
}

/** The rows of this run so far. */
export const measured: Measured[] = []

/** One row of the result: what, the figure, the goal. */
export function row(what: string, figure: string, goal: string): void {
  measured.push({ what, figure, goal })
  process.stdout.write(`${what.padEnd(62)} ${figure.padEnd(28)} ${goal}\n`)
}

/** Wall time of an asynchronous piece of work, ms. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}
