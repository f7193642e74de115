import type { Actor, Task } from './types.ts'

/**
 * `Anna (telegram)`, `anna at pts/3`: for people, so without the numeric id that stands behind a name; Baton itself, and who is
 * known by the terminal, go without a surface.
 */
export function actorText({ surface, who }: Actor): string {
  const name = surface === 'telegram' ? who.replace(/(?<=.)\s*\(\d+\)$/, '') : who
  const says = surface === 'baton' || (surface === 'terminal' && / at \S+$/.test(name))
  return says ? name : `${name} (${surface})`
}

/** `Task 3: Add a login endpoint`, as people call it. */
export function taskName(task: Pick<Task, 'number'> & { spec: { title: string } }): string {
  return `Task ${task.number}: ${task.spec.title}`
}
