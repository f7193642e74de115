import { distance } from 'fastest-levenshtein'
import { CATALOGUE, type CommandEntry, commandNamed, commandsOn, usageOn } from '../../core/commands/catalogue.ts'
import type { Command } from '../../core/commands/commands.ts'
import { commandOf, problemWith, readArguments } from '../../core/commands/read-command.ts'
import { clean } from '../show/clean.ts'

/** What a line typed beside the work means. */
export type Typed =
  | { command: Command }
  | { show: 'log' | 'help' }
  | { leave: true }
  | { remark: string }
  /** Not a command at all. */
  | { words: string }

/** What only a terminal has. */
const OWN = ['log', 'quit', 'help'] as const
type OwnName = (typeof OWN)[number]

const ALIASES: Record<string, OwnName> = { logs: 'log', l: 'log', '?': 'help', exit: 'quit', q: 'quit' }

/** In one line, for who starts. */
export const HINTS = 'pause · skip · say … · log · stop · help · Ctrl-C to stop'

/** What may be typed, a line each. */
export function typedHelp(catalogue = CATALOGUE): string[] {
  const lines = commandsOn('typed', catalogue).map((entry): [string, string] => [
    [entry.name, usageOn(entry, 'typed')].filter(Boolean).join(' '),
    lowered(entry.help),
  ])
  const own: [string, string][] = [
    ['log', 'the last lines of the log'],
    ['Ctrl-C', 'stop cleanly; again to stop now; both can be resumed later'],
  ]
  return [...lines, ...own].map(([what, help]) => `${what.padEnd(17)} ${help}`)
}

const lowered = (help: string) => help.charAt(0).toLowerCase() + help.slice(1)

/**
 * Reads a typed line as a command, with or without a slash before it. While something is asked (`slashOnly`), only what
 * begins with a slash and names a command is one, so that an answer is never mistaken for a command.
 */
export function readTyped(typed: string, { slashOnly = false, catalogue = CATALOGUE } = {}): Typed {
  const line = typed.trim()
  const slash = line.startsWith('/')
  if (line === '' || (slashOnly && !slash)) return { words: line }
  const [, first = '', rest = ''] = /^\/?(\S*)\s*([\s\S]*)$/.exec(line) ?? []
  const word = first.toLowerCase()
  const own = OWN.find((name) => name === word) ?? ALIASES[word]
  if (own) return own === 'quit' ? { leave: true } : { show: own }
  const entry = commandNamed('typed', word, catalogue)
  if (!entry) return slashOnly ? { words: line } : { remark: notUnderstood(line, word, catalogue) }
  const read = readArguments(entry, 'typed', rest)
  const remark = problemWith(entry, 'typed', read)
  return remark === undefined ? { command: commandOf(entry, read.fields) } : { remark }
}

function notUnderstood(line: string, word: string, catalogue: readonly CommandEntry[]): string {
  const names = [...commandsOn('typed', catalogue).map(({ name }) => name), ...OWN]
  const near = names.find((name) => distance(name, word) <= 2)
  return `“${clean(line)}” is not a command.${near ? ` Did you mean ${near}?` : ''} Type help for the list.`
}
