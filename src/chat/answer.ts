import { BINDING, decidedWord } from '../core/asks/choices.ts'
import type { Reply } from '../core/inputs.ts'
import { notPossible } from '../core/reply.ts'
import type { Ask, Choice } from '../core/types.ts'
import type { QuestionTap } from './callback.ts'
import type { ChatContext } from './context.ts'
import { type Dialog, type DialogStep, newDialog, tapped, worded } from './dialog.ts'
import type { ShownAsk } from './memory.ts'
import { renderNotice } from './render/notice.ts'
import { otherMessage } from './render/question.ts'
import { openReplyField } from './reply-field.ts'
import { askView, refreshAsk } from './show-ask.ts'
import type { ChatRef } from './transport.ts'
import type { UpdateContext } from './update-context.ts'

const NOT_HERE =
  'It could not be shown here in full, so it cannot be approved here. Decide in the terminal or on the dashboard.'

interface Open {
  ask: Ask
  shown: ShownAsk
}

/** Decides an ask with one of its choices. */
export async function choose(ctx: UpdateContext, { ask, shown }: Open, choice: Choice, text?: string): Promise<Reply> {
  if (!shown.choices.includes(choice)) {
    const known = ask.options.some((option) => option.choice === choice)
    return notPossible(known ? NOT_HERE : 'That is not one of the choices here.')
  }
  const target = { askId: ask.id, hash: shown.hash }
  return ctx.submit({ type: 'answer', target, choice, ...(text !== undefined && { text }) }, ask.queue)
}

/** A tap inside the dialog of a question; undefined: it is accepted, but decides nothing yet. */
export async function tapQuestion(
  chat: ChatContext,
  ctx: UpdateContext,
  open: Open,
  tap: QuestionTap,
): Promise<Reply | undefined> {
  const questions = open.ask.questions ?? []
  return takeStep(chat, ctx, open, tapped(questions, dialogOf(open, ctx.chatId), tap))
}

/** A person's own words about an ask: an answer, a reason, what should be different. */
export async function answerAskInWords(
  chat: ChatContext,
  ctx: UpdateContext,
  open: Open,
  text: string,
  question?: number,
): Promise<Reply | undefined> {
  const { ask, shown } = open
  if (ask.kind === 'question') {
    if (question !== undefined && question !== dialogOf(open, ctx.chatId).step)
      return notPossible('This question is no longer open.')
    const step = worded(ask.questions ?? [], dialogOf(open, ctx.chatId), text)
    return takeStep(chat, ctx, open, step)
  }
  const withheld = ask.options.some(({ choice }) => BINDING.includes(choice) && !shown.choices.includes(choice))
  if (withheld) return notPossible(NOT_HERE)
  return ctx.submit({ type: 'words', target: { askId: ask.id, hash: shown.hash }, text }, ask.queue)
}

function dialogOf({ ask, shown }: Open, chatId: ChatRef): Dialog {
  return shown.dialogs[chatId] ?? newDialog(ask.questions ?? [])
}

async function takeStep(
  chat: ChatContext,
  ctx: UpdateContext,
  { ask, shown }: Open,
  step: DialogStep,
): Promise<Reply | undefined> {
  const { memory } = chat
  switch (step.kind) {
    case 'refused':
      return notPossible(step.why)
    case 'words-wanted':
      await openReplyField(chat, ctx, {
        slot: `other:${ask.id}:${step.dialog.step}`,
        message: otherMessage(await askView(chat, ask, step.dialog)),
      })
      return undefined
    case 'changed': {
      const { dialog } = step
      ctx.later(() => {
        const now = memory.shown(ask.id)
        if (now) memory.setShown(ask.id, { ...now, dialogs: { ...now.dialogs, [ctx.chatId]: dialog } })
      })
      ctx.put(await refreshAsk(chat, ask, { chatId: ctx.chatId, dialog }))
      return undefined
    }
    case 'answered': {
      const target = { askId: ask.id, hash: shown.hash }
      return ctx.submit({ type: 'answer', target, choice: 'answer', answers: step.answers }, ask.queue)
    }
  }
}

/** Reports what came of an answer that was given in words. */
export function tellReply(ctx: UpdateContext, reply: Reply | undefined): void {
  if (!reply) return
  ctx.say(renderNotice(wordOfReply(reply), { mark: reply.ok ? '✅' : '⚠️' }), { replyTo: ctx.messageId })
}

/** What came of an answer, in a few words. */
export function wordOfReply(reply: Reply): string {
  const choice = reply.ok ? (reply.data?.choice as Choice | undefined) : undefined
  return choice === undefined ? reply.text : `${decidedWord(choice, reply.data?.about as Ask['about'])}.`
}
