import type { TaskNotes } from '../workspace/finish.ts'
import { fileOf } from './find-files.ts'
import { markTask, unmarkTask } from './marks.ts'
import type { OwnGuard } from './own-guard.ts'

/** What noting in task files needs. */
export interface TaskNotesPorts {
  home: string
  stateDir: string
  writing: OwnGuard['writing']
  settle: OwnGuard['settle']
}

/** Notes in task files what is done, so that the guard of own files knows who wrote it. */
export function createTaskNotes({ home, stateDir, writing, settle }: TaskNotesPorts): TaskNotes {
  return {
    async done(task, at) {
      const file = fileOf(home, task)
      const written = await writing(file, () => markTask(stateDir, file, task.spec, new Date(at)))
      if (!('problem' in written)) settle(file, { mark: task.spec.key })
      return written
    },
    open(task) {
      const file = fileOf(home, task)
      return writing(file, () => unmarkTask(stateDir, file, task.spec))
    },
  }
}
