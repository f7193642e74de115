const two = (n: number) => String(n).padStart(2, '0')

/** Local date, `2026-11-21`. */
function day(ms: number): string {
  const date = new Date(ms)
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}

/** Local time, `16:51`. */
function clock(ms: number): string {
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
