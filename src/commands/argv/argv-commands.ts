import type { Command as Commander } from 'commander'
import {
  type Argument,
  argumentsOn,
  CATALOGUE,
  type CommandEntry,
  commandNamed,
  commandsOn,
  usageOn,
} from '../../core/commands/catalogue.ts'
import { commandOf, readArguments } from '../../core/commands/read-command.ts'
import { batonError } from '../../errors.ts'
import type { ProgramCall } from './call.ts'

/** These show something in their own way and are described where they are read. */
const OWN: ReadonlySet<string> = new Set(['status', 'logs', 'diff', 'plan', 'takeover'])

/** Which run is meant, where several have a task of that number. */
export const RUN_OPTION = '--run <run>'
export const RUN_HELP = 'which run, where several have a task of that number'

const isRun = ({ field }: Argument) => field === 'runId'

/** The headings of `baton --help`. */
export const GROUPS = {
  working: 'Run:',
  deciding: 'Decide:',
  steering: 'Control:',
  files: 'Task files:',
  looking: 'Inspect:',
  setUp: 'Set up:',
} as const

/** The commands of the catalogue, as subcommands. */
export function addCommands(program: Commander, set: (call: ProgramCall) => void, catalogue = CATALOGUE): void {
  for (const entry of commandsOn('argv', catalogue).filter(({ name }) => !OWN.has(name))) {
    const command = program.command(entry.name).description(describe(entry.name, catalogue))
    const usage = usageOf(entry)
    // Which argument a word belongs to is not for commander to say: the catalogue reads them, on every surface alike.
    const [first, ...others] = argumentsOf(entry)
    if (first) command.argument(first.is === 'words' || others.length > 0 ? '[words...]' : '[word]')
    command.usage(`[options] ${usage}`.trim())
    for (const { field, shown } of argumentsOn(entry, 'argv').filter(({ is }) => is === 'file'))
      command.option(`--${field} <${shown}>`, 'which task file (default: the first in config.yaml)')
    const run = argumentsOn(entry, 'argv').find(isRun)
    if (run) command.option(RUN_OPTION, RUN_HELP)
    command
      .option('--yes', 'skip confirmation')
      .option('--json', 'the reply as one JSON object')
      .action((...given: unknown[]) => {
        // commander gives the argument, if there is one, then the options, then the command.
        const options = given.at(-2) as Record<string, unknown>
        const texts = given.length > 2 ? ([given[0] ?? []].flat() as string[]) : []
        set({ do: 'command', ...read(entry, texts, options), yes: options.yes === true, json: options.json === true })
      })
    command.helpGroup(groupOf(entry)).addHelpText('after', exampleOf(entry.name, catalogue))
  }
}

/** Where help lists a command of the catalogue: by what it is about, and whether it changes anything. */
function groupOf({ about, does }: CommandEntry): string {
  if (about === 'ask') return GROUPS.deciding
  if (about === 'files') return GROUPS.files
  return about === 'run' || about === 'task' || does === 'act' ? GROUPS.steering : GROUPS.looking
}

/** What a subcommand is for, as the list of them says it. */
export function describe(name: string, catalogue = CATALOGUE): string {
  const help = commandNamed('argv', name, catalogue)?.help ?? ''
  return help.charAt(0).toLowerCase() + help.slice(1)
}

/** An example of a subcommand of the catalogue, below its help. */
export function exampleOf(name: string, catalogue = CATALOGUE): string {
  return examples(commandNamed('argv', name, catalogue)?.example ?? name)
}

/** Lines that can be typed as they are, below a help. */
export function examples(...lines: string[]): string {
  return `\nExample${lines.length > 1 ? 's' : ''}:\n${lines.map((line) => `  $ baton ${line}`).join('\n')}`
}

/** All that is written behind the name; a file and a run are options. */
const argumentsOf = (entry: CommandEntry) =>
  argumentsOn(entry, 'argv').filter((argument) => argument.is !== 'file' && !isRun(argument))

/** `[task] <text>`. */
function usageOf(entry: CommandEntry): string {
  const named = argumentsOf(entry).map((one) => (one.is === 'task' ? { ...one, shown: 'task' } : one))
  return usageOn({ ...entry, arguments: named }, 'argv')
}

const helpOf = ({ name }: CommandEntry) => `See baton ${name} --help.`

function read(entry: CommandEntry, texts: string[], options: Record<string, unknown>) {
  const { fields, words, leftOver, missing } = readArguments(entry, 'argv', texts)
  for (const argument of argumentsOn(entry, 'argv')) {
    if (argument.is === 'file') fields[argument.field] = options[argument.field]
    if (isRun(argument)) fields[argument.field] = options.run
  }
  if (leftOver !== '') {
    const [argument] = argumentsOn(entry, 'argv')
    const message =
      argument?.is === 'task'
        ? `A task is named by its number, not "${leftOver}".`
        : `"${entry.name} ${leftOver}"? It is ${entry.name}, or ${entry.name} ${argument?.shown}.`
    throw batonError('usage', { message, hint: helpOf(entry) })
  }
  if (missing !== undefined)
    throw batonError('usage', {
      message: `${entry.name} what? For example: ${entry.example ?? entry.name}`,
      hint: helpOf(entry),
    })
  return { command: commandOf(entry, fields), ...(entry.type === 'words' && { words }) }
}
