const UNITS_MS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/**
 * `90s`, `20m`, `2h`, `1d`, also joined as in `1h30m`, in milliseconds; a bare `0` needs no unit. Undefined for
 * anything else: a bare number could be seconds or minutes, and guessing wrong costs a night.
 */
export function parseDuration(written: string): number | undefined {
  const text = written.trim()
  if (/^0+$/.test(text)) return 0
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d)\s*)+$/.test(text)) return undefined
  let totalMs = 0
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) {
    totalMs += Number(amount) * (UNITS_MS[unit ?? ''] ?? 0)
  }
  return Number.isSafeInteger(Math.round(totalMs)) ? Math.round(totalMs) : undefined
}

/** `07:30` as minutes after midnight; undefined for anything else. */
export function parseClock(written: string): number | undefined {
  const match = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(written.trim())
  return match ? Number(match[1]) * 60 + Number(match[2]) : undefined
}
