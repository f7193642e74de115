import type { Reply } from '../core/inputs.ts'
import type { Ask, Choice } from '../core/types.ts'
import type { QuestionTap } from './callback.ts'
import type { Around } from './context.ts'
import { type Dialog, type DialogStep, newDialog, tapped, worded } from './dialog.ts'
import type { Shown } from './memory.ts'
import { renderNotice } from './render/notice.ts'
import { otherMessage } from './render/question.ts'
import { openReplyField } from './reply-field.ts'
import { askView, refreshAsk } from './show-ask.ts'
import type { Turn } from './update-context.ts'

/** With one of these a person binds themselves to what was shown. */
export const BINDING: readonly Choice[] = ['approve', 'allow', 'allow-task', 'accept']

const NOT_HERE =
  'It could not be shown here whole, so it cannot be approved here: decide at the terminal or on the dashboard.'

/** What the person hears at once; the ask's own message tells it in full. */
export const DONE_WORDS: Record<Choice, string> = {
  approve: 'Approved',
  reject: 'Rejected',
  allow: 'Allowed',
  'allow-task': 'Allowed for this task',
  deny: 'Denied',
  answer: 'Answered',
  retry: 'Trying again',
  skip: 'Skipped',
  stop: 'Stopped',
  accept: 'Accepted',
  'send-back': 'Sent back',
  undo: 'Undone',
}

interface Open {
  ask: Ask
  shown: Shown
}

/** Decides an ask with one of its choices. */
export async function choose(turn: Turn, { ask, shown }: Open, choice: Choice, text?: string): Promise<Reply> {
  if (!shown.choices.includes(choice)) {
    const known = ask.options.some((option) => option.choice === choice)
    return { ok: false, code: 'not-possible', text: known ? NOT_HERE : 'This cannot be decided like that.' }
  }
  const target = { askId: ask.id, hash: shown.hash }
  return turn.act({ type: 'answer', target, choice, ...(text !== undefined && { text }) }, ask.queue)
}

/** A tap inside the dialog of a question; undefined: it is taken, and nothing is decided by it yet. */
export async function tapQuestion(
  around: Around,
  turn: Turn,
  open: Open,
  tap: QuestionTap,
): Promise<Reply | undefined> {
  const questions = open.ask.questions ?? []
  return takeStep(around, turn, open, tapped(questions, dialogOf(open, turn.chatId), tap))
}

/** A person's own words about an ask: an answer, a reason, what should be different. */
export async function answerInWords(
  around: Around,
  turn: Turn,
  open: Open,
  text: string,
  question?: number,
): Promise<Reply | undefined> {
  const { ask, shown } = open
  if (ask.kind === 'question') {
    if (question !== undefined && question !== dialogOf(open, turn.chatId).step)
      return { ok: false, code: 'not-possible', text: 'This question is no longer the one that is open.' }
    const step = worded(ask.questions ?? [], dialogOf(open, turn.chatId), text)
    return takeStep(around, turn, open, step)
  }
  const withheld = ask.options.some(({ choice }) => BINDING.includes(choice) && !shown.choices.includes(choice))
  if (withheld) return { ok: false, code: 'not-possible', text: NOT_HERE }
  return turn.act({ type: 'words', target: { askId: ask.id, hash: shown.hash }, text }, ask.queue)
}

function dialogOf({ ask, shown }: Open, chatId: number): Dialog {
  return shown.dialogs[chatId] ?? newDialog(ask.questions ?? [])
}

async function takeStep(
  around: Around,
  turn: Turn,
  { ask, shown }: Open,
  step: DialogStep,
): Promise<Reply | undefined> {
  const { memory } = around
  switch (step.kind) {
    case 'refused':
      return { ok: false, code: 'not-possible', text: step.why }
    case 'words-wanted':
      openReplyField(around, turn, {
        slot: `other:${ask.id}:${step.dialog.step}`,
        message: otherMessage(await askView(around, ask, step.dialog)),
      })
      return undefined
    case 'changed': {
      const { dialog } = step
      turn.later(() => {
        const now = memory.shown(ask.id)
        if (now) memory.setShown(ask.id, { ...now, dialogs: { ...now.dialogs, [turn.chatId]: dialog } })
      })
      turn.put(await refreshAsk(around, ask, { chatId: turn.chatId, dialog }))
      return undefined
    }
    case 'answered': {
      const target = { askId: ask.id, hash: shown.hash }
      return turn.act({ type: 'answer', target, choice: 'answer', answers: step.answers }, ask.queue)
    }
  }
}

/** Says what came of an answer that was given in words. */
export function tellReply(turn: Turn, reply: Reply | undefined): void {
  if (!reply) return
  const choice = reply.ok ? (reply.data?.choice as Choice | undefined) : undefined
  const text = choice === undefined ? reply.text : `${DONE_WORDS[choice]}.`
  turn.say(renderNotice(text, { mark: reply.ok ? '✅' : '⚠️' }), { replyTo: turn.messageId })
}
