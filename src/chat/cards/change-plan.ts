import type { Reply } from '../../core/inputs.ts'
import type { Around } from '../context.ts'
import type { Turn } from '../update-context.ts'
import { createCards } from './card.ts'
import { endCard } from './on-card-tap.ts'

/**
 * Words about a plan: what should be different. `id` is that of its card, which says the version that was shown.
 * Undefined: it is no card of a plan.
 */
export function changePlan(around: Around, turn: Turn, id: string, words: string): Reply | undefined {
  const { deps } = around
  const card = createCards(deps.store.meta).get(id)
  const does = card?.buttons.find((button) => button.does.type === 'plan-change')?.does
  if (does?.type !== 'plan-change' || !deps.plans) return undefined
  const reply = deps.plans.change(does.plan, does.version, words)
  const isOver = reply.code === 'closed' || reply.code === 'changed'
  const at = deps.now()
  const changed = { mark: '✏️', word: 'Changed', by: turn.by, at, text: `“${words.trim()}”` }
  if (card && !card.claims.all?.isDone && (reply.ok || isOver)) {
    const outcome = reply.ok ? changed : { mark: '⚪️', word: reply.text, at }
    endCard(around, turn, { cardId: id, key: 'all', outcome })
  }
  return reply
}
