import { distance } from 'fastest-levenshtein'
import type { Command } from '../../core/commands.ts'
import { clean } from '../show/clean.ts'

/** What a line typed beside the work means. */
export type Typed =
  | { command: Command }
  | { show: 'log' | 'help' }
  | { leave: true }
  | { remark: string }
  /** Not a command at all. */
  | { words: string }

const COMMANDS = ['pause', 'resume', 'skip', 'retry', 'stop', 'say', 'log', 'quit', 'help'] as const
type TypedName = (typeof COMMANDS)[number]

const ALIASES: Record<string, TypedName> = { logs: 'log', l: 'log', '?': 'help', exit: 'quit', q: 'quit' }

/** In one line, for who starts. */
export const HINTS = 'pause · skip · say … · log · stop · help · Ctrl-C ends it cleanly'

export const HELP = [
  'pause           ends the running step in an orderly way and waits; pause after waits for the task to end first',
  'resume          goes on',
  'say WORDS       tells Claude something while it works',
  'skip [N] [WHY]  leaves a task out, the running one without a number',
  'retry [N]       begins a task anew',
  'stop            ends the run; it can be continued later',
  'log             shows the end of the log',
  'Ctrl-C          ends cleanly, twice at once; both can be continued later',
]

/**
 * Reads a typed line as a command, with or without a slash before it. While something is asked (`slashOnly`), only what
 * begins with a slash and names a command is one, so that an answer is never taken for a command.
 */
export function readTyped(typed: string, { slashOnly = false } = {}): Typed {
  const line = typed.trim()
  const slash = line.startsWith('/')
  if (line === '' || (slashOnly && !slash)) return { words: line }
  const [, first = '', rest = ''] = /^\/?(\S*)\s*([\s\S]*)$/.exec(line) ?? []
  const word = first.toLowerCase()
  const command = COMMANDS.find((name) => name === word) ?? ALIASES[word]
  if (!command) return slashOnly ? { words: line } : { remark: notUnderstood(line, word) }
  return read(command, rest)
}

function read(command: TypedName, rest: string): Typed {
  switch (command) {
    case 'pause':
      if (rest !== '' && !/^after( (the )?task)?$/i.test(rest)) return { remark: 'pause takes no words but “after”.' }
      return { command: rest === '' ? { type: 'pause' } : { type: 'pause', afterTask: true } }
    case 'resume':
    case 'stop':
      return rest === '' ? { command: { type: command } } : { remark: `${command} takes no words.` }
    case 'skip': {
      const { task, words } = numbered(rest)
      return { command: { type: 'skip', ...(task !== undefined && { task }), ...(words !== '' && { why: words }) } }
    }
    case 'retry': {
      const { task, words } = numbered(rest)
      if (words !== '') return { remark: 'retry takes the number of a task, nothing else.' }
      return { command: { type: 'retry', ...(task !== undefined && { task }) } }
    }
    case 'say':
      return rest === ''
        ? { remark: 'say what? For example: say use the existing helper' }
        : { command: { type: 'say', text: rest } }
    case 'quit':
      return { leave: true }
    case 'log':
    case 'help':
      return { show: command }
  }
}

/** `3 because …` → the task and the words. */
function numbered(rest: string): { task?: number; words: string } {
  const [, number, words = ''] = /^#?(\d+)(?:\s+([\s\S]*))?$/.exec(rest) ?? []
  return number === undefined ? { words: rest } : { task: Number(number), words }
}

function notUnderstood(line: string, word: string): string {
  const near = COMMANDS.find((name) => distance(name, word) <= 2)
  return `“${clean(line)}” is not a command.${near ? ` Did you mean ${near}?` : ''} Type help for what there is.`
}
