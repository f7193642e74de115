const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const two = (n: number) => String(n).padStart(2, '0')

/** `0.4s`, `45s`, `1m 20s`, `2h 03m`, `3d 4h`. */
export function duration(ms: number): string {
  const left = Math.max(0, ms)
  if (left > 0 && left < SECOND) return `${(Math.max(100, left) / SECOND).toFixed(1)}s`
  if (left < MINUTE) return `${Math.floor(left / SECOND)}s`
  if (left < HOUR) return `${Math.floor(left / MINUTE)}m ${two(Math.floor((left % MINUTE) / SECOND))}s`
  if (left < DAY) return `${Math.floor(left / HOUR)}h ${two(Math.floor((left % HOUR) / MINUTE))}m`
  return `${Math.floor(left / DAY)}d ${Math.floor((left % DAY) / HOUR)}h`
}

/** Local date, `2026-11-21`. */
export function day(ms: number): string {
  const date = new Date(ms)
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}

/** Local time, `16:51`. */
export function clock(ms: number): string {
  const date = new Date(ms)
  return `${two(date.getHours())}:${two(date.getMinutes())}`
}

/** Local date and time to the second, `2026-11-21 16:51:07`. */
export function moment(ms: number): string {
  return `${day(ms)} ${clock(ms)}:${two(new Date(ms).getSeconds())}`
}

/** A time as people say it: today's without the date. */
export function when(ms: number, now: number): string {
  return day(ms) === day(now) ? clock(ms) : `${day(ms)} ${clock(ms)}`
}
