import { CATALOGUE, type CommandEntry, commandsOn, usageOn } from '../../core/catalogue.ts'
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
  ['Steer', ({ does, about }) => does === 'act' && about !== 'ask'],
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
    'n is the number of a task; without it the task of the message that you reply to is meant, or the one at work. With several projects the name of one goes first: /skip web. Questions can be answered with their buttons or by replying to them. A file or photo goes to Claude, with its caption as the words.',
  ]
  return messageOf({ nodes }, { silent: true })
}
