import type { Views } from '../../daemon/views.ts'
import type { ChatContext } from '../context.ts'

/** These change what is going on in a project: where several could be meant, the person is asked which. */
const STEERS: ReadonlySet<string> = new Set(['pause', 'resume', 'skip', 'retry', 'stop', 'say', 'undo'])
/** These show something of a project. */
const SHOWS: ReadonlySet<string> = new Set(['tasks', 'logs', 'diff', 'cost'])

/** The projects in which something runs, waits or is asked. */
export function projectsAtWork(view: Views): string[] {
  return view.queues().filter((queue) => {
    const { asks, run } = view.status(queue)
    return asks.length > 0 || (run !== undefined && run.endedAt === undefined)
  })
}

/**
 * The project that a command without a name is about: the one at work, else the one that worked last. Undefined where the
 * command takes care of that itself.
 */
export function projectMeant({ deps }: ChatContext, command: string): string | { refused: string } | undefined {
  const { view } = deps.face
  if (view.queues().length < 2 || !(STEERS.has(command) || SHOWS.has(command))) return undefined
  const busy = projectsAtWork(view)
  if (busy.length > 1 && STEERS.has(command)) {
    const ways = busy.map((queue) => `/${command} ${queue}`)
    return { refused: `Several projects are at work. Name one: ${ways.join(', ')}.` }
  }
  return busy[0] ?? view.runs({ limit: 1 })[0]?.queue
}
