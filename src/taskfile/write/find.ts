import type { FileTask } from '../file-task.ts'
import { taskKeys } from '../keys.ts'
import type { Outline, OutlinedTask } from '../markdown/outline.ts'
import { numberFrom } from '../markdown/sections.ts'

/** What a task is recognised by in a text that may have changed since it was read. */
export type TaskIdentity = Pick<FileTask, 'title' | 'instruction'> & {
  origin: Pick<FileTask['origin'], 'ref' | 'form'>
}

/**
 * Finds a task again. The user may have moved, renumbered or rewritten tasks meanwhile, so it is the one with the same
 * key and title, else the only one with the same instruction. Where neither is certain, there is none: it says why.
 */
export function findTask(outline: Outline, wanted: TaskIdentity): OutlinedTask | { problem: string } {
  const tasks = outline.tasks.filter(({ form }) => form === wanted.origin.form)
  const numbered = wanted.origin.form === 'section' ? /^Task (\d[\w.]*)(?: \(\d+\))?$/.exec(wanted.origin.ref) : null
  const number = numbered ? numberFrom(numbered[1]!) : undefined
  const named = tasks.filter((task) => task.number === number && task.title() === wanted.title)
  const [first] = named
  if (first && named.length === 1 && !isRepeated(wanted.origin.ref)) return first

  const keys = taskKeys(tasks.map((task) => ({ number: task.number, title: task.title() })))
  const sameText = tasks.filter((task) => task.instruction() === wanted.instruction)
  const keyed = tasks[keys.indexOf(wanted.origin.ref)]
  if (keyed && keyed.title() === wanted.title && keyed.instruction() === wanted.instruction) return keyed
  // The instruction of a Run task is empty and says nothing.
  const [moved, ...others] =
    wanted.instruction === '' ? sameText.filter((task) => task.title() === wanted.title) : sameText
  if (moved && others.length === 0) return moved
  const reason = moved || named.length > 1 ? 'there are several like it' : 'it no longer exists'
  return { problem: `"${wanted.title}" was not found in the task file as it is now: ${reason}` }
}

/** Whether a key names the second or a later task of the same name. */
function isRepeated(key: string): boolean {
  return / \(\d+\)$/.test(key)
}
