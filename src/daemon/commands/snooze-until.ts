/** What may be said for how long, as help shows it. */
export const SNOOZE_WORDS = '30m, 2h, tonight or tomorrow'

const UNITS_MS: Readonly<Record<string, number>> = { m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000 }
const LONGEST_MS = 30 * 86_400_000
const [EVENING_HOUR, LATE_HOUR, MORNING_HOUR] = [20, 23, 8]

/** The moment that `30m`, `2 h`, `tonight` or `tomorrow` mean in a time zone; undefined for other words. */
export function snoozeUntil(words: string, now: number, zone: string | undefined): number | undefined {
  const said = words.trim().toLowerCase() || '30m'
  if (said === 'tonight') {
    const evening = hourOf(EVENING_HOUR, now, zone)
    return evening > now ? evening : Math.max(now + 3_600_000, hourOf(LATE_HOUR, now, zone))
  }
  if (said === 'tomorrow') return hourOf(MORNING_HOUR, hourOf(12, now, zone) + 86_400_000, zone)
  const [, number, unit = ''] = /^(\d{1,4})\s*(m|min|h|d)$/.exec(said) ?? []
  const ms = Number(number) * (UNITS_MS[unit] ?? Number.NaN)
  return ms > 0 && ms <= LONGEST_MS ? now + ms : undefined
}

/** An hour of the local day that holds `at`. On a day whose clocks change it may be one off before the change. */
function hourOf(hour: number, at: number, zone: string | undefined): number {
  const clock = new Intl.DateTimeFormat('en-GB', {
    ...{ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
    ...(zone !== undefined && { timeZone: zone }),
  })
  const [hours = 0, minutes = 0] = clock.format(at).split(':').map(Number)
  return at - (at % 60_000) + (hour - hours) * 3_600_000 - minutes * 60_000
}
