import type { Question } from '../core/types.ts'
import type { QuestionTap } from './callback.ts'

/** How far a person got with the questions of an ask, in one chat. Plain data, to be stored beside the ask. */
export interface Dialog {
  /** The question shown. */
  step: number
  replies: { picked: number[]; words?: string }[]
}

export type DialogStep =
  /** Show it again. */
  | { kind: 'changed'; dialog: Dialog }
  /** The person should write: open the reply field. */
  | { kind: 'words-wanted'; dialog: Dialog }
  /** Everything is answered: question text → labels joined by ", ", or the person's words. */
  | { kind: 'answered'; dialog: Dialog; answers: Record<string, string> }
  /** Nothing changes; the person learns why. */
  | { kind: 'refused'; why: string }

/** Nothing chosen yet. */
export function newDialog(questions: Question[]): Dialog {
  return { step: 0, replies: questions.map(() => ({ picked: [] })) }
}

/** What a tap does to the dialog; pure. */
export function tapped(questions: Question[], dialog: Dialog, tap: QuestionTap): DialogStep {
  const question = questions[tap.question]
  if (!question || tap.question !== dialog.step) return { kind: 'refused', why: 'This question is no longer open.' }
  if ('option' in tap) {
    const known = question.options[tap.option] !== undefined
    if (!known || (tap.do === 'pick') === question.multiSelect)
      return { kind: 'refused', why: 'There is no such option.' }
    if (tap.do === 'pick') return advanced(questions, withReply(dialog, { picked: [tap.option] }))
    const others = (dialog.replies[dialog.step]?.picked ?? []).filter((option) => option !== tap.option)
    const picked = tap.do === 'tick' ? [...others, tap.option].sort((a, b) => a - b) : others
    return { kind: 'changed', dialog: withReply(dialog, { ...dialog.replies[dialog.step], picked }) }
  }
  switch (tap.do) {
    case 'finish':
      if (answerOf(question, dialog.replies[dialog.step]) !== '') return advanced(questions, dialog)
      return { kind: 'refused', why: 'Select at least one, or answer with Other….' }
    case 'other':
      return { kind: 'words-wanted', dialog }
    case 'back':
      if (dialog.step === 0) return { kind: 'refused', why: 'This is the first question.' }
      return { kind: 'changed', dialog: { ...dialog, step: dialog.step - 1 } }
  }
}

/** What the person's own words, given as a reply or after Other…, do to the dialog; pure. */
export function worded(questions: Question[], dialog: Dialog, text: string): DialogStep {
  const question = questions[dialog.step]
  const words = text.trim()
  if (!question || words === '') return { kind: 'refused', why: 'An answer cannot be empty.' }
  const numbered = question.multiSelect ? undefined : optionByWords(question, words)
  if (numbered !== undefined) return advanced(questions, withReply(dialog, { picked: [numbered] }))
  if (!question.multiSelect) return advanced(questions, withReply(dialog, { picked: [], words }))
  const ticked = dialog.replies[dialog.step]?.picked ?? []
  const whole = optionByWords(question, words)
  const named = whole === undefined ? words.split(/\s*,\s*/).map((word) => optionByWords(question, word)) : [whole]
  // Words that are not entirely options are taken as they are.
  if (named.some((option) => option === undefined))
    return advanced(questions, withReply(dialog, { picked: ticked, words }))
  const picked = [...new Set([...ticked, ...(named as number[])])].sort((a, b) => a - b)
  return advanced(questions, withReply(dialog, { picked }))
}

/** The answer to one question in words; empty while there is none. */
export function answerOf(question: Question, reply: Dialog['replies'][number] | undefined): string {
  const labels = (reply?.picked ?? [])
    .map((option) => question.options[option]?.label ?? '')
    .filter((label) => label !== '')
  return [...labels, ...(reply?.words ? [reply.words] : [])].join(', ')
}

function optionByWords(question: Question, words: string): number | undefined {
  const byNumber = /^\d{1,3}$/.test(words) ? Number(words) - 1 : -1
  if (question.options[byNumber]) return byNumber
  const byLabel = question.options.findIndex((option) => option.label.toLowerCase() === words.toLowerCase())
  return byLabel === -1 ? undefined : byLabel
}

function withReply(dialog: Dialog, reply: Dialog['replies'][number]): Dialog {
  return { ...dialog, replies: dialog.replies.map((old, i) => (i === dialog.step ? reply : old)) }
}

function advanced(questions: Question[], dialog: Dialog): DialogStep {
  if (dialog.step + 1 < questions.length) return { kind: 'changed', dialog: { ...dialog, step: dialog.step + 1 } }
  const answers = Object.fromEntries(
    questions.map((question, i) => [question.question, answerOf(question, dialog.replies[i])]),
  )
  return { kind: 'answered', dialog, answers }
}
