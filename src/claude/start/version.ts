/**
 * The oldest Claude Code that Baton works with: the oldest one that its protocol was tried on. Before it, questions over
 * stdio and deferred calls are not known to work.
 */
export const OLDEST = [2, 1, 197]

/** The numbers at the beginning of `2.1.330 (Claude Code)`; undefined when there are none. */
export function readVersion(words: string): number[] | undefined {
  const [, ...numbers] = /^\s*v?(\d+)\.(\d+)\.(\d+)/.exec(words) ?? []
  return numbers.length === 3 ? numbers.map(Number) : undefined
}

/** Whether a version is known and below `than`. */
export function isOlder(version: string | undefined, than: readonly number[]): boolean {
  const numbers = version === undefined ? undefined : readVersion(version)
  if (numbers === undefined) return false
  const at = numbers.findIndex((number, i) => number !== than[i])
  return at !== -1 && numbers[at]! < than[at]!
}
