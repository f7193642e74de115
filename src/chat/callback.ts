import { CHOICES } from '../core/asks/choices.ts'
import { commandNamed } from '../core/commands/catalogue.ts'
import type { Choice } from '../core/types.ts'
import { sha256 } from '../text/sha256.ts'

/** What a tap inside the dialog of a question means. Ticks say what should hold, so that the same tap twice changes nothing. */
export type QuestionTap =
  | { do: 'pick' | 'tick' | 'untick'; question: number; option: number }
  | { do: 'finish' | 'other' | 'back'; question: number }

/** What words are for that came without a command. */
export type WordsTap =
  | { do: 'answer'; askId: string }
  | { do: 'say'; taskId: string }
  | { do: 'add'; queueKey?: string }

const SNOOZES = ['30m', 'tonight', 'tomorrow', 'back'] as const
export type Snooze = (typeof SNOOZES)[number]

/** Everything that a button of ours can mean. */
export type Tap =
  | { kind: 'choice'; askId: string; choice: Choice }
  | { kind: 'question'; askId: string; tap: QuestionTap }
  /** A page of the list of tasks. */
  | { kind: 'tasks'; runId: string; page: number }
  | { kind: 'log' | 'diff'; taskId: string }
  /** Makes a task of the file that the message is about. */
  | { kind: 'add-file' }
  /** Opens the field for a hint to the next try. */
  | { kind: 'hint'; askId: string }
  /** Without a time it asks for one; `back` takes that back. */
  | { kind: 'snooze'; askId: string; until?: Snooze }
  /** Shows again what is asked. */
  | { kind: 'show'; askId: string }
  | { kind: 'words'; words: WordsTap }
  | { kind: 'start'; fileKey: string }
  /** The command that the message replies to is about this ask, this task, or this project. */
  | { kind: 'about-ask'; askId: string }
  | { kind: 'about-task'; runId: string; number: number }
  | { kind: 'in-project'; queueKey: string }
  /** All that is ready in a project. */
  | { kind: 'start-all'; queueKey: string }
  /** One of the catalogue's that a chat has. With a run, it means that run and no later one; or it is about a project. */
  | { kind: 'command'; command: string; runId?: string; queueKey?: string }
  /** What `/github` does in a project: `merge-12-0123456789ab`. */
  | { kind: 'github'; queueKey: string; words: string }
  /** A button of a card, by its place; a plan's card is named by its id and version. */
  | { kind: 'card'; cardId: string; button: number }
  /** Confirms an undo: `key` stands for the plan that was shown. */
  | { kind: 'undo'; taskId: string; key: string }
  /** Leaves everything as it is. */
  | { kind: 'keep' }
  /** Of an undone task: have it done again, or ask whether to bring its changes back. */
  | { kind: 'redo' | 'bring-back'; taskId: string }

const LETTERS = { p: 'pick', t: 'tick', u: 'untick', f: 'finish', o: 'other', b: 'back' } as const
const LETTER_OF = Object.fromEntries(Object.entries(LETTERS).map(([letter, word]) => [word, letter])) as Record<
  QuestionTap['do'],
  string
>

/** The server takes at most this much. */
const MAX_BYTES = 64

/** Whether a tap may be answered with a form: where a form must be the first answer, nothing else may go before it. */
export function mayOpenForm(data: string): boolean {
  const tap = decodeTap(data)
  if (tap?.kind === 'choice') return tap.choice === 'send-back'
  if (tap?.kind === 'question') return tap.tap.do === 'other'
  // Only the card itself knows what its buttons do.
  return tap?.kind === 'hint' || tap?.kind === 'card'
}

/** Writes a tap as callback data: `<askId>:<code>`, or `!<word>:<argument>`. Throws when it gets too long. */
export function encodeTap(tap: Tap): string {
  const data = write(tap)
  if (Buffer.byteLength(data) > MAX_BYTES) throw new Error(`Callback data of more than ${MAX_BYTES} bytes: ${data}`)
  return data
}

function write(tap: Tap): string {
  switch (tap.kind) {
    case 'choice':
      return `${tap.askId}:${tap.choice}`
    case 'question': {
      const option = 'option' in tap.tap ? `.${tap.tap.option}` : ''
      return `${tap.askId}:${LETTER_OF[tap.tap.do]}${tap.tap.question}${option}`
    }
    case 'tasks':
      return `!tasks:${tap.runId}:${tap.page}`
    case 'log':
    case 'diff':
      return `!${tap.kind}:${tap.taskId}`
    case 'snooze':
      return `!snooze:${tap.askId}${tap.until === undefined ? '' : `:${tap.until}`}`
    case 'add-file':
      return '!file:add'
    case 'hint':
      return `!hint:${tap.askId}`
    case 'show':
      return `!show:${tap.askId}`
    case 'words':
      return `!words:${tap.words.do}${about(tap.words)}`
    case 'start':
      return `!start:${tap.fileKey}`
    case 'about-ask':
      return `!ask:${tap.askId}`
    case 'about-task':
      return `!nr:${tap.runId}:${tap.number}`
    case 'in-project':
      return `!in:${tap.queueKey}`
    case 'start-all':
      return `!all:${tap.queueKey}`
    case 'command':
      if (tap.queueKey !== undefined) return `!of:${tap.queueKey}:${tap.command}`
      return tap.runId === undefined ? `!do:${tap.command}` : `!at:${tap.runId}:${tap.command}`
    case 'github':
      return `!gh:${tap.queueKey}.${tap.words}`
    case 'keep':
      return '!do:keep'
    case 'card':
      return `!card:${tap.cardId}:${tap.button}`
    case 'undo':
      return `!undo:${tap.taskId}:${tap.key}`
    case 'redo':
      return `!redo:${tap.taskId}`
    case 'bring-back':
      return `!back:${tap.taskId}`
  }
}

