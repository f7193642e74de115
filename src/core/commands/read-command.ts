import { argumentsOn, type CommandEntry, type CommandSurface, isRequired } from './catalogue.ts'
import type { Command } from './commands.ts'

/** What was said with a command, by the fields of its arguments. */
export type Fields = Record<string, unknown>

/** Words as arguments. */
export interface ReadArguments {
  fields: Fields
  /** The separate arguments, where the surface has them. */
  words: string[]
  /** What is left over. */
  leftOver: string
  /** What is missing: the argument as help shows it. */
  missing?: string
}

/** `before 3`, `3`, `first`, `last`. */
const PLACE = /^(?:(?:before\s+)?#?(\d{1,6})|(first|last))(?:\s+([\s\S]*))?$/i
/** How flags are said in words; the others are none of these surfaces. */
const FLAGS: Record<string, RegExp> = {
  after: /^[-–—\s]*after\b(?:\s+(?:the\s+)?task\b)?/i,
  done: /^[-–—\s]*done\b[,;:.]?/i,
}

/**
 * Reads the words behind a command's name: one text as a person writes it, or the arguments of a command line, each apart. The one
 * place in which words become arguments.
 */
export function readArguments(
  entry: CommandEntry,
  surface: CommandSurface,
  given: string | readonly string[],
): ReadArguments {
  const isApart = typeof given !== 'string'
  let rest = isApart ? [...given] : [given.trim()].filter((text) => text !== '')
  const read: ReadArguments = { fields: {}, words: [], leftOver: '' }
  const take = (field: string, value: unknown, left: string[]) => {
    read.fields[field] = value
    rest = left.filter((text) => text !== '')
  }
  const all = argumentsOn(entry, surface)
  for (const [place, argument] of all.entries()) {
    const [first = '', ...others] = rest
    if (argument.is === 'task') {
      const [, number, behind = ''] = (isApart ? /^#?(\d+)$/ : /^#?(\d{1,6})(?:\s+([\s\S]*))?$/).exec(first) ?? []
      // `answer 3` alone is the answer 3.
      const isWord = isApart && others.length === 0 && all[place + 1]?.is === 'words' && mustHave(all[place + 1])
      if (number !== undefined && !isWord) take(argument.field, Number(number), isApart ? others : [behind.trim()])
    } else if (argument.is === 'count') {
      const [, count, behind = ''] = /^(\d{1,6})(?:\s+([\s\S]*))?$/.exec(first) ?? []
      if (count !== undefined) take(argument.field, Number(count), [behind, ...others])
    } else if (argument.is === 'flag') {
      const word = FLAGS[argument.shown]?.exec(first)?.[0]
      if (word !== undefined) take(argument.field, true, [first.slice(word.length).trim(), ...others])
    } else if (argument.is === 'place') {
      const [, number, word, behind = ''] = PLACE.exec(rest.join(' ')) ?? []
      if (number !== undefined) take(argument.field, Number(number), [behind])
      // The front is what is meant without a place, too.
      else if (word !== undefined) take(argument.field, word.toLowerCase() === 'last' ? 'end' : undefined, [behind])
    } else if (argument.is === 'words' && rest.length > 0) {
      read.words = rest
      take(argument.field, rest.join(' '), [])
    }
    if (isRequired(argument, surface) && isEmpty(read.fields[argument.field])) read.missing = argument.shown
  }
  read.leftOver = rest.join(' ')
  return read

  function mustHave(argument: (typeof all)[number] | undefined): boolean {
    return argument !== undefined && isRequired(argument, surface)
  }
}

const isEmpty = (value: unknown) => value === undefined || (typeof value === 'string' && value.trim() === '')

/** The command that an entry becomes with what was said. The one place in which arguments become a command. */
export function commandOf(entry: CommandEntry, fields: Fields): Command {
  const type = entry.type ?? entry.name
  const said = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
  // The catalogue's fields are those of the command of that type; a test holds them to it.
  if (entry.about !== 'ask') return { type, ...said } as unknown as Command
  const { task, ...more } = said
  return { type, target: task === undefined ? {} : { task }, ...more } as unknown as Command
}

const exampleIn = ({ example }: CommandEntry) => (example === undefined ? '' : ` For example: ${example}`)

/** What is said to a command without the words that it needs. */
export const askFor = (entry: CommandEntry): string => `${entry.name} what?${exampleIn(entry)}`

/** Why words were not taken, for surfaces on which a command stands between other words; undefined: they are fine. */
export function problemWith(
  entry: CommandEntry,
  surface: CommandSurface,
  { leftOver, missing }: ReadArguments,
): string | undefined {
  if (missing !== undefined) return askFor(entry)
  const example = exampleIn(entry)
  if (leftOver === '') return undefined
  const [argument] = argumentsOn(entry, surface)
  if (!argument) return `${entry.name} takes no words.`
  if (argument.is === 'task' && argument.required === true) return `I did not understand “${leftOver}”.${example}`
  if (argument.is === 'flag') return `${entry.name} takes no words but “${argument.shown}”.`
  return `${entry.name} takes the number of a task, nothing else.`
}
