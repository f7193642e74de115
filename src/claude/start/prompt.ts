import { fenced } from '../../text/inert/code.ts'

/** What a task says to Claude. */
export interface PromptTask {
  title: string
  description?: string
  criteria: string[]
  /** The file's text outside its tasks. */
  context: string
  /** Byte for byte as the user wrote it. */
  instruction: string
}

/**
 * The first message of an attempt. The instruction stands last and is not touched by a byte; it begins with a heading of
 * ours, so that no text of the user's is mistaken for a slash command of Claude's.
 */
export function taskPrompt(task: PromptTask): string {
  return [
    `# ${task.title.trim()}`,
    section('Context', task.context),
    section('Description', task.description),
    section('Acceptance criteria', task.criteria.map((criterion) => `- ${criterion}`).join('\n')),
    `## Instruction\n\n${task.instruction}`,
  ]
    .filter((part) => part !== undefined)
    .join('\n\n')
}

function section(heading: string, body: string | undefined): string | undefined {
  const text = body?.trim()
  return text === undefined || text === '' ? undefined : `## ${heading}\n\n${text}`
}

/** Appended to Claude's system prompt. */
export function systemPrompt(options: { gitAllowed: boolean; append?: string }): string {
  const words = [
    'You work on one task of a to-do list, unattended: nobody watches the output as it appears.',
    'When a decision is the user’s to make, ask with the AskUserQuestion tool rather than guess; an answer may take hours, and the session waits for it.',
    options.gitAllowed
      ? 'Commit, push or change branches only as far as the instruction says so.'
      : 'Do not commit, push, stage, stash or change branches unless the instruction says so; reading git is fine.',
    'Finish what you start in this session: leave no process running in the background.',
    'End with a short summary of what was done and what was checked.',
  ].join('\n')
  return options.append === undefined || options.append.trim() === '' ? words : `${words}\n\n${options.append}`
}

/** Why a session is resumed, in words for Claude. */
export type ContinueWith =
  | { reason: 'interrupted' | 'paused' | 'limit' | 'overload' | 'credentials' | 'budget' }
  | { reason: 'retry'; failure: string }
  | { reason: 'sent-back'; words: string }
  | { reason: 'returned'; words: string }
  | { reason: 'handed-back'; words?: string }
  | { reason: 'first-check'; failure: string }
  | { reason: 'answered'; answers: Record<string, string> }
  | { reason: 'granted' | 'denied'; tool: string; shown: string; words?: string }

/** Claude's session notes a call that an interrupt ends as refused by the user. */
const NOT_BY_USER = 'A call that was refused at that moment was refused by the interruption, not by the user.'
const LOOK_FIRST = 'Look at the state of the work first: part of it may be done already. Then go on with the task.'

/** The message that a resumed session is given. */
export function continuationPrompt(why: ContinueWith): string {
  switch (why.reason) {
    case 'interrupted':
      return `You were interrupted: the process ended before the task was finished. ${NOT_BY_USER} ${LOOK_FIRST}`
    case 'paused':
      return `The user paused the work and now lets you continue. ${NOT_BY_USER} ${LOOK_FIRST}`
    case 'limit':
      return `The usage limit that stopped you is over. ${LOOK_FIRST}`
    case 'overload':
      return `The service was not available for a while and is back. ${LOOK_FIRST}`
    case 'credentials':
      return `The login that stopped you works again. ${LOOK_FIRST}`
    case 'budget':
      return `The user raised the budget that stopped you. ${LOOK_FIRST}`
    case 'retry':
      return `The last try of this task failed:\n\n${fenced(why.failure)}\n\nFind out why, mend it, and finish the task.`
    case 'sent-back':
      return `The user looked at the result and sends it back:\n\n${why.words}\n\nDo what is missing, and finish the task.`
    case 'returned':
      return `Your work is good by itself, but does not fit together with what other tasks finished meanwhile. Their changes are in your folder now.\n\n${fenced(why.words)}\n\nKeep what both sides meant, mend what does not fit, and finish the task.`
    case 'handed-back':
      return `A person worked here: they took over this session or its folder, and now hand it back. Look at git status and at the last messages first, keep what they did, and finish the task.${added(why.words)}`
    case 'first-check':
      return `The checks of this task ran before you, and do not pass yet:\n\n${fenced(why.failure)}\n\nThe task is done when they pass; they run again after you.`
    case 'answered':
      return `${answerInWords(why.answers)}\n\nThe question is settled by this: go on from there.`
    case 'granted':
      return `The user approved this call of ${why.tool}:\n\n${fenced(why.shown)}\n\nApproved: run exactly that again, then go on. If it had begun already when the process ended, look first at what it did.${added(why.words)}`
    case 'denied':
      return `The user denied this call of ${why.tool}:\n\n${fenced(why.shown)}\n\nDo not make it, nor the same by another way.${added(why.words)} Go on without it, or say why the task cannot be done without it.`
  }
}

/** `You asked: … The answer: …` for each question. */
export function answerInWords(answers: Record<string, string>): string {
  return Object.entries(answers)
    .map(([question, answer]) => `You asked: ${question}\nThe answer: ${answer}`)
    .join('\n\n')
}

/** Steering words; the line in front keeps `/clear` and its like from being run as a command of Claude's. */
export function sayPrompt(words: string): string {
  return `A message from the user while you work:\n\n${words}`
}

function added(words: string | undefined): string {
  return words === undefined || words.trim() === '' ? '' : ` The user adds: ${words}`
}
