import { bold, type Node } from '../../text/document/nodes.ts'
import type { Message } from '../message.ts'
import { messageOf } from './parts.ts'

export interface BotCommand {
  command: string
  description: string
  /** Shown in /help, not in the client's menu. */
  argument?: string
}

/** The commands, as registered with the bot and as /help lists them. */
export const BOT_COMMANDS: readonly BotCommand[] = [
  { command: 'status', description: 'What is going on' },
  { command: 'start', argument: '[file]', description: 'Start the tasks of a file' },
  { command: 'tasks', description: 'The list of tasks' },
  { command: 'approve', argument: '[n]', description: 'Approve what is asked' },
  { command: 'reject', argument: '[why]', description: 'Reject it, with a reason' },
  { command: 'answer', argument: '<text>', description: 'Answer a question in words' },
  { command: 'pause', argument: '[after]', description: 'Pause now, or after the running task' },
  { command: 'resume', description: 'Go on' },
  { command: 'skip', argument: '[n]', description: 'Skip the task' },
  { command: 'retry', argument: '[n]', description: 'Try the failed task again' },
  { command: 'stop', description: 'Stop the run' },
  { command: 'say', argument: '<text>', description: 'Say something to Claude while it works' },
  { command: 'logs', argument: '[lines]', description: 'The last lines of the log' },
  { command: 'diff', argument: '[n]', description: 'What the task changed' },
  { command: 'undo', argument: '[n]', description: 'Take a task back' },
  {
    command: 'plan',
    argument: '[words]',
    description: 'Have a plan of tasks written, from words or the note of the day',
  },
  { command: 'add', argument: '<text>', description: 'Add a task' },
  { command: 'cost', description: 'What it cost' },
  { command: 'dashboard', description: 'A link to the dashboard' },
  { command: 'help', description: 'This list' },
]

const GROUPS: [title: string, commands: string[]][] = [
  ['Look', ['status', 'tasks', 'logs', 'diff', 'cost', 'dashboard']],
  ['Decide', ['approve', 'reject', 'answer']],
  ['Steer', ['start', 'pause', 'resume', 'skip', 'retry', 'stop', 'say', 'undo', 'plan', 'add']],
]

/** The answer to /help. */
export function renderHelp(): Message {
  const line = (name: string): Node => {
    const found = BOT_COMMANDS.find(({ command }) => command === name)
    return `/${name}${found?.argument ? ` ${found.argument}` : ''} – ${found?.description ?? ''}\n`
  }
  const nodes: Node[] = [
    '🪄 ',
    bold('Baton works through your list of tasks and asks you when it needs a decision.'),
    '\n\n',
    ...GROUPS.flatMap(([title, commands]): Node[] => [bold(title), '\n', ...commands.map(line), '\n']),
    'n is the number of a task; without it the task of the message that you reply to is meant, or the one at work. With several projects the name of one goes first: /skip web. Questions can be answered with their buttons or by replying to them. A file or photo goes to Claude, with its caption as the words.',
  ]
  return messageOf({ nodes }, { silent: true })
}
