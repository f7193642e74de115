import { basename } from 'node:path'
import type { CallVerdict, ToolCall } from '../core/tool-call.ts'
import { programOf } from './judge-command.ts'
import { simpleCommands } from './shell-words.ts'

/** To these, `git` is a word like any other. */
const TAKES_WORDS = new Set(['echo', 'printf', 'grep', 'egrep', 'fgrep', 'rg', 'ag', 'ack', '#'])
const NAMES = new Set(['branch', 'tag'])

/**
 * Refuses `git branch NAME` and `git tag NAME`, which make one, where the same words with an option list what is there. Claude's own
 * rules know no "anything but an option": they would need one for every letter that a name can begin with, a third of all rules for git,
 * and each start of Claude would take the longer for it.
 */
export function judgeNewRef({ tool, input }: ToolCall): CallVerdict | undefined {
  const { command } = (input ?? {}) as { command?: unknown }
  if (tool !== 'Bash' || typeof command !== 'string') return undefined
  const line = withoutDocuments(command)
  // What is substituted is a command, inside a string, too.
  const parts = [line, ...line.split(SUBSTITUTION).slice(1)]
  const makesOne = parts.some((part) => {
    const commands = simpleCommands(part).map(({ words }) => words)
    return valuesIn(commands).some((values) =>
      commands.some((words) => namesNew(words.flatMap((word) => withValues(word, values)))),
    )
  })
  return makesOne
    ? {
        do: 'deny',
        why: 'Git is for reading here: a new branch or tag is not for a task to make. Continue without it.',
      }
    : undefined
}

/** What the line itself gives its variables, one value of each after the other. */
function valuesIn(commands: readonly string[][]): Map<string, string>[] {
  const given = commands.flat().flatMap((word) => {
    const [, name, value] = /^(\w+)=(.*)$/s.exec(word) ?? []
    return name === undefined || value === undefined ? [] : [{ name, value }]
  })
  // Each of them holds once: when which of them does, only the shell knows.
  return given.length === 0
    ? [new Map()]
    : given.map((one) => new Map([...given, one].map((of) => [of.name, of.value])))
}

/** A word with variables in it may become several. */
const withValues = (word: string, values: ReadonlyMap<string, string>): string[] => {
  const known = word.replace(/\$(?:\{(\w+)\}|(\w+))/g, (whole, a, b) => values.get(a ?? b) ?? whole)
  return known === word ? [word] : known.split(/\s+/).filter(Boolean)
}

const SUBSTITUTION = /[$<>]\(|`/

/** Wherever in the command: whatever starts git, with options of its own, is seen through. */
function namesNew(words: readonly string[]): boolean {
  if (TAKES_WORDS.has(programOf(words).program)) return false
  return words.some((word, at) => {
    const [what = '', name = '-'] = words.slice(at + 1)
    return basename(word) === 'git' && NAMES.has(what) && !name.startsWith('-')
  })
}

/** Lines that are only given to a program to read are no commands, unless they hold some. */
const withoutDocuments = (command: string): string =>
  command.replace(DOCUMENT, (whole, first: string) => (SUBSTITUTION.test(whole) ? whole : first))

/** The rest of the first line may hold commands of its own. */
const DOCUMENT = /(<<-?[ \t]*(['"]?)(\w+)\2[^\n]*)\n(?:[\s\S]*?\n)??[\t]*\3(?=\n|$)/g
