import type { CommandHandler } from './call.ts'
import { add, pause, resume, retry, sayTo, skip, stop } from './control.ts'
import { answer, approve, reject } from './decide.ts'
import { diff, logs } from './logs-and-diff.ts'
import { plan } from './plan.ts'
import { cost, dashboard, help, status, tasks } from './read.ts'
import { start } from './start.ts'
import { undo } from './undo.ts'

/** Every command by its name. */
export const COMMANDS: Readonly<Record<string, CommandHandler>> = {
  start,
  status,
  tasks,
  approve,
  reject,
  answer,
  pause,
  resume,
  skip,
  retry,
  stop,
  say: sayTo,
  logs,
  diff,
  undo,
  plan,
  add,
  cost,
  help,
  dashboard,
}

/** These read files or git: nothing else in the chat waits for them. */
export const SLOW: ReadonlySet<string> = new Set(['logs', 'diff', 'undo'])

/** These only look: words that were asked for before are still meant as asked. */
export const LOOKS: ReadonlySet<string> = new Set(['status', 'tasks', 'logs', 'diff', 'cost', 'help', 'dashboard'])

/** These take the words that come with a file, and where it was saved. */
export const TAKES_FILES: ReadonlySet<string> = new Set(['say', 'answer', 'reject', 'add'])

/** A message that is a command. */
export interface Written {
  name: string
  /** The bot that is meant, in groups. */
  bot?: string
  text: string
}

/** Reads `/reject@my_bot not yet`; undefined for other text. */
export function readCommand(text: string): Written | undefined {
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
