import type { Actor } from '../core/types.ts'

/** `2026-11-21 09:14` in a time zone, the name of which the reader is told once. */
export function moment(at: number, timeZone: string): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' }).format(at)
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
