import type { Origin, TaskForm, TaskSpec } from '../core/types.ts'

/** Where a task is written when its source is a task file. */
interface FileOrigin extends Origin {
  source: 'files'
  file: string
  line: number
  form: TaskForm
}

/** A task that was read from a task file. */
export interface FileTask extends TaskSpec {
  origin: FileOrigin
}

/** True for a task of a task file, whose mark is written there. */
export function isFileTask(spec: TaskSpec): spec is FileTask {
  return spec.origin.source === 'files'
}
