/** When a message is rendered, and for whom. Rendering itself has no clock. */
export interface Moment {
  /** Epoch milliseconds. */
  now: number
  /** IANA name of the zone that times are shown in. */
  zone: string
}

/** `21:14` today, `tomorrow 07:00`, `yesterday 18:02`, else `Mon 23 Nov 07:00`. */
export function clockTime(at: number, { now, zone }: Moment): string {
  const time = format(at, zone, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  const days = dayNumber(at, zone) - dayNumber(now, zone)
  if (days === 0) return time
  if (days === 1) return `tomorrow ${time}`
  if (days === -1) return `yesterday ${time}`
  return `${format(at, zone, { weekday: 'short', day: 'numeric', month: 'short' }).replace(',', '')} ${time}`
}

/** `21:14:05`. */
export function clockSeconds(at: number, zone: string): string {
  return format(at, zone, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' })
}

function format(at: number, zone: string, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat('en-GB', { ...options, timeZone: zone }).format(at)
}

/** Number of the local day, so that days can be compared over any change of the clocks. */
function dayNumber(at: number, zone: string): number {
  const [day, month, year] = format(at, zone, { day: 'numeric', month: 'numeric', year: 'numeric' })
    .split('/')
    .map(Number)
  return Date.UTC(year as number, (month as number) - 1, day) / 86_400_000
}

const two = (n: number) => String(n).padStart(2, '0')

/** The local day, `2026-11-21`. */
export function localDay(ms: number): string {
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
  return `${localDay(ms)} ${clock(ms)}:${two(new Date(ms).getSeconds())}`
}

/** A time as people say it: today's without the date. */
export function when(ms: number, now: number): string {
  return localDay(ms) === localDay(now) ? clock(ms) : `${localDay(ms)} ${clock(ms)}`
}

/** Making one takes a millisecond, and a report needs many in one zone. */
let lastMinutes: { zone: string; format: Intl.DateTimeFormat } | undefined

/** `2026-11-21 09:14` in a time zone, whose name the reader is given once. */
export function minuteInZone(at: number, timeZone: string): string {
  // Known without a calendar, of which Node takes 10 ms to make the first: the end of every run would wait for it.
  if (timeZone === 'UTC') return new Date(at).toISOString().slice(0, 16).replace('T', ' ')
  if (lastMinutes?.zone !== timeZone) {
    const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' })
    lastMinutes = { zone: timeZone, format }
  }
  return lastMinutes.format.format(at)
}
