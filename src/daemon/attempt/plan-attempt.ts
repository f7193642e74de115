import { join } from 'node:path'
import type { Ask, Attempt, Continuation, Task } from '../../core/types.ts'
import { slug } from '../../text/slug.ts'
import type { OpenWorkspace } from '../../workspace/workspace.ts'

/** How much of a title goes into the name of a log. */
const LONGEST_NAME = 48

/** What the next process of a task will be. */
export interface AttemptPlan {
  attempt: Pick<Attempt, 'id' | 'sessionId' | 'cwd' | 'logFile' | 'rawFile'> & Partial<Attempt>
  /** A new attempt, or another process of one. */
  isNew: boolean
  /** The new attempt continues the session of an earlier task. */
  resumes?: true
  /** Where it works. */
  place: OpenWorkspace
  continuation: Continuation | undefined
  /** The ask whose deferred call is answered without a prompt. */
  deferred: Ask | undefined
}

/**
 * Begins a new attempt, or continues the one whose session exists: a session that never spoke may not exist, and one that
 * a person wants from the beginning is left alone. A new attempt has a session of its own, or continues that of an earlier task.
 */
export function planAttempt(
  task: Task,
  previous: Attempt | undefined,
  asks: { deferred: Ask | undefined },
  where: {
    place: OpenWorkspace
    logsDir: string
    newUuid: () => string
    newId: () => string
    redact: (text: string) => string
  },
): AttemptPlan {
  const { continuation } = task
  const isNew = !previous?.heard || continuation?.reason === 'fresh'
  if (!isNew && previous) {
    const { id, sessionId, logFile, rawFile } = previous
    // A session is found from any folder, and its own may have been recreated elsewhere.
    const attempt = { id, sessionId, cwd: where.place.folder, logFile, rawFile }
    return { attempt, isNew, place: where.place, continuation, deferred: asks.deferred }
  }
  // Wanted from the beginning, or not found: then the task has to explain itself to a new session.
  const known = continuation?.reason === 'fresh' ? undefined : task.spec.resume
  const number = task.attempts + 1
  const suffix = number > 1 ? `-${number}` : ''
  const base = join(
    where.logsDir,
    task.runId,
    `${String(task.number).padStart(2, '0')}-${slug(where.redact(task.spec.title), LONGEST_NAME) || 'task'}${suffix}`,
  )
  return {
    attempt: {
      id: where.newId(),
      sessionId: task.spec.run ? '' : (known?.id ?? where.newUuid()),
      cwd: where.place.folder,
      logFile: `${base}.log`,
      rawFile: `${base}.jsonl`,
      ...(known && { costUsd: known.costUsd }),
    },
    isNew: true,
    ...(known && { resumes: true }),
    place: where.place,
    continuation: continuation?.reason === 'fresh' && continuation.words === undefined ? undefined : continuation,
    deferred: undefined,
  }
}
