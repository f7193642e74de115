import type { IncomingMessage } from 'node:http'
import type { HttpDeps } from '../deps.ts'
import { HttpFailure } from '../failure.ts'

/** Refuses requests that come from within a task, whatever they show. Throws HttpFailure. */
export type InsideGuard = (req: Pick<IncomingMessage, 'socket'>) => Promise<void>

/**
 * An agent does not decide about its own work: a request that a process of a task has made is refused, also with a good token,
 * which it may have got hold of. So is one of this machine whose sender did not wait for an answer, since nobody can tell any
 * more who that was.
 */
export function createInsideGuard({ callerOf, log }: Pick<HttpDeps, 'callerOf' | 'log'>): InsideGuard {
  // Whose a connection is does not change, and a browser asks for much over one.
  const outside = new WeakSet<object>()
  return async ({ socket }) => {
    if (outside.has(socket)) return
    const caller = await callerOf?.(socket)
    if (caller === undefined) {
      outside.add(socket)
      return
    }
    log.warn({ caller }, 'A request from inside a task was refused')
    const message =
      caller === 'inside'
        ? 'This request came from inside a task that Baton is running; it is refused.'
        : 'The sender is gone, so Baton cannot tell whether this came from inside a task; it is refused.'
    throw new HttpFailure(403, 'inside-attempt', message)
  }
}
