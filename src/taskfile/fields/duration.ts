import { parseDuration } from '../../text/durations.ts'

const LONGEST_MS = 7 * 86_400_000

/** Milliseconds of `90s`, `20m`, `2h`, `1h30m`, as people write them; undefined for anything else and for more than a week. */
export function durationMs(text: string): number | undefined {
  if (!/^(?:\d{1,6}(?:\.\d{1,3})?\s?[smhd]\s?){1,4}$/i.test(text)) return undefined
  const ms = parseDuration(text.toLowerCase().replace(/\s/g, ''))
  return ms !== undefined && ms > 0 && ms <= LONGEST_MS ? ms : undefined
}
