import type { Draft } from '../draft.ts'
import type { Outcome, PlanWindow } from '../types.ts'
import { release } from './release.ts'

const NAMES: Record<string, string> = {
  five_hour: '5-hour limit',
  seven_day: 'weekly limit',
  seven_day_opus: 'weekly limit for Opus',
  seven_day_sonnet: 'weekly limit for Sonnet',
  overage: 'limit for extra usage',
}

/** What people call a window of the subscription: "Claude's 5-hour limit". */
export const limitName = (type: string | undefined): string =>
  type === undefined ? 'the usage limit' : `Claude's ${NAMES[type] ?? `usage limit (${type})`}`

/** This long after its reset a window counts as new, ms. */
const AFTER_RESET_MS = 1_000

/**
 * Keeps a share of the subscription for the person (`limits.keep`): once a window is used further than that, no new task
 * starts before its reset. What has started runs to its end, and a person who resumes the queue takes the share back.
 */
export function keepShare(draft: Draft, { plan = [] }: Outcome): void {
  const { keepShare: share = 0 } = draft.policy
  const queue = draft.queue()
  const fullest = plan.filter((window) => isUsedUp(window, share, draft.now)).sort((a, b) => b.resetsAt - a.resetsAt)[0]
  if (share === 0 || !fullest || (queue.hold && queue.hold.until > fullest.resetsAt)) return
  if (queue.keepsNothingUntil !== undefined && fullest.resetsAt <= queue.keepsNothingUntil) return
  const until = fullest.resetsAt + AFTER_RESET_MS
  const text = `${percent(fullest.used)} of ${limitName(fullest.type)} is used; the rest is kept for you`
  draft.put({ table: 'queue', row: { ...queue, hold: { why: 'kept', until, since: draft.now, text } } })
  draft.emit('queue.held', { text: `Waiting: ${text}`, data: { why: 'kept', until } })
}

/** A person wants the tasks to start anyway; true when that was what held them. */
export function keepNothing(draft: Draft): boolean {
  const { hold } = draft.queue()
  if (hold?.why !== 'kept') return false
  release(draft, false)
  draft.put({ table: 'queue', row: { ...draft.queue(), keepsNothingUntil: hold.until } })
  return true
}

const isUsedUp = ({ used, resetsAt }: PlanWindow, share: number, now: number): boolean =>
  used >= 1 - share && resetsAt > now

const percent = (share: number): string => `${Math.floor(share * 100)}%`
