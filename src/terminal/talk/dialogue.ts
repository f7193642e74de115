import type { Command } from '../../core/commands/commands.ts'
import type { Ask, Choice } from '../../core/types.ts'
import { askTitle } from '../show/ask-title.ts'
import { clean } from '../show/clean.ts'
import { choicePrompt, grantLine, readChoice } from './options.ts'
import { questionPrompt, readReply } from './questions.ts'

/** A conversation about one ask: what was settled so far and what the next line is about. Plain data. */
export interface AskDialogue {
  ask: Ask
  step:
    | { at: 'choice' }
    | { at: 'reason'; choice: Choice }
    | { at: 'sure'; choice: Choice }
    | { at: 'question'; index: number; answers: Record<string, string> }
}

/** What a typed line led to. */
export type Turn =
  /** It continues, perhaps with a remark on the line. */
  | { dialogue: AskDialogue; remark?: string }
  /** It is decided. */
  | { command: Command }
  /** The end of the log is wanted; the conversation stays where it was. */
  | { show: 'log' }

/** Starts the conversation about an ask. */
export function beginDialogue(ask: Ask): AskDialogue {
  const isAsking = ask.kind === 'question' && (ask.questions ?? []).length > 0
  return { ask, step: isAsking ? { at: 'question', index: 0, answers: {} } : { at: 'choice' } }
}

/** What is asked next, in lines; the last one says what may be typed. */
export function promptOf({ ask, step }: AskDialogue): string[] {
  const title = askTitle(ask)
  switch (step.at) {
    case 'choice':
      return [title, grantLine(ask), choicePrompt(ask)].filter((line) => line !== undefined)
    case 'reason':
      return [title, REASONS[step.choice] ?? 'Why? Press Enter for no reason']
    case 'sure':
      return [title, 'Undo restores the files as they were before this task. Sure? yes · no']
    case 'question': {
      const question = ask.questions?.[step.index]
      return question ? questionPrompt(question, step.index, ask.questions?.length ?? 1) : [title]
    }
  }
}

/** Takes one typed line. Pure; nothing but a clear answer decides anything. */
export function hear(dialogue: AskDialogue, typed: string): Turn {
  const line = typed.trim()
  if (/^(l|\/log|\/logs)$/i.test(line)) return { show: 'log' }
  switch (dialogue.step.at) {
    case 'choice':
      return hearChoice(dialogue, line)
    case 'reason':
      return hearReason(dialogue, dialogue.step.choice, line)
    case 'sure':
      return hearSure(dialogue, dialogue.step.choice, line)
    case 'question':
      return hearQuestion(dialogue, dialogue.step, line)
  }
}

/** Refusals that say more with a reason, and the one that says nothing without. */
const REASONS: Partial<Record<Choice, string>> = {
  reject: 'Why? Press Enter for no reason',
  deny: 'What should Claude know or do instead? Press Enter for no reason',
  'send-back': 'What should be changed?',
}

/** Choices whose words go along with them. */
const TAKES_WORDS: ReadonlySet<Choice> = new Set(['reject', 'deny', 'send-back', 'retry'])

function hearChoice(dialogue: AskDialogue, line: string): Turn {
  const read = readChoice(dialogue.ask, line)
  if ('remark' in read) return { dialogue, remark: read.remark }
  const { choice, words } = read
  if (words !== '' && !TAKES_WORDS.has(choice)) {
    return { dialogue, remark: `“${clean(line)}” is not an answer: ${choice} takes no words.` }
  }
  if (choice === 'undo') return { dialogue: { ...dialogue, step: { at: 'sure', choice } } }
  if (words === '' && REASONS[choice] !== undefined)
    return { dialogue: { ...dialogue, step: { at: 'reason', choice } } }
  return { command: answer(dialogue.ask, { choice, ...(words !== '' && { text: words }) }) }
}

function hearReason(dialogue: AskDialogue, choice: Choice, line: string): Turn {
  if (line === '' && choice === 'send-back') return { dialogue, remark: 'Tell Claude what to change.' }
  return { command: answer(dialogue.ask, { choice, ...(line !== '' && { text: line }) }) }
}

function hearSure(dialogue: AskDialogue, choice: Choice, line: string): Turn {
  if (/^(y|yes)$/i.test(line)) return { command: answer(dialogue.ask, { choice }) }
  if (/^(n|no)$/i.test(line)) return { dialogue: beginDialogue(dialogue.ask) }
  return { dialogue, remark: 'Please type yes or no.' }
}

function hearQuestion(
  dialogue: AskDialogue,
  { index, answers }: { index: number; answers: Record<string, string> },
  line: string,
): Turn {
  const questions = dialogue.ask.questions ?? []
  const question = questions[index]
  if (!question) return { dialogue: beginDialogue(dialogue.ask) }
  const read = readReply(question, line)
  if ('remark' in read) return { dialogue, remark: read.remark }
  const all = { ...answers, [question.question]: read.answer }
  if (index + 1 < questions.length) {
    return { dialogue: { ...dialogue, step: { at: 'question', index: index + 1, answers: all } } }
  }
  return { command: answer(dialogue.ask, { choice: 'answer', answers: all }) }
}

/** Bound to exactly what was shown. */
const answer = (ask: Ask, given: { choice: Choice; text?: string; answers?: Record<string, string> }): Command => ({
  type: 'answer',
  target: { askId: ask.id, hash: ask.hash },
  ...given,
})
