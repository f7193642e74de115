import { CATALOGUE, commandNamed } from '../../core/commands/catalogue.ts'
import type { Deed } from '../incoming.ts'
import type { CommandHandler } from './call.ts'
import { add, sayTo, submitWritten } from './control.ts'
import { answer, approve, reject, snooze } from './decide.ts'
import { gitHub } from './github.ts'
import { diff, logs } from './logs-and-diff.ts'
import { plan } from './plan.ts'
import { dashboard, help, showCost, status, tasks } from './read.ts'
import { startCommand } from './start.ts'
import { offerUndo } from './undo.ts'

/** What a chat does beyond the command itself, or shows in its own way; every other command is submitted as it was written. */
const HANDLERS: Readonly<Record<string, CommandHandler>> = {
  start: startCommand,
  status,
  tasks,
  approve,
  reject,
  answer,
  snooze,
  say: sayTo,
  logs,
  diff,
  undo: offerUndo,
  plan,
  add,
  cost: showCost,
  help,
  dashboard,
  github: gitHub,
}

/** What is done when a command of that name is written in a chat; undefined for a name that it does not know. */
export function handlerOf(name: string, catalogue = CATALOGUE): CommandHandler | undefined {
  const entry = commandNamed('chat', name, catalogue)
  return entry && (Object.hasOwn(HANDLERS, name) ? HANDLERS[name] : submitWritten(entry))
}

/** A message that is a command. */
export interface WrittenCommand {
  name: string
  /** The bot that is meant, in groups. */
  bot?: string
  text: string
}

/** Reads `/reject@my_bot not yet`; undefined for other text. */
function readCommand(text: string): WrittenCommand | undefined {
  const [, name, bot, rest = ''] = /^\/([a-z0-9_]+)(?:@(\w+))?(?:\s+([\s\S]*))?$/i.exec(text.trim()) ?? []
  return name === undefined
    ? undefined
    : { name: name.toLowerCase(), ...(bot !== undefined && { bot }), text: rest.trim() }
}

/** `web 3` → the queue of that name and the rest; without a name the first queue. */
export function readQueue(text: string, queues: readonly string[]): { queue: string; named?: string; text: string } {
  const first = queues[0] ?? 'main'
  const [word = ''] = text.split(/\s/, 1)
  const named = queues.length > 1 ? queues.find((queue) => queue.toLowerCase() === word.toLowerCase()) : undefined
  return named === undefined ? { queue: first, text } : { queue: named, named, text: text.slice(word.length).trim() }
}

/** The command that somebody wrote, as a message or as the caption of a file. What they only forwarded does not count. */
export function commandIn(deed: Extract<Deed, { kind: 'words' | 'file' }>): WrittenCommand | undefined {
  if (deed.isQuoted) return undefined
  return readCommand(deed.kind === 'file' ? deed.caption : deed.text)
}
