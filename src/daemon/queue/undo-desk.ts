import { BATON } from '../../core/actors.ts'
import { taskSubject } from '../../core/text.ts'
import type { DecidedUndo } from '../../core/types.ts'
import type { Workspace } from '../../workspace/workspace.ts'
import type { Dispatcher } from './dispatcher.ts'

/** Carries out what people decided about landed tasks that come out only together with later ones. */
export interface UndoDesk {
  /** Begins with what a process before this one left; from then on each decision is carried out as it is made. */
  start: () => void
  /** Settles when what is being undone is done; begins nothing more. */
  stop: () => Promise<void>
}

export function createUndoDesk(ports: {
  dispatcher: Dispatcher
  workspace: Pick<Workspace, 'undo'>
  onError: (error: unknown) => void
}): UndoDesk {
  const { dispatcher, workspace, onError } = ports
  let working: Promise<void> | undefined
  let isStopping = false
  let unsubscribe = () => undefined as unknown

  const look = () => {
    if (working || isStopping || !next()) return
    working = workOff()
      .catch(onError)
      .finally(() => {
        working = undefined
      })
  }

  const next = (): DecidedUndo | undefined => dispatcher.state().queue.undoing?.[0]

  const workOff = async () => {
    for (let undo = next(); undo && !isStopping; undo = next()) await carryOut(undo)
  }

  const carryOut = async ({ runId, taskId, also, by }: DecidedUndo) => {
    dispatcher.recall(runId)
    const { tasks } = dispatcher.state()
    const task = tasks.get(taskId)
    if (!task) throw new Error(`Task ${taskId} is no longer stored, so it cannot be undone.`)
    const others = also.flatMap((id) => tasks.get(id) ?? [])
    const { ok, text } = await workspace.undo(task, undefined, others).catch((error: unknown) => ({
      ok: false,
      text: `${taskSubject(task)} is not undone: ${error instanceof Error ? error.message : String(error)}`,
    }))
    // Whoever decided was told that it happens; that it did not is news from Baton.
    await dispatcher.record({ type: 'undone', taskId, by: ok ? by : BATON, ok, text, ...(ok && { also }) })
  }

  return {
    start: () => {
      unsubscribe = dispatcher.onCommit(look)
      look()
    },
    async stop() {
      isStopping = true
      unsubscribe()
      await working
    },
  }
}
