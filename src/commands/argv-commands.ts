import type { Command as Commander } from 'commander'
import { argumentsOn, CATALOGUE, type CommandEntry, commandNamed, commandsOn, isRequired } from '../core/catalogue.ts'
import { commandOf, readArguments } from '../core/read-command.ts'
import { batonError } from '../errors.ts'
import type { Call } from './call.ts'

/** These show something in their own way and are described where they are read. */
const OWN: ReadonlySet<string> = new Set(['status', 'logs', 'diff'])

/** The commands of the catalogue, as subcommands. */
export function addCommands(program: Commander, set: (call: Call) => void, catalogue = CATALOGUE): void {
  for (const entry of commandsOn('argv', catalogue).filter(({ name }) => !OWN.has(name))) {
    const command = program.command(entry.name).description(describe(entry.name, catalogue))
    const written = writtenAs(entry)
    if (written !== '') command.argument(written)
    for (const { field, shown } of argumentsOn(entry, 'argv').filter(({ is }) => is === 'file'))
      command.option(`--${field} <${shown}>`, 'which task file (default: the first of config.yaml)')
    command
      .option('--yes', 'skip confirmation')
      .option('--json', 'the reply as one JSON object')
      .action((...given: unknown[]) => {
        // commander gives the argument, if there is one, then the options, then the command.
        const options = given.at(-2) as Record<string, unknown>
        const texts = given.length > 2 ? ([given[0] ?? []].flat() as string[]) : []
        set({ do: 'command', ...read(entry, texts, options), yes: options.yes === true, json: options.json === true })
      })
    if (entry.example !== undefined) command.addHelpText('after', exampleOf(entry.name, catalogue))
  }
}

/** What a subcommand is for, as the list of them says it. */
export function describe(name: string, catalogue = CATALOGUE): string {
  const help = commandNamed('argv', name, catalogue)?.help ?? ''
  return help.charAt(0).toLowerCase() + help.slice(1)
}

/** An example of a subcommand, below its help. */
export function exampleOf(name: string, catalogue = CATALOGUE): string {
  return `\nExample:\n  $ baton ${commandNamed('argv', name, catalogue)?.example ?? name}`
}

/** All arguments as one for commander, since only we know where words begin: `[task and why...]`. */
function writtenAs(entry: CommandEntry): string {
  const all = argumentsOn(entry, 'argv').filter(({ is }) => is !== 'file')
  if (all.length === 0) return ''
  const shown = all.map(({ is, shown }) => (is === 'task' ? 'task' : shown)).join(' and ')
  const many = all.some(({ is }) => is === 'words') ? '...' : ''
  return all.some((argument) => isRequired(argument, 'argv')) ? `<${shown}${many}>` : `[${shown}${many}]`
}

function read(entry: CommandEntry, texts: string[], options: Record<string, unknown>) {
  const { fields, words, leftOver, missing } = readArguments(entry, 'argv', texts)
  for (const { field, is } of argumentsOn(entry, 'argv')) if (is === 'file') fields[field] = options[field]
  if (leftOver !== '') {
    const [argument] = argumentsOn(entry, 'argv')
    const message =
      argument?.is === 'task'
        ? `A task is called by its number, not "${leftOver}".`
        : `"${entry.name} ${leftOver}"? It is ${entry.name}, or ${entry.name} ${argument?.shown}.`
    throw batonError('usage', { message })
  }
  if (missing !== undefined)
    throw batonError('usage', { message: `${entry.name} what? For example: ${entry.example ?? entry.name}` })
  return { command: commandOf(entry, fields), ...(entry.type === 'words' && { words }) }
}
