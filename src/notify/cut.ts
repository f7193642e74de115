/** Longer texts are cut: receivers refuse what is too large, and the whole stands in the log. */
const LONGEST = 8_000

/** A text of at most `longest` UTF-16 units, never cut through the middle of a character. */
export function cut(value: unknown, longest = LONGEST): string {
  const text = String(value)
  return text.length <= longest ? text : `${text.slice(0, longest - 1).replace(/[\uD800-\uDBFF]$/, '')}…`
}
