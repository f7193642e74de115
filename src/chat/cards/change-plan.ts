import type { Reply } from '../../core/inputs.ts'
import type { ChatContext } from '../context.ts'
import type { UpdateContext } from '../update-context.ts'
import { endCard } from './on-card-tap.ts'

/**
 * Words about a plan: what should be different. `id` is that of its card, which says the version that was shown.
 * Undefined: it is not a card of a plan.
 */
export function changePlan(chat: ChatContext, ctx: UpdateContext, id: string, words: string): Reply | undefined {
  const { cards, deps } = chat
  const card = cards.get(id)
  const does = card?.buttons.find((button) => button.does.type === 'plan-change')?.does
  if (does?.type !== 'plan-change' || !deps.plans) return undefined
  const reply = deps.plans.change(does.plan, does.version, words)
  const isOver = reply.code === 'closed' || reply.code === 'changed'
  const at = deps.now()
  const changed = { mark: '✏️', word: 'Changed', by: ctx.by, at, text: `“${words.trim()}”` }
  if (card && !card.claims.all?.isDone && (reply.ok || isOver)) {
    const outcome = reply.ok ? changed : { mark: '⚪️', word: reply.text, at }
    endCard(chat, ctx, { cardId: id, key: 'all', outcome })
  }
  return reply
}
