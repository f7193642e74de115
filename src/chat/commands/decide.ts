import type { Reply } from '../../core/inputs.ts'
import { answerInWords, choose, tellReply } from '../answer.ts'
import { askInSlot } from '../ask-in-slot.ts'
import { askBefore, askById, type Meant } from '../find-ask.ts'
import { otherMessage } from '../render/question.ts'
import { openReplyField, wordsWanted } from '../reply-field.ts'
import { askView } from '../show-ask.ts'
import { type Call, type Command, numberFirst } from './call.ts'

/**
 * The ask whose message is replied to; without a reply the only one that was seen. Who replies means that message and no
 * other one, so that one which is not known (a copy that was sent in doubt) never stands for what else is asked.
 */
function meantBy({ around, turn, replyTo, named }: Call, options: Parameters<typeof askBefore>[3]): Meant {
  const which = { ...options, ...(named !== undefined && { queue: named }) }
  if (replyTo === undefined) return askBefore(around, turn.chatId, turn.messageId, which)
  const about = askInSlot(around.deps.store.deliveries.slotOf(turn.chatId, replyTo))
  return about === undefined ? { refused: NOT_AN_ASK } : askById(around, about.askId, turn.chatId)
}

const NOT_AN_ASK =
  'Nothing is asked in the message that you replied to. Reply to the one that asks, tap its buttons, or write the command without a reply.'

const refuse = ({ turn }: Call, refused: string) => {
  const text = refused === 'closed' ? 'This is decided already.' : refused
  tellReply(turn, { ok: false, text })
}

/** `/approve`, `/approve 3`: yes to what is asked. */
export const approve: Command = async (call) => {
  const { task } = numberFirst(call.text)
  const meant = meantBy(call, task === undefined ? {} : { task })
  if ('refused' in meant) return refuse(call, meant.refused)
  const choice = (['approve', 'allow', 'accept'] as const).find((one) =>
    meant.ask.options.some((o) => o.choice === one),
  )
  const reply: Reply = choice
    ? await choose(call.turn, meant, choice)
    : { ok: false, text: `“${call.around.deps.redact(meant.ask.title)}” is answered with its buttons or in words.` }
  tellReply(call.turn, reply)
}

/** `/reject why`: no, with the reason. */
export const reject: Command = async (call) => {
  const named = numberFirst(call.text)
  const byNumber = named.task !== undefined && isAsked(call, named.task)
  const why = byNumber ? named.rest : call.text
  const meant = meantBy(call, byNumber && named.task !== undefined ? { task: named.task } : {})
  if ('refused' in meant) return refuse(call, meant.refused)
  const { ask, shown } = meant
  if (why === '' && ask.options.some(({ choice }) => choice === 'send-back')) {
    const message = wordsWanted('What should be different?', 'What should be different')
    return openReplyField(call.around, call.turn, { slot: `sendback:${ask.id}`, message })
  }
  const target = { askId: ask.id, hash: shown.hash }
  tellReply(call.turn, await call.turn.act({ type: 'reject', target, ...(why !== '' && { text: why }) }, ask.queue))
}

function isAsked({ around }: Call, task: number): boolean {
  return around.deps.face.view.openAsks().some((ask) => ask.task === task)
}

/** `/answer text`: an answer in words. */
export const answer: Command = async (call) => {
  const { around, turn } = call
  const questions = meantBy(call, { kinds: ['question'] })
  const meant = 'refused' in questions ? meantBy(call, {}) : questions
  if ('refused' in meant) return refuse(call, meant.refused)
  if (call.text !== '') return tellReply(turn, await answerInWords(around, turn, meant, call.text))
  const { ask, shown } = meant
  const message =
    ask.kind === 'question'
      ? otherMessage(await askView(around, ask, shown.dialogs[turn.chatId]))
      : wordsWanted(`Your words about: ${around.deps.redact(ask.title)}`, 'Your answer')
  const step = ask.kind === 'question' ? `:${shown.dialogs[turn.chatId]?.step ?? 0}` : ''
  openReplyField(around, turn, { slot: `other:${ask.id}${step}`, message })
}
