import { actorText } from '../actors.ts'
import type { Target } from '../commands/commands.ts'
import type { Draft } from '../draft.ts'
import type { Reply } from '../inputs.ts'
import { notPossible } from '../reply.ts'
import type { Actor, Ask, Policy } from '../types.ts'
import { findAsk } from './asks.ts'

/** When to remind of an open ask, epoch milliseconds; undefined: never. */
export function remindAt(ask: Ask, { remind }: Pick<Policy, 'remind'>): number | undefined {
  if (ask.state !== 'open') return undefined
  if (ask.snoozed) return ask.snoozed.until
  return ask.remindedAt !== undefined || !remind?.afterMs ? undefined : ask.openedAt + remind.afterMs
}

/** Repeats what has waited for long; a reminder that nobody hears is no use, so quiet hours put it off. */
export function remind(draft: Draft): void {
  const { policy, now } = draft
  const due = draft.openAsks().filter((ask) => (remindAt(ask, policy) ?? Number.POSITIVE_INFINITY) <= now)
  if (due.length === 0 || policy.remind?.isQuiet(now)) return
  for (const { snoozed: _, ...ask } of due) {
    const row: Ask = { ...ask, remindedAt: now }
    draft.put({ table: 'asks', row })
    draft.emit('ask.reminded', { ask: row, text: `Still waiting for you: ${ask.title}` })
  }
}

/** A person wants to be reminded of an ask then, and not before. */
export function snoozeAsk(draft: Draft, target: Target, until: number, by: Actor): Reply {
  const found = findAsk(draft, target)
  if ('reply' in found) return found.reply
  if (until <= draft.now) return notPossible('That time has already passed.')
  const row: Ask = { ...found.ask, snoozed: { until, by, at: draft.now } }
  draft.put({ table: 'asks', row })
  draft.emit('ask.snoozed', {
    ask: row,
    text: `Snoozed by ${actorText(by)}: ${row.title}`,
    data: { until, by },
  })
  return { ok: true, text: 'Snoozed.', data: { askId: row.id, task: row.task, until } }
}
