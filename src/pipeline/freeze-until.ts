import { Cron } from 'croner'
import { parseDuration } from '../text/durations.ts'

const DAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']

/** Until when a freeze lasts, and the words that say why. */
export interface FreezeWords {
  until?: number
  why: string
}

/**
 * Reads what follows the environment's name: `2h`, `18:00`, `2026-12-24`, `2026-12-24 18:00`, `tomorrow` or `monday`, with or
 * without `for` or `until`, then the reason. A day without a time is its beginning. Other words are all reason, and the freeze
 * lasts until somebody ends it.
 */
export function readFreezeWords(words: readonly string[], now: number, timezone: string | undefined): FreezeWords {
  const [first = ''] = words
  const rest = /^(for|until|till)$/i.test(first) ? words.slice(1) : words
  const [one = '', two = ''] = rest
  const both = momentOf(`${one}T${two}`, now, timezone)
  const until = both ?? momentOf(one, now, timezone)
  if (until === undefined) return { why: words.join(' ') }
  return { until, why: rest.slice(both === undefined ? 1 : 2).join(' ') }
}

function momentOf(said: string, now: number, timezone: string | undefined): number | undefined {
  const forMs = parseDuration(said)
  if (forMs !== undefined) return now + forMs
  const next = (pattern: string, from = now) =>
    new Cron(pattern, { paused: true, ...(timezone !== undefined && { timezone }) }).nextRun(new Date(from))?.getTime()
  const [, hour, minute] = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(said) ?? []
  if (hour !== undefined) return next(`${minute} ${hour} * * *`)
  if (/^tomorrow$/i.test(said)) return next('0 0 * * *')
  const day = DAYS.indexOf(said.toLowerCase())
  if (day >= 0) return next(`0 0 * * ${day}`)
  const [, date, time = '00:00', seconds = ':00', zone] =
    /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d)(:\d\d)?(Z|[+-]\d\d:\d\d)?)?$/i.exec(said) ?? []
  if (date === undefined) return undefined
  const inUtc = Date.parse(`${date}T${time}${seconds}${zone ?? 'Z'}`)
  if (Number.isNaN(inUtc)) return undefined
  // What has passed is said by whoever freezes; a pattern has no next time then.
  return zone === undefined ? (next(`${date}T${time}${seconds}`, 0) ?? inUtc) : inUtc
}
