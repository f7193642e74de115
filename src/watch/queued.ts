import { hasRunEnded, isOver } from '../core/status.ts'
import type { TaskSpec } from '../core/types.ts'
import type { Views } from '../daemon/api/views.ts'
import { fingerprint } from './fingerprint.ts'

const RUNS = 50

/** Says of a file's tasks whether they wait or are worked on in a queue; as of now. */
export function queuedTasks(
  view: Pick<Views, 'runs' | 'tasks' | 'fullTask'>,
  queue: string,
  file: string,
): (spec: TaskSpec) => boolean {
  const keys = new Set<string>()
  const prints = new Set<string>()
  for (const run of view.runs({ queue, limit: RUNS })) {
    if (hasRunEnded(run.status) || !run.files.includes(file)) continue
    for (const task of view.tasks(run.id)) {
      const spec = task.file === file && !isOver(task.status) ? view.fullTask(task.id)?.spec : undefined
      if (!spec) continue
      keys.add(spec.origin.ref)
      prints.add(fingerprint(spec))
    }
  }
  return (spec) => keys.has(spec.origin.ref) || prints.has(fingerprint(spec))
}
