import { remindAt } from '../../core/asks/reminders.ts'
import type { Policy } from '../../core/types.ts'
import type { Dispatcher } from './dispatcher.ts'

/** Clocks jump and machines sleep, and quiet hours end: what is due is checked again after this long at the latest. */
const LOOK_AGAIN_MS = 30_000
const SHORTEST_MS = 50

/** Has the queue check its asks when a reminder is due; returns what ends that. */
export function startReminderClock(
  dispatcher: Pick<Dispatcher, 'state' | 'record' | 'onCommit'>,
  { policy, now, onError }: { policy: Policy; now: () => number; onError: (error: unknown) => void },
): () => void {
  let timer: NodeJS.Timeout | undefined
  const nextAt = () => {
    const times = [...dispatcher.state().asks.values()].flatMap((ask) => remindAt(ask, policy) ?? [])
    return times.length === 0 ? undefined : Math.min(...times)
  }
  const arm = () => {
    clearTimeout(timer)
    const at = nextAt()
    if (at === undefined) return
    const leftMs = at - now()
    // Due but not sent: quiet hours.
    timer = setTimeout(look, leftMs > 0 ? Math.min(LOOK_AGAIN_MS, Math.max(SHORTEST_MS, leftMs)) : LOOK_AGAIN_MS)
    timer.unref()
  }
  const look = () => {
    const isDue = (nextAt() ?? Number.POSITIVE_INFINITY) <= now()
    const looked = isDue ? dispatcher.record({ type: 'tick' }) : Promise.resolve()
    looked.then(arm, onError)
  }
  const unfollow = dispatcher.onCommit(arm)
  look()
  return () => {
    clearTimeout(timer)
    unfollow()
  }
}
