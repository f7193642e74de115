import { decidedWord } from '../../core/asks/choices.ts'
import type { Answer, Ask, Choice } from '../../core/types.ts'
import { bold, type Node } from '../../text/document/nodes.ts'
import { clockTime, type Moment } from '../../text/times.ts'
import { shownActor } from './actor.ts'
import { oneLine } from './clean.ts'
import { grantWords } from './grant.ts'

const MARKS: Record<Choice, string> = {
  approve: '✅',
  reject: '❌',
  allow: '✅',
  'allow-task': '✅',
  deny: '❌',
  answer: '✅',
  retry: '🔁',
  skip: '⏭',
  stop: '⏹',
  accept: '✅',
  'send-back': '↩️',
  undo: '⏪',
}

/** Longest piece of a person's own words, in UTF-16 units. */
const MAX_WORDS = 300
/** For the answers to several questions, and for what each is called by. */
const ANSWERS_UNITS = 1_500
const MAX_LABEL = 50

/** What became of an ask, for the end of its message: `✅ Approved by Anna (Telegram), 21:14`. Empty while it is open. */
export function decisionLines(ask: Ask, moment: Moment): Node[] {
  if (ask.state === 'withdrawn')
    return ['⚪️ ', bold('No longer needed'), `: ${oneLine(ask.withdrawnBecause ?? '', MAX_WORDS)}`]
  if (!ask.answer) return []
  const { choice } = ask.answer
  const earlier = choice === 'approve' ? (ask.approvals ?? []).slice(0, -1) : []
  const whom = [...earlier, ask.answer].map((one) => byWhom(one, moment)).join(' and ')
  return [`${MARKS[choice]} `, bold(decidedWord(choice, ask.about)), ` by ${whom}`, ...detail(ask, ask.answer)]
}

/** `💤 Snoozed until 20:00 by Anna`; empty where nobody did. */
export function snoozedLine({ state, snoozed }: Ask, moment: Moment): Node[] {
  if (state !== 'open' || !snoozed || snoozed.until <= moment.now) return []
  return ['💤 ', bold(`Snoozed until ${clockTime(snoozed.until, moment)}`), ` by ${byWhom(snoozed, moment)}`]
}

/** `Anna (Telegram), 21:14`. */
export function byWhom({ by, at }: Pick<Answer, 'by' | 'at'>, moment: Moment): string {
  return `${shownActor(by)}, ${clockTime(at, moment)}`
}

function detail(ask: Ask, answer: Answer): Node[] {
  if (answer.choice === 'allow-task') {
    const granted = grantWords(ask)
    return granted ? [`\nUntil task ${ask.task} ends: `, ...granted, '.'] : []
  }
  const answers = Object.entries(answer.answers ?? {})
  if (answers.length === 1) return [`: ${oneLine(answers[0]?.[1] ?? '', MAX_WORDS)}`]
  const each = Math.max(20, Math.floor(ANSWERS_UNITS / Math.max(1, answers.length)) - MAX_LABEL)
  if (answers.length > 1)
    return answers.map(([question, text]) => `\n• ${labelled(ask, question)}${oneLine(text, each)}`)
  return answer.text ? [`: “${oneLine(answer.text, MAX_WORDS)}”`] : []
}

function labelled({ questions }: Ask, question: string): string {
  return labelOf(questions?.find((q) => q.question === question)?.header ?? question)
}

/** `Storage: `, `Which one? `: what an answer is put behind. */
export function labelOf(text: string): string {
  const label = oneLine(text, MAX_LABEL)
  return /[?!:.…]$/.test(label) ? `${label} ` : `${label}: `
}
