import type { OddClock } from './clock.ts'

/** A machine on which everything should work as well, and seldom was tried. */
export interface Combination {
  name: string
  clock: OddClock
  zone: string
  language: string
}

/** One of them runs each day in CI; every clock, zone and language is among them. */
export const COMBINATIONS: readonly Combination[] = [
  { name: 'tomorrow', clock: 'plus-1-day', zone: 'Pacific/Auckland', language: 'C' },
  { name: 'new-year', clock: 'new-year', zone: 'Pacific/Auckland', language: 'de_DE.UTF-8' },
  { name: 'spring', clock: 'spring-forward', zone: 'America/New_York', language: 'de_DE.UTF-8' },
  { name: 'forty-days', clock: 'plus-40-days', zone: 'America/New_York', language: 'C' },
  { name: 'evening', clock: 'evening', zone: 'UTC', language: 'C' },
  { name: 'fall', clock: 'fall-back', zone: 'Pacific/Auckland', language: 'C' },
  { name: 'new-year-west', clock: 'new-year', zone: 'America/New_York', language: 'de_DE.UTF-8' },
]

const DAY_MS = 24 * 60 * 60_000

/** The one whose turn it is at the time `now`. */
export function combinationOfDay(now: number): Combination {
  return COMBINATIONS[Math.floor(now / DAY_MS) % COMBINATIONS.length] as Combination
}
