import type { Actor } from '../core/types.ts'

/** A span of time as people say it: `840 ms`, `12 s`, `4 min 5 s`, `2 h 10 min`, `3 d 4 h`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  const seconds = Math.round(ms / 1000)
  const units: [number, string][] = [
    [86_400, 'd'],
    [3600, 'h'],
    [60, 'min'],
    [1, 's'],
  ]
  const first = units.findIndex(([size]) => seconds >= size)
  const [size, name] = units[first] as [number, string]
  const rest = units[first + 1]
  const more = rest ? Math.floor((seconds % size) / rest[0]) : 0
  return `${Math.floor(seconds / size)} ${name}${more > 0 && rest ? ` ${more} ${rest[1]}` : ''}`
}

export function money(usd: number): string {
  return usd > 0 && usd < 0.01 ? 'under $0.01' : `$${usd.toFixed(2)}`
}

/** `2026-11-21 09:14` in a time zone, the name of which the reader is told once. */
export function moment(at: number, timeZone: string): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' }).format(at)
}

export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`
}

const WHERE: Record<Actor['surface'], string> = {
  telegram: 'over Telegram',
  terminal: 'at the terminal',
  http: 'over HTTP',
  schedule: 'by the schedule',
  baton: 'by itself',
}

/** Who did something, and where: `Anna (4711) over Telegram`. */
export function person({ who, surface }: Actor): string {
  // "Baton, for nobody is there" says it all.
  if (surface === 'baton' && who !== 'Baton') return who
  return `${who} ${WHERE[surface]}`
}
