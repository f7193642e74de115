import { CATALOGUE, type CommandEntry, commandsOn, usageOn } from '../../core/commands/catalogue.ts'
import { bold, type Node } from '../../text/document/nodes.ts'
import type { Message } from '../message.ts'
import { messageOf } from './parts.ts'

/** A command as the menu of a chat shows it. */
export interface BotCommand {
  command: string
  description: string
}

/** The commands as they are registered with a bot. */
export function botCommands(catalogue = CATALOGUE): BotCommand[] {
  return commandsOn('chat', catalogue).map(({ name, help }) => ({ command: name, description: help }))
}

const GROUPS: [title: string, holds: (entry: CommandEntry) => boolean][] = [
  ['Look', ({ does, name }) => does === 'read' && name !== 'help'],
  ['Decide', ({ does, about }) => does === 'act' && about === 'ask'],
  ['Control', ({ does, about }) => does === 'act' && about !== 'ask'],
]

/** The answer to /help. */
export function renderHelp(catalogue = CATALOGUE): Message {
  const entries = commandsOn('chat', catalogue)
  const line = (entry: CommandEntry): Node =>
    `${[`/${entry.name}`, usageOn(entry, 'chat')].filter(Boolean).join(' ')} – ${entry.help}\n`
  const nodes: Node[] = [
    '🪄 ',
    bold('Baton works through your list of tasks and asks you when it needs a decision.'),
    '\n\n',
    ...GROUPS.flatMap(([title, holds]): Node[] => [bold(title), '\n', ...entries.filter(holds).map(line), '\n']),
    'n is the number of a task. Without it, the command is about the task whose message you reply to, or the current one. With several projects, put the name of one first: /skip web. Answer questions with their buttons or by replying to them. A file or photo goes to Claude with its caption.',
  ]
  return messageOf({ nodes }, { silent: true })
}
