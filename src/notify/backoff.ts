const FIRST_MS = 1_000
const LONGEST_MS = 600_000

/** How long to wait after a number of failures in a row: doubling, less up to a quarter so that senders do not march in step. */
export function backoffMs(failures: number, random: () => number): number {
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(30, Math.max(0, failures - 1)))
  return Math.round(full * (1 - random() / 4))
}
