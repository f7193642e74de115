import { findProcess } from '../../claude/process/process-list.ts'
import { BATON } from '../../core/actors.ts'
import type { Dispatcher } from '../queue/dispatcher.ts'

/** Looked at this often; a window that was gone at two looks in a row is closed: another may be about to take its place. */
const LOOK_MS = 1_000

/**
 * Hands back what was taken over once the process that the person worked in is gone, however it ended: closed, killed, or
 * with the machine. The process that runs the tasks watches, so that a restart of Baton in between loses nothing.
 */
export function watchWindows(
  dispatcher: Pick<Dispatcher, 'state' | 'record' | 'onCommit'>,
  onError: (error: unknown) => void,
): () => void {
  const gone = new Map<string, number>()
  let timer: NodeJS.Timeout | undefined
  let isLooking = false

  const held = () =>
    [...dispatcher.state().active].flatMap((id) => {
      const { phase, takenOver } = dispatcher.state().tasks.get(id) ?? {}
      const isHeld = phase === 'taken_over' && takenOver?.window && !takenOver.release
      return isHeld && takenOver.window ? [{ id, window: takenOver.window }] : []
    })

  const look = async () => {
    const all = held()
    if (all.length === 0) {
      clearInterval(timer)
      timer = undefined
      gone.clear()
    }
    for (const { id, window } of all) {
      const isThere = (await findProcess(window.pid))?.startedAt === window.startedAt
      const wasGone = gone.get(id) === window.pid
      if (isThere) gone.delete(id)
      else gone.set(id, window.pid)
      if (isThere || !wasGone) continue
      const task = dispatcher.state().tasks.get(id)
      if (!task) continue
      await dispatcher.record({
        type: 'command',
        command: { type: 'release', task: task.number, window: window.pid },
        by: { ...BATON, name: 'Baton, as its window was closed' },
      })
    }
  }

  const wake = () => {
    if (timer !== undefined || held().length === 0) return
    timer = setInterval(() => {
      if (isLooking) return
      isLooking = true
      void look()
        .catch(onError)
        .finally(() => {
          isLooking = false
        })
    }, LOOK_MS)
    timer.unref()
  }
  const unsubscribe = dispatcher.onCommit(wake)
  wake()
  return () => {
    unsubscribe()
    clearInterval(timer)
  }
}
