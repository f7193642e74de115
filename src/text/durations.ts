const SECOND_MS = 1_000
export const MINUTE_MS = 60 * SECOND_MS
export const HOUR_MS = 60 * MINUTE_MS
export const DAY_MS = 24 * HOUR_MS

const two = (n: number) => String(n).padStart(2, '0')

/** For messages and pages: `45 s`, `4 min 12 s`, `1 h 12 min`, `2 d 3 h`. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / SECOND_MS))
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return withRest(minutes, 'min', seconds % 60, 's')
  const hours = Math.floor(minutes / 60)
  if (hours < 24) return withRest(hours, 'h', minutes % 60, 'min')
  return withRest(Math.floor(hours / 24), 'd', hours % 24, 'h')
}

function withRest(count: number, unit: string, rest: number, restUnit: string): string {
  return rest === 0 ? `${count} ${unit}` : `${count} ${unit} ${rest} ${restUnit}`
}

/** The same for what may be over at once, as a check: `840 ms`. */
export function fineDuration(ms: number): string {
  return ms < SECOND_MS ? `${Math.round(ms)} ms` : duration(ms)
}

/** For lines of a terminal, where a column must not jump from second to second: `0.4s`, `45s`, `1m 20s`, `2h 03m`, `3d 4h`. */
export function denseDuration(ms: number): string {
  const left = Math.max(0, ms)
  if (left > 0 && left < SECOND_MS) return `${(Math.max(100, left) / SECOND_MS).toFixed(1)}s`
  if (left < MINUTE_MS) return `${Math.floor(left / SECOND_MS)}s`
  if (left < HOUR_MS) return `${Math.floor(left / MINUTE_MS)}m ${two(Math.floor((left % MINUTE_MS) / SECOND_MS))}s`
  if (left < DAY_MS) return `${Math.floor(left / HOUR_MS)}h ${two(Math.floor((left % HOUR_MS) / MINUTE_MS))}m`
  return `${Math.floor(left / DAY_MS)}d ${Math.floor((left % DAY_MS) / HOUR_MS)}h`
}

/** For a table on a phone, in at most five columns: `45s`, `4m12`, `59m`, `1h12`, `2d03`. */
export function shortDuration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / SECOND_MS))
  if (seconds < 60) return `${seconds}s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes}m${two(seconds % 60)}`
  const hours = Math.floor(minutes / 60)
  if (hours < 24) return `${hours}h${two(minutes % 60)}`
  const days = Math.floor(hours / 24)
  return days < 100 ? `${days}d${two(hours % 24)}` : `${days}d`
}

const UNITS_MS: Record<string, number> = { ms: 1, s: SECOND_MS, m: MINUTE_MS, h: HOUR_MS, d: DAY_MS }

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
