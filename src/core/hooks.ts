import type { Draft } from './draft.ts'
import type { InputOf } from './inputs.ts'
import type { Task } from './types.ts'

/** Notes that commands have run. Noted after they ended: a kill in between runs them again, and never leaves them out. */
export function hooked(draft: Draft, { taskId, when }: InputOf<'hooked'>): void {
  const { hooks, ...row } = draft.task(taskId)
  if (when === 'before') draft.put({ table: 'tasks', row: { ...row, hooks: 'begun' } })
  else if (hooks === 'due') draft.put({ table: 'tasks', row })
}

/** What the end of a task leaves to do: the commands after it, where those before it have run. */
export function afterEnd({ hooks }: Pick<Task, 'hooks'>): Pick<Task, 'hooks'> {
  return hooks === undefined ? {} : { hooks: 'due' }
}
