/** When a message is rendered, and for whom. Rendering itself has no clock. */
export interface Moment {
  /** Epoch milliseconds. */
  now: number
  /** IANA name of the zone that times are told in. */
  zone: string
}

/** `45 s`, `4 min 12 s`, `1 h 12 min`, `2 d 3 h`. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000))
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

/** In at most five columns: `45s`, `4m12`, `59m`, `1h12`, `2d03`. */
export function shortDuration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000))
  if (seconds < 60) return `${seconds}s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes}m${String(seconds % 60).padStart(2, '0')}`
  const hours = Math.floor(minutes / 60)
  if (hours < 24) return `${hours}h${String(minutes % 60).padStart(2, '0')}`
  const days = Math.floor(hours / 24)
  return days < 100 ? `${days}d${String(hours % 24).padStart(2, '0')}` : `${days}d`
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
