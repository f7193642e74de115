import type { ProjectConfig } from '../../config/types.ts'
import type { HookTime, Task } from '../../core/types.ts'
import { taskFolder } from '../../workspace/task-folder.ts'
import { type OpenWorkspace, WorkspaceError } from '../../workspace/workspace.ts'
import type { Dispatcher } from '../queue/dispatcher.ts'

/** What running the user's commands around tasks needs from outside. */
export interface HookPorts {
  dispatcher: Dispatcher
  project: Pick<ProjectConfig, 'path' | 'hooks'>
  /** Runs the user's commands before or after a task; words for people where one failed. Throws once `signal` aborts. */
  runHooks: (when: HookTime, task: Task, place: OpenWorkspace, signal?: AbortSignal) => Promise<string | undefined>
  /** Says something to people that changes nothing. */
  note: (text: string) => void
}

/** The user's own commands around a task: `runBefore` throws WorkspaceError, which fails the task; `runAfter` is an effect of its end. */
export function createHooks({ dispatcher, project, runHooks, note }: HookPorts): {
  runBefore: (task: Task, place: OpenWorkspace) => Promise<void>
  runAfter: (task: Task, signal: AbortSignal) => Promise<void>
} {
  const { beforeTask, afterTask } = project.hooks
  return {
    async runBefore({ id }, place) {
      const task = dispatcher.state().tasks.get(id)
      if (!task || task.hooks !== undefined || beforeTask.length + afterTask.length === 0) return
      const failed = await runHooks('before', task, place)
      if (failed !== undefined) throw new WorkspaceError(failed)
      await dispatcher.record({ type: 'hooked', taskId: id, when: 'before' })
    },
    async runAfter(task, signal) {
      // What is done has landed, and its worktree may be another task's by now.
      const tree = task.worktree
      const place = {
        ...(tree === undefined ? { folder: taskFolder(project.path, task) } : { folder: tree, tree }),
        env: {},
      }
      try {
        const failed = await runHooks('after', task, place, signal)
        if (failed !== undefined) note(failed)
      } catch (error) {
        if (signal.aborted) return
        throw error
      }
      await dispatcher.record({ type: 'hooked', taskId: task.id, when: 'after' })
    },
  }
}
