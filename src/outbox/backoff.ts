/**
 * How long to wait after a number of failures in a row: doubling from `firstMs` to `capMs`, less up to a quarter so that
 * several programs do not come back in step.
 */
export function backoffMs(
  failures: number,
  { firstMs, capMs }: { firstMs: number; capMs: number },
  random: () => number,
): number {
  const full = Math.min(capMs, firstMs * 2 ** Math.min(30, Math.max(0, failures - 1)))
  return Math.round(full * (1 - random() / 4))
}
