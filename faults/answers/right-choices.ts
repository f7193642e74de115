import type { Choice } from '../../src/core/types.ts'
import type { Random } from '../random.ts'
import type { AskRecord, Decision, ShownAsk } from './shots.ts'

/** What a person may well want, for asks that are no questions. */
export function wantedChoice(random: Random, { kind, about, options }: ShownAsk): Decision {
  const has = (choice: Choice) => options.some((option) => option.choice === choice)
  const words = `because ${random.int(1_000, 9_999)} & <so>`
  const roll = random.next()
  if (kind === 'approval') {
    if (roll < 0.75) return { choice: 'approve' }
    if (about !== undefined || roll < 0.82) return { choice: 'reject' }
    return roll < 0.9 ? { choice: 'reject', text: words } : { choice: 'skip' }
  }
  if (kind === 'permission') {
    if (roll < 0.2 && has('allow-task')) return { choice: 'allow-task' }
    if (roll < 0.7) return { choice: 'allow' }
    return roll < 0.85 ? { choice: 'deny' } : { choice: 'deny', text: words }
  }
  if (kind === 'failure') {
    if (roll < 0.4 || !has('skip')) return { choice: 'retry' }
    return roll < 0.75 ? { choice: 'retry', text: words } : { choice: 'skip' }
  }
  return roll < 0.8 ? { choice: 'accept' } : { choice: 'send-back', text: words }
}

const YES = ['yes', 'OK', 'go', 'y.']

/** Words that say a choice, as a person writes them in a reply. */
export function wordsFor(random: Random, { options }: ShownAsk, { choice, text }: Decision): string {
  // A reason in words is enough where words alone mean that choice.
  if (text !== undefined) return text
  const label = options.find((option) => option.choice === choice)?.label ?? choice
  if (choice === 'approve' || choice === 'allow' || choice === 'accept') return random.pick([...YES, label])
  if (choice === 'reject' || choice === 'deny') return random.pick(['no', 'No!', label])
  return random.chance(0.5) ? label : choice
}

/** Whether these words alone mean that: a rejection with its reason needs a command or a request. */
export function isSaidInWords({ kind }: ShownAsk, { text }: Decision): boolean {
  return text === undefined || kind !== 'approval'
}

/** What a person wants to answer to each question of an ask. */
export interface WantedAnswer {
  question: string
  labels: string[]
  isMulti: boolean
  picks: number[]
  words?: string
}

/** One answer for each question: options, words, or both where several may be chosen. */
export function wantedAnswers(random: Random, { ask }: AskRecord): WantedAnswer[] {
  return (ask.questions ?? []).map(({ question, options, multiSelect }) => {
    const labels = options.map(({ label }) => label)
    const inWords = random.chance(0.2)
    const picks = labels.map((_, i) => i).filter(() => random.chance(0.4))
    const one = random.int(0, labels.length - 1)
    const words = `own words ${random.int(100, 999)}`
    const about = { question, labels, isMulti: multiSelect }
    if (!multiSelect) return { ...about, picks: inWords ? [] : [one], ...(inWords && { words }) }
    const chosen = picks.length > 0 || inWords ? picks : [one]
    return { ...about, picks: chosen, ...(inWords && { words }) }
  })
}

/** The answer as it must be stored, and told to the agent. */
export function decisionOf(wanted: readonly WantedAnswer[]): Decision {
  const textOf = ({ labels, picks, words }: WantedAnswer) =>
    [...picks.map((i) => labels[i] as string), ...(words === undefined ? [] : [words])].join(', ')
  return { choice: 'answer', answers: Object.fromEntries(wanted.map((one) => [one.question, textOf(one)])) }
}

/** One line for each question, as `baton answer` and programs say it. */
export function linesFor(random: Random, wanted: readonly WantedAnswer[]): string {
  return wanted
    .map(({ labels, isMulti, picks, words }) => {
      const named = picks.map((i) => (isMulti || random.chance(0.5) ? String(i + 1) : (labels[i] as string)))
      return [...named, ...(words === undefined ? [] : [words])].join(isMulti ? ', ' : '')
    })
    .join('\n')
}
