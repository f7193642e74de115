import { commandNamed } from '../../core/catalogue.ts'
import type { Views } from '../../daemon/views.ts'
import type { ChatContext } from '../context.ts'

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
  const entry = commandNamed('chat', command)
  if (view.queues().length < 2 || (entry?.about !== 'run' && entry?.about !== 'task')) return undefined
  const busy = projectsAtWork(view)
  if (busy.length > 1 && entry.does === 'act') {
    const ways = busy.map((queue) => `/${command} ${queue}`)
    return { refused: `Several projects are at work. Name one: ${ways.join(', ')}.` }
  }
  return busy[0] ?? view.runs({ limit: 1 })[0]?.queue
}