function about(words: WordsTap): string {
  if (words.do === 'add') return words.queueKey === undefined ? '' : `:${words.queueKey}`
  return `:${words.do === 'say' ? words.taskId : words.askId}`
}

/** Reads callback data; undefined for what no button of ours says. */
export function decodeTap(data: string): Tap | undefined {
  const service = /^!(\w+):([\w.-]{1,56})(?::([\w.-]{1,20}))?$/.exec(data)
  if (service) return readService(service[1] as string, service[2] as string, service[3])
  const ask = /^([\w-]{1,40}):([\w.-]+)$/.exec(data)
  if (!ask) return undefined
  const [, askId, word] = ask as unknown as [string, string, string]
  const choice = CHOICES.find((c) => c === word)
  if (choice) return { kind: 'choice', askId, choice }
  const tap = readQuestionTap(word)
  return tap && { kind: 'question', askId, tap }
}

const isCommand = (word: string | undefined): word is string =>
  word !== undefined && commandNamed('chat', word) !== undefined

const isKey = (text: string): boolean => /^[0-9a-f]{16}$/.test(text)

function readService(word: string, argument: string, rest: string | undefined): Tap | undefined {
  switch (word) {
    case 'start':
      return isKey(argument) ? { kind: 'start', fileKey: argument } : undefined
    case 'ask':
      return rest === undefined ? { kind: 'about-ask', askId: argument } : undefined
    case 'nr':
      return rest !== undefined && /^\d{1,6}$/.test(rest)
        ? { kind: 'about-task', runId: argument, number: Number(rest) }
        : undefined
    case 'in':
      return isKey(argument) ? { kind: 'in-project', queueKey: argument } : undefined
    case 'all':
      return isKey(argument) ? { kind: 'start-all', queueKey: argument } : undefined
    case 'do':
      if (argument === 'keep') return { kind: 'keep' }
      return isCommand(argument) ? { kind: 'command', command: argument } : undefined
    case 'at':
      return isCommand(rest) ? { kind: 'command', command: rest, runId: argument } : undefined
    case 'of':
      return isCommand(rest) && isKey(argument) ? { kind: 'command', command: rest, queueKey: argument } : undefined
    case 'gh': {
      const [, queueKey = '', words = ''] = /^([0-9a-f]{16})\.([a-z]+-\d{1,9}(?:-[0-9a-f]{12})?)$/.exec(argument) ?? []
      return words === '' || rest !== undefined ? undefined : { kind: 'github', queueKey, words }
    }
    case 'tasks':
      return rest !== undefined && /^\d{1,6}$/.test(rest)
        ? { kind: 'tasks', runId: argument, page: Number(rest) }
        : undefined
    case 'card':
      return rest !== undefined && /^\d{1,2}$/.test(rest)
        ? { kind: 'card', cardId: argument, button: Number(rest) }
        : undefined
    case 'log':
    case 'diff':
      return rest === undefined ? { kind: word, taskId: argument } : undefined
    case 'words':
      return readWordsTap(argument, rest)
    case 'snooze': {
      const until = SNOOZES.find((one) => one === rest)
      if (until === undefined && rest !== undefined) return undefined
      return { kind: 'snooze', askId: argument, ...(until !== undefined && { until }) }
    }
    case 'file':
      return argument === 'add' ? { kind: 'add-file' } : undefined
    case 'hint':
      return rest === undefined ? { kind: 'hint', askId: argument } : undefined
    case 'show':
      return rest === undefined ? { kind: 'show', askId: argument } : undefined
    case 'redo':
      return rest === undefined ? { kind: 'redo', taskId: argument } : undefined
    case 'back':
      return rest === undefined ? { kind: 'bring-back', taskId: argument } : undefined
    case 'undo':
      return rest === undefined ? undefined : { kind: 'undo', taskId: argument, key: rest }
    default:
      return undefined
  }
}

function readWordsTap(what: string, id: string | undefined): Tap | undefined {
  if (what === 'add') return { kind: 'words', words: { do: 'add', ...(id !== undefined && { queueKey: id }) } }
  if (id === undefined) return undefined
  if (what === 'say') return { kind: 'words', words: { do: 'say', taskId: id } }
  return what === 'answer' ? { kind: 'words', words: { do: 'answer', askId: id } } : undefined
}

function readQuestionTap(word: string): QuestionTap | undefined {
  const match = /^([ptufob])(\d{1,2})(?:\.(\d{1,3}))?$/.exec(word)
  if (!match) return undefined
  const verb = LETTERS[match[1] as keyof typeof LETTERS]
  const question = Number(match[2])
  if (verb === 'pick' || verb === 'tick' || verb === 'untick') {
    return match[3] === undefined ? undefined : { do: verb, question, option: Number(match[3]) }
  }
  return match[3] === undefined ? { do: verb, question } : undefined
}

/** A path, or the name of a project, is too long for callback data; this stands for it. */
export function fileKey(path: string): string {
  return sha256(path).slice(0, 16)
}
