/** `2026-11-21 09:14` in a time zone, the name of which the reader is told once. */
export function minuteInZone(at: number, timeZone: string): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' }).format(at)
}
