import type { Command } from '../core/commands/commands.ts'
import type { Reply } from '../core/inputs.ts'
import { HttpFailure } from './failure.ts'
import type { Parts } from './parts.ts'
import type { RouteCall } from './route.ts'

/** Name of the queue that a request means; absent: the first. Throws HttpFailure for one that does not exist. */
export function queueNamed({ api }: Pick<Parts, 'api'>, project: string | undefined): string | undefined {
  if (project === undefined || api.view.queues().includes(project)) return project
  throw new HttpFailure(404, 'no-such-project', `There is no such project. Known: ${api.view.queues().join(', ')}.`)
}

/** Wants something in the caller's name; the only way in which HTTP changes anything. */
export function submit(
  { api }: Pick<Parts, 'api'>,
  { by, once }: Pick<RouteCall<unknown, unknown, unknown>, 'by' | 'once'>,
  command: Command,
  queue: string | undefined,
): Promise<Reply> {
  return api.submit(command, by, { ...once, ...(queue !== undefined && { queue }) })
}
