import type { Draft } from '../draft.ts'

/** Ends the queue's wait; `isOver`: its time ran out, and no person wanted something else. */
export function release(draft: Draft, isOver: boolean): void {
  const { hold, ...queue } = draft.queue()
  if (!hold) return
  draft.put({ table: 'queue', row: queue })
  const text = isOver ? `Resumed after waiting: ${hold.text}` : `No longer waiting: ${hold.text}`
  // Whoever heard of the wait hears of its end.
  if (hold.from !== undefined) return
  draft.emit('queue.released', { text, data: { why: hold.why, held: hold.text, isOver } })
}
