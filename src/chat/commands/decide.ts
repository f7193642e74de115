import type { SaidElsewhere } from '../../core/elsewhere.ts'
import type { Reply } from '../../core/inputs.ts'
import { clockTime } from '../../text/times.ts'
import { answerAskInWords, choose, tellReply } from '../answer.ts'
import { askInSlot } from '../ask-in-slot.ts'
import { answerCard, cardMeant } from '../cards/answer-card.ts'
import { askBefore, askById, type FoundAsk, type FoundAsks } from '../find-ask.ts'
import { inProject } from '../name-project.ts'
import { otherMessage } from '../render/question.ts'
import { openReplyField, wordsWanted } from '../reply-field.ts'
import { askView } from '../show-ask.ts'
import type { UpdateContext } from '../update-context.ts'
import { type CommandCall, type CommandHandler, numberWritten } from './call.ts'
import { whichAsk } from './which.ts'

/**
 * The ask whose message is replied to; without a reply, the only one that was seen. A reply means that message and no
 * other, so that an unknown one (a copy that was sent in doubt) never counts for another ask.
 */
function meantBy(
  { chat, ctx, replyTo, named, askId }: CommandCall,
  options: Parameters<typeof askBefore>[3],
): FoundAsks {
  if (askId !== undefined) return askById(chat, askId, ctx.chatId)
  const which = { ...options, ...(named !== undefined && { queue: named }) }
  if (replyTo === undefined) return askBefore(chat, ctx.chatId, ctx.messageId, which)
  const about = askInSlot(chat.deps.store.deliveries.slotOf(ctx.chatId, replyTo))
  return about === undefined ? { refused: NOT_AN_ASK } : askById(chat, about.askId, ctx.chatId)
}

const NOT_AN_ASK =
  'The message you replied to does not ask anything. Reply to the one that does, tap its buttons, or send the command without a reply.'

/** Decides the ask in question; says so where there is none, or several. */
async function about(
  { chat, ctx }: CommandCall,
  found: FoundAsks,
  decide: (meant: Extract<FoundAsk, { ask: unknown }>, ctx: UpdateContext) => Promise<void>,
): Promise<void> {
  if ('several' in found) return whichAsk(chat, ctx, found.several)
  if ('ask' in found) return decide(found, inProject(chat, ctx, found.ask.queue))
  const text = found.refused === 'closed' ? 'This has already been decided.' : found.refused
  tellReply(ctx, { ok: false, text })
}

/** Says it to another machine, where a card of that one is meant; false: none is. */
async function saidElsewhere({ chat, ctx, replyTo }: CommandCall, said: SaidElsewhere): Promise<boolean> {
  const card = cardMeant(chat, ctx, replyTo)
  if (!card) return false
  tellReply(ctx, chat.deps.redact(await answerCard(chat, ctx, card.id, said)))
  return true
}

/** `/approve`, `/approve 3`: yes to what is asked. */
export const approve: CommandHandler = async (call) => {
  const task = numberWritten(call)
  if (task === undefined && (await saidElsewhere(call, { approve: true }))) return
  return about(call, meantBy(call, task === undefined ? {} : { task }), async (meant, ctx) => {
    const choice = (['approve', 'allow', 'accept'] as const).find((one) =>
      meant.ask.options.some((o) => o.choice === one),
    )
    const reply: Reply = choice
      ? await choose(ctx, meant, choice)
      : { ok: false, text: `Answer “${call.chat.deps.redact(meant.ask.title)}” with its buttons or in words.` }
    tellReply(ctx, reply)
  })
}

/** `/reject why`: no, with the reason. */
export const reject: CommandHandler = async (call) => {
  const written = numberWritten(call)
  if (written === undefined && (await saidElsewhere(call, { reject: call.text }))) return
  // A number without an ask is a word of the reason.
  const task = written !== undefined && isAsked(call, written) ? written : undefined
  const why = task === undefined ? call.text : String(call.fields.text ?? '')
  const found = meantBy(call, task === undefined ? {} : { task })
  return about(call, found, async ({ ask, shown }, ctx) => {
    if (why === '' && ask.options.some(({ choice }) => choice === 'send-back')) {
      const message = wordsWanted('What should be different?', 'Your changes')
      return openReplyField(call.chat, ctx, { slot: `sendback:${ask.id}`, message })
    }
    const target = { askId: ask.id, hash: shown.hash }
    tellReply(ctx, await ctx.submit({ type: 'reject', target, ...(why !== '' && { text: why }) }, ask.queue))
  })
}

function isAsked({ chat }: CommandCall, task: number): boolean {
  return chat.deps.api.view.openAsks().some((ask) => ask.task === task)
}

/** `/answer text`: an answer in words. */
export const answer: CommandHandler = async (call) => {
  const { chat } = call
  if (call.text !== '' && (await saidElsewhere(call, { answer: call.text }))) return
  const questions = meantBy(call, { kinds: ['question'] })
  return about(call, 'refused' in questions ? meantBy(call, {}) : questions, async (meant, ctx) => {
    if (call.text !== '') return tellReply(ctx, await answerAskInWords(chat, ctx, meant, call.text))
    const { ask, shown } = meant
    const message =
      ask.kind === 'question'
        ? otherMessage(await askView(chat, ask, shown.dialogs[ctx.chatId]))
        : wordsWanted(`Your answer to: ${chat.deps.redact(ask.title)}`, 'Your answer')
    const step = ask.kind === 'question' ? `:${shown.dialogs[ctx.chatId]?.step ?? 0}` : ''
    await openReplyField(chat, ctx, { slot: `other:${ask.id}${step}`, message })
  })
}

/** `/snooze tonight`, `/snooze 3 2h`: says it again then, and not before. */
export const snooze: CommandHandler = async (call) => {
  const task = numberWritten(call)
  const when = String(call.fields.for ?? '')
  return about(call, meantBy(call, task === undefined ? {} : { task }), async ({ ask, shown }, ctx) => {
    const target = { askId: ask.id, hash: shown.hash }
    const reply = await ctx.submit({ type: 'snooze', target, ...(when !== '' && { for: when }) }, ask.queue)
    const until = reply.ok ? ` until ${clockTime(Number(reply.data?.until), call.chat.moment())}` : ''
    tellReply(ctx, { ...reply, text: reply.ok ? `Snoozed${until}.` : reply.text })
  })
}
