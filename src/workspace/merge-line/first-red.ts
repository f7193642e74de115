import type { Round } from './checked.ts'

/** Where a chain of candidates goes wrong. */
export type FirstRed =
  | { at: 'none' }
  /** Without any of the candidates, too. */
  | { at: 'base'; round: Round }
  | { at: number; round: Round }

/**
 * Finds the first link of a chain whose checks fail. All are checked at once; only when that is red is the base looked at,
 * and the chain halved. `check` answers from what it knows where it can.
 */
export async function firstRed(
  length: number,
  check: (index: number) => Promise<Round>,
  checkBase: (red: Round) => Promise<Round>,
): Promise<FirstRed> {
  let round = await check(length - 1)
  if (round.ok) return { at: 'none' }
  const base = await checkBase(round)
  if (!base.ok) return { at: 'base', round: base }
  let [low, high] = [0, length - 1]
  while (low < high) {
    const middle = (low + high) >> 1
    const half = await check(middle)
    if (half.ok) low = middle + 1
    else {
      high = middle
      round = half
    }
  }
  return { at: low, round }
}
