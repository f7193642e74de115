import type { Attempt, Task } from '../../core/types.ts'
import type { Evidence } from '../../workspace/workspace.ts'
import type { Dispatcher } from '../queue/dispatcher.ts'

/** What taking a task back from a person needs from outside. */
export interface HandBackPorts {
  dispatcher: Dispatcher
  evidence: Evidence
  /** Ends every process that bears the attempt's mark. */
  endLeftovers: (attempt: Pick<Attempt, 'id'>) => Promise<void>
}

/**
 * Makes the effect that takes a task back: what is left of the person's window is ended, so that the session is nobody
 * else's, and what they did to the folder is theirs: it is not told of as a doing of Claude's.
 */
export function createHandBack({ dispatcher, evidence, endLeftovers }: HandBackPorts): (task: Task) => Promise<void> {
  return async (task) => {
    const attempt = task.attemptId === undefined ? undefined : dispatcher.state().attempts.get(task.attemptId)
    if (!attempt) return void (await dispatcher.record({ type: 'handed-back', taskId: task.id }))
    await endLeftovers(attempt)
    const place = { attempt: { id: attempt.id, cwd: attempt.cwd } }
    const { headBefore } = await evidence.before(task, place)
    const found = headBefore !== undefined && { headBefore }
    if (!task.takenOver?.release?.done) {
      await dispatcher.record({ type: 'handed-back', taskId: task.id, ...(found && { found }) })
      return
    }
    const done = { kind: 'done' as const, text: 'Finished by a person.' }
    const { proof, checkpointAfter } = await evidence.after(task, place, done, undefined)
    const { gitWrites: _, ...seen } = proof
    await dispatcher.record({
      type: 'handed-back',
      taskId: task.id,
      proof: seen,
      found: { ...found, ...(checkpointAfter !== undefined && { checkpointAfter }) },
    })
  }
}
