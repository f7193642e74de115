import type { SingleValues } from '../../core/kept-values.ts'
import type { Task } from '../../core/types.ts'
import { noteUndo, type TaskNotes } from '../finish.ts'
import type { LandedTasks } from './landed.ts'

/** An undo that is under way. */
interface Undoing {
  id: string
  runId: string
  /** It is being taken back. */
  again: boolean
}

/** Marks of tasks that are undone, or brought back, in step with the integration branch, also after a kill. */
export interface UndoMarks {
  /** Undoes tasks, or brings them back; their marks are made up for where a kill comes in between. */
  during: <T>(tasks: readonly Task[], again: boolean, undo: () => Promise<T>) => Promise<T>
  /** In words which could not be changed. */
  change: (tasks: readonly Task[], again: boolean) => Promise<string[]>
  /** After a kill: changes those that are behind. */
  recover: (again: boolean) => Promise<string[]>
}

export function createUndoMarks(
  meta: SingleValues,
  ports: {
    project: string
    notes: TaskNotes | undefined
    landed: () => Promise<LandedTasks>
    tasks: (runId: string) => Task[]
  },
): UndoMarks {
  const key = `undoing:${ports.project}`
  const noted = () => meta.get<Undoing[]>(key) ?? []
  const without = (ids: readonly string[]) => noted().filter(({ id }) => !ids.includes(id))
  const change = async (tasks: readonly Task[], again: boolean): Promise<string[]> => {
    const said: (string | undefined)[] = []
    for (const task of tasks) said.push(await noteUndo(ports.notes, task, again))
    return said.filter((text) => text !== undefined)
  }
  return {
    change,
    async during(tasks, again, undo) {
      const ids = tasks.map(({ id }) => id)
      meta.set(key, [...without(ids), ...tasks.map(({ id, runId }): Undoing => ({ id, runId, again }))])
      const done = await undo()
      meta.set(key, without(ids))
      return done
    },
    async recover(again) {
      const behind = noted().filter((one) => one.again === again)
      if (behind.length === 0) return []
      const landed = await ports.landed()
      const tasks = behind
        .filter((one) => landed.of(one)?.undone?.isUndone === !again)
        .flatMap(({ id, runId }) => ports.tasks(runId).filter((task) => task.id === id))
      const said = await change(tasks, again)
      meta.set(key, without(behind.map(({ id }) => id)))
      return said
    },
  }
}
