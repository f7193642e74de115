import type { Ask, Hold } from '../core/types.ts'
import type { StatusView, TaskView } from '../daemon/api/views.ts'
import { MINUTE_MS } from '../text/durations.ts'

/**
 * Why nothing is done about a task although nobody is asked about it: a limit, a pause. Words for an issue or a ticket, where people
 * of every time zone read them; undefined where nothing holds it.
 */
export function whyItWaits(
  { status }: Pick<TaskView, 'status'>,
  {
    asks,
    hold,
    paused,
    now,
  }: Pick<StatusView, 'hold' | 'paused'> & { asks: readonly Pick<Ask, 'state'>[]; now: number },
): string | undefined {
  if ((status !== 'waiting' && status !== 'queued') || asks.some(({ state }) => state === 'open')) return undefined
  if (paused) return 'Baton is paused until somebody resumes it.'
  if (hold && hold.until > now) return `${HELD[hold.why]}; Baton resumes automatically${untilWords(hold)}.`
  // Another project of the same login finds out first whether the limit is over.
  return status === 'waiting' ? 'Baton is waiting for a usage limit to end; it resumes automatically.' : undefined
}

const HELD: Record<Hold['why'], string> = {
  limit: 'The usage limit of Claude is reached',
  overload: 'Claude’s service is overloaded',
  disk: 'The disk of the machine is full',
  budget: 'The budget for today is used up',
  kept: 'The rest of the usage limit is kept for people',
}

/** The others end when they end: how long that takes is a guess, and each one would be another edit of a comment. */
const HAS_AN_END: ReadonlySet<Hold['why']> = new Set(['limit', 'budget', 'kept'])

function untilWords({ why, until }: Hold): string {
  if (!HAS_AN_END.has(why)) return ''
  const at = new Date(Math.ceil(until / MINUTE_MS) * MINUTE_MS).toISOString()
  return ` at ${at.slice(0, 10)} ${at.slice(11, 16)} UTC`
}
