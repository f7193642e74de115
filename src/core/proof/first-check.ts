import { beginRun, tellStart } from '../attempts/begin.ts'
import type { Draft } from '../draft.ts'
import type { InputOf } from '../inputs.ts'
import { taskName } from '../text.ts'
import type { Task } from '../types.ts'

/**
 * A task with `Verify First` is checked before it is worked on: what already exists need not be done again, and costs
 * nothing. Only what it would be checked by afterwards can say so; without any check there is nothing to run first.
 */
export function checksFirst(draft: Pick<Draft, 'policy'>, { spec }: Pick<Task, 'spec'>): boolean {
  return spec.verifyFirst === true && (spec.verify.length > 0 || draft.policy.hasChecks(spec))
}

/** The task may be taken up: by its checks, or by whoever works on it. */
export function ready(draft: Pick<Draft, 'policy'>, task: Task): Task {
  const { firstCheck: _, ...rest } = task
  return { ...rest, phase: 'ready', ...(checksFirst(draft, task) && { firstCheck: 'due' as const }) }
}

/** The checks that come first run, and nobody has worked on the task yet. */
export function isFirstCheck({ phase, firstCheck }: Pick<Task, 'phase' | 'firstCheck'>): boolean {
  return phase === 'verifying' && firstCheck === 'running'
}

/** The first check begins: for people, this is where the task begins. */
export function checking(draft: Draft, { taskId }: InputOf<'checking'>): void {
  const task = draft.task(taskId)
  // After a restart it runs again, and has begun already.
  if (task.phase !== 'ready' || task.firstCheck !== 'due') return
  beginRun(draft, task)
  const row: Task = { ...task, phase: 'verifying', firstCheck: 'running', startedAt: task.startedAt ?? draft.now }
  draft.put({ table: 'tasks', row })
  if (task.startedAt === undefined) tellStart(draft, row)
  draft.emit('task.verifying', { task: row, text: `Task ${task.number}: running its checks first` })
}

/** The checks that came first fail, or there were none to run after all: the task is worked on, and its prompt names them. */
export function firstCheckFailed(draft: Draft, task: Task, words: string | undefined): void {
  // What failed before is not a result of the work that starts now.
  const { proof, ...rest } = task
  const row: Task = {
    ...rest,
    ...(proof?.findings && { proof: { checks: [], findings: proof.findings } }),
    phase: 'ready',
    firstCheck: 'failed',
    ...(words !== undefined && { continuation: { reason: 'first-check' as const, words } }),
  }
  draft.put({ table: 'tasks', row })
}

/** The result of a task that was done before anybody worked on it. */
export const DONE_BEFORE = 'All its checks passed before any work started, so there was nothing to do.'

/** Says that a task is done, and whether it took no work. */
export function doneText(task: Pick<Task, 'number' | 'spec' | 'firstCheck'>): string {
  return `Finished ${taskName(task)}${task.firstCheck === 'passed' ? ' (nothing to do: all its checks already pass)' : ''}`
}
