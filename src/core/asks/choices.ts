import type { Ask, Choice, Option } from '../types.ts'

/** Every choice that an answer can be, for checking what comes from outside. */
export const CHOICES = [
  'approve',
  'reject',
  'allow',
  'allow-task',
  'deny',
  'answer',
  'retry',
  'skip',
  'stop',
  'accept',
  'send-back',
  'undo',
] as const satisfies readonly Choice[]

/** Choices that bind a person to what was shown: never accepted for what they could not see in full. */
export const BINDING: readonly Choice[] = ['approve', 'allow', 'allow-task', 'accept']

/** What was decided, in words, wherever it is said: `Retried by Anna`. */
const DECIDED: Readonly<Record<Choice, string>> = {
  approve: 'Approved',
  reject: 'Rejected',
  allow: 'Allowed',
  'allow-task': 'Allowed for this task',
  deny: 'Denied',
  answer: 'Answered',
  retry: 'Retried',
  skip: 'Skipped',
  stop: 'Stopped',
  accept: 'Accepted',
  'send-back': 'Sent back',
  undo: 'Undone',
}

/** The same where a choice means something else for what is asked about. */
const DECIDED_ABOUT: Partial<Record<NonNullable<Ask['about']>, Partial<Record<Choice, string>>>> = {
  undo: { approve: 'Given to Claude', undo: 'Undo decided', reject: 'Left as it is' },
  machine: { approve: 'Started again', reject: 'Given up' },
}

/** What a choice decided of an ask, in words. */
export function decidedWord(choice: Choice, about: Ask['about']): string {
  return (about && DECIDED_ABOUT[about]?.[choice]) ?? DECIDED[choice]
}

/** One word that agrees, on every surface, and one that refuses. */
export const YES = /^(y|yes|ok|okay|approve|approved|allow|accept|go|ja)[.!]?$/i
export const NO = /^(n|no|reject|rejected|deny|denied|nein)[.!]?$/i

/**
 * What can be picked, each by its words: what Claude offers comes before "Other…". Where Claude asks several questions at
 * once, one pick answers none of them, so that only words are left.
 */
export function choicesOf({
  options,
  questions = [],
}: Pick<Ask, 'options'> & { questions?: Ask['questions'] | undefined }): Option[] {
  const [question, ...others] = questions
  if (!question || others.length > 0) return options
  return [...question.options.map(({ label }): Option => ({ choice: 'answer', label })), ...options]
}
