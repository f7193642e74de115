import type { SingleValues } from '../../core/kept-values.ts'
import type { TaskSpec } from '../../core/types.ts'
import type { Adding } from '../../taskfile/write/append.ts'
import type { AddingMemory } from './add-task.ts'

/** More than anybody adds before the file is looked at. */
const MOST = 50

const keyOf = (project: string) => `added:${project}`

/** Remembers what each command to add a task to a project's files has begun, and which tasks came of them. */
export function addingMemory(values: SingleValues, project: string): (id: number) => AddingMemory {
  const begun = `adding:${project}`
  return (id) => {
    const last = values.get<{ id: number; adding: Adding }>(begun)
    return {
      begun: last?.id === id ? last.adding : undefined,
      begin: (adding) => {
        values.set(begun, { id, adding })
        const { path, title } = adding
        const others = addedTo(values, project).filter((one) => one.path !== path || one.title !== title)
        values.set(keyOf(project), [...others, { path, title }].slice(-MOST))
      },
    }
  }
}

/** Says of the tasks in a file whether Baton wrote them: whoever wanted one knows of it. */
export function wasAdded(values: SingleValues, project: string, path: string): (spec: TaskSpec) => boolean {
  const titles = new Set(addedTo(values, project).flatMap((one) => (one.path === path ? [one.title] : [])))
  return ({ title }) => titles.has(title)
}

function addedTo(values: SingleValues, project: string): Pick<Adding, 'path' | 'title'>[] {
  return values.get(keyOf(project)) ?? []
}
