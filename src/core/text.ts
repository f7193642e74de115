import type { Task } from './types.ts'

type Named = Pick<Task, 'number'> & { spec: { title: string } }

/** `task 3: Add a login endpoint`, to end a phrase with: a title is never followed by a verb. */
export function taskName(task: Named): string {
  return `task ${task.number}: ${task.spec.title}`
}

/** `Task 3 (Add a login endpoint)`, to begin a sentence with. */
export function taskSubject(task: Named): string {
  return `Task ${task.number} (${task.spec.title})`
}

/** An ask's title below the number and the title of its task: `Start it?`, `It failed`; others as they are. */
export function titleBeside(title: string, task: Named): string {
  if (title === `Start ${taskName(task)}?`) return 'Start it?'
  const subject = taskSubject(task)
  return title.startsWith(`${subject} `) ? `It${title.slice(subject.length)}` : title
}

/** `Stopped by Anna (telegram)`, `Stopped: the budget is used up …`: why a run was stopped. */
export function stoppedText(reason: string): string {
  return reason.startsWith('stopped by ') ? `S${reason.slice(1)}` : `Stopped: ${reason}`
}
