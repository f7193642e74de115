const unitMs: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }
const longestMs = 7 * 86_400_000

/** Milliseconds of `90s`, `20m`, `2h`, `1h30m`; undefined for anything else and for more than a week. */
export function durationMs(text: string): number | undefined {
  if (!/^(?:\d{1,6}(?:\.\d{1,3})?\s?[smhd]\s?){1,4}$/i.test(text)) return undefined
  let total = 0
  for (const [, count, unit] of text.matchAll(/(\d+(?:\.\d+)?)\s?([smhd])/gi)) {
    total += Number(count) * unitMs[unit!.toLowerCase()]!
  }
  return total > 0 && total <= longestMs ? Math.round(total) : undefined
}
