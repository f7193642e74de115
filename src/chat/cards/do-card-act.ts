import type { Reply } from '../../core/inputs.ts'
import { notPossible } from '../../core/reply.ts'
import type { ChatContext } from '../context.ts'
import { nameProject } from '../name-project.ts'
import { renderReminder } from '../render/notice.ts'
import { openReplyField, wordsWanted } from '../reply-field.ts'
import { askSlot } from '../show-ask.ts'
import type { UpdateContext } from '../update-context.ts'
import { answerThere } from './answer-there.ts'
import type { CardAct } from './card.ts'
import { snoozeThere } from './snooze-there.ts'

/** What the message says about it afterwards; the last: with the text of the reply. */
export const OUTCOMES: Record<CardAct['type'], [mark: string, word: string, tells: boolean]> = {
  start: ['▶️', 'Started', true],
  plan: ['📝', 'Planned', false],
  retry: ['🔁', 'Retried', true],
  asks: ['👆', 'Shown', false],
  later: ['💤', 'Postponed', false],
  answer: ['✅', 'Answered', true],
  'snooze-when': ['💤', 'Asked', false],
  snooze: ['💤', 'Snoozed', true],
  'plan-start': ['▶️', 'Started', true],
  'plan-change': ['✏️', 'Changed', true],
  'plan-drop': ['🗑', 'Discarded', false],
}

const NO_PLANS: Reply = notPossible('Plans are not available here.')

/** Does what a button of a card says; the same update again does nothing more. */
export async function doCardAct(chat: ChatContext, ctx: UpdateContext, does: CardAct): Promise<Reply> {
  const { plans } = chat.deps
  switch (does.type) {
    case 'start':
      return ctx.submit({ type: 'start', files: does.files }, does.project)
    case 'retry':
      return ctx.submit(
        { type: 'retry', task: does.task, ...(does.runId !== undefined && { runId: does.runId }) },
        does.project,
      )
    case 'plan':
      return plans?.plan({ note: does.note, project: does.project, key: ctx.key }, ctx.by) ?? NO_PLANS
    case 'plan-start':
      return plans?.begin(does.plan, does.version, ctx.by) ?? NO_PLANS
    case 'plan-drop':
      return plans?.drop(does.plan) ?? NO_PLANS
    case 'plan-change': {
      const message = wordsWanted('What should be different in the plan?', 'Your changes')
      await openReplyField(chat, ctx, { slot: `change:${does.plan}.${does.version}`, message })
      return { ok: true, text: '' }
    }
    case 'asks':
      return pointAtAsks(chat, ctx)
    case 'later':
    // Only the card knows how its message looks: `on-card-tap.ts`.
    case 'snooze-when':
      return { ok: true, text: '' }
    case 'snooze':
      return snoozeThere(chat, ctx, does)
    case 'answer':
      return answerThere(chat, ctx, does.to, does.said)
  }
}

/** A word under each message that waits for an answer, so that one finds it. */
function pointAtAsks(chat: ChatContext, ctx: UpdateContext): Reply {
  const { deps, moment } = chat
  const open = deps.api.view.openAsks()
  if (open.length === 0) return { ok: false, code: 'nothing-to-do', text: 'Nothing is waiting for an answer.' }
  for (const ask of open) {
    const replyTo = deps.store.deliveries.messageIn(ctx.chatId, askSlot(ask.id))
    ctx.say(nameProject(chat, ask.queue, renderReminder(deps.redact(ask), moment())), {
      ...(replyTo !== undefined && { replyTo }),
    })
  }
  return { ok: true, text: '' }
}
