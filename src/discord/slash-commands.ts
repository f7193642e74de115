import {
  type APIApplicationCommandBasicOption,
  type APIApplicationCommandInteractionDataOption,
  type RESTPutAPIApplicationCommandsJSONBody,
  Routes,
} from 'discord-api-types/v10'
import { type Argument, argumentsOn, CATALOGUE, type CommandEntry, commandsOn } from '../core/commands/catalogue.ts'
import { cut } from '../text/cut.ts'
import type { DiscordConnection } from './connection.ts'

const DESCRIPTION_UNITS = 100
/** Where a command can be given: in a server, or in private with the bot. */
const IN_PRIVATE = [1]

/** The catalogue as Discord's menu shows it. */
function slashCommands(catalogue = CATALOGUE): RESTPutAPIApplicationCommandsJSONBody {
  return commandsOn('chat', catalogue).map((entry) => ({
    name: entry.name,
    description: cut(entry.help, DESCRIPTION_UNITS),
    type: 1,
    options: argumentsOn(entry, 'chat').map(optionOf),
  }))
}

/** None is required: without words they are asked for, and the only task that can be meant is meant. */
function optionOf({ field, is, shown }: Argument): APIApplicationCommandBasicOption {
  const name = slashName(field)
  if (is === 'task') return { type: 4, name, description: 'The number of a task' }
  if (is === 'count') return { type: 4, name, description: `The number of ${shown}` }
  return is === 'flag' ? { type: 5, name, description: `“${shown}”` } : { type: 3, name, description: `The ${shown}` }
}

export const slashName = (field: string): string => field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

/** What a command from the menu is when it is written: `/skip 3 not now`. */
export function writtenCommand(
  name: string,
  options: readonly APIApplicationCommandInteractionDataOption[] = [],
  catalogue = CATALOGUE,
): string {
  const entry = commandsOn('chat', catalogue).find((one) => one.name === name)
  const given = new Map(options.map((option) => [option.name, 'value' in option ? option.value : '']))
  const words = (entry ? argumentsOn(entry, 'chat') : []).flatMap(({ field, is, shown }) => {
    const value = given.get(slashName(field))
    if (value === undefined || value === false) return []
    return is === 'flag' ? [shown] : [String(value).trim()]
  })
  return [`/${name}`, ...words].join(' ').trim()
}

/** It asks for words where none were given, and a form can. */
export function wantsWords(name: string, text: string): boolean {
  return text.trim() === `/${name}` && WANTS_WORDS.has(name)
}

const WANTS_WORDS: ReadonlySet<CommandEntry['name']> = new Set(['answer', 'reject', 'say', 'add'])

/** Puts the menu into the server, and into private chats; the same again changes nothing. */
export async function registerSlashCommands(
  { call }: Pick<DiscordConnection, 'call'>,
  { applicationId, guildId, signal }: { applicationId: string; guildId: string | undefined; signal: AbortSignal },
): Promise<void> {
  const commands = slashCommands()
  if (guildId !== undefined) {
    const route = Routes.applicationGuildCommands(applicationId, guildId)
    await call({ method: 'PUT', route, body: commands }, signal)
  }
  const own = commands.map((command) => ({ ...command, contexts: IN_PRIVATE, integration_types: [0] }))
  await call({ method: 'PUT', route: Routes.applicationCommands(applicationId), body: own }, signal)
}
