/** Octokit gives numbers that are too large for a double as bigint. */
export type AccountId = number | bigint

/** The number decides: names change hands. */
export function isSameAccount(
  one: { id: AccountId } | null | undefined,
  other: { id: AccountId } | null | undefined,
): boolean {
  return one != null && other != null && BigInt(one.id) === BigInt(other.id)
}
