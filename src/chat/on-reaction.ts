import type { Choice } from '../core/types.ts'
import { choose } from './answer.ts'
import { askInSlot } from './ask-in-slot.ts'
import { answerCard, cardInSlot } from './cards/answer-card.ts'
import type { KeptCard } from './cards/card.ts'
import type { ChatContext } from './context.ts'
import { askById } from './find-ask.ts'
import type { Deed } from './incoming.ts'
import { inProject } from './name-project.ts'
import { renderNotice } from './render/notice.ts'
import type { UpdateContext } from './update-context.ts'

const CHOICES: Record<'yes' | 'no', readonly Choice[]> = {
  yes: ['approve', 'allow', 'accept'],
  no: ['reject', 'deny'],
}

/**
 * Takes a sign under an ask's own message as its answer, where it can be answered with yes or no. Under everything else people
 * put signs for each other: it says and changes nothing. Taking the sign away undoes nothing.
 */
export async function onReaction(
  chat: ChatContext,
  turn: UpdateContext,
  { means }: Extract<Deed, { kind: 'reaction' }>,
): Promise<void> {
  const slot = chat.deps.store.deliveries.slotOf(turn.chatId, turn.messageId)
  const card = cardInSlot(chat, slot)
  if (card) return signOnCard(chat, turn, card, means)
  const about = askInSlot(slot)
  if (about?.kind !== 'ask') return
  const meant = askById(chat, about.askId, turn.chatId)
  if ('refused' in meant) return
  const choice = yesOrNo(meant.ask, means)
  if (choice === undefined) return
  const ctx = inProject(chat, turn, meant.ask.queue)
  const reply = await choose(ctx, meant, choice)
  // What was decided is shown by the ask itself.
  if (!reply.ok) ctx.say(renderNotice(chat.deps.redact(reply.text), { mark: '⚠️' }), { replyTo: ctx.messageId })
}

/** The same under a card on which another machine asks. */
async function signOnCard(
  chat: ChatContext,
  ctx: UpdateContext,
  { id, buttons, claims }: KeptCard,
  means: 'yes' | 'no',
): Promise<void> {
  const options = buttons.flatMap(({ does }) =>
    does.type === 'answer' &&
    'answer' in does.said &&
    typeof does.said.answer === 'object' &&
    'choice' in does.said.answer
      ? [does.said.answer]
      : [],
  )
  const choice = yesOrNo({ options }, means)
  if (choice === undefined || claims.all?.isDone) return
  const reply = await answerCard(chat, ctx, id, { answer: { choice } })
  if (reply?.ok === false)
    ctx.say(renderNotice(chat.deps.redact(reply.text), { mark: '⚠️' }), { replyTo: ctx.messageId })
}

/** The choice that yes or no stands for; undefined where both cannot be said. */
function yesOrNo({ options }: { options: readonly { choice: Choice }[] }, means: 'yes' | 'no'): Choice | undefined {
  const offered = (choices: readonly Choice[]) => choices.find((choice) => options.some((one) => one.choice === choice))
  const [yes, no] = [offered(CHOICES.yes), offered(CHOICES.no)]
  return yes === undefined || no === undefined ? undefined : means === 'yes' ? yes : no
}
