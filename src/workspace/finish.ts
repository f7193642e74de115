import { originText } from '../core/origin.ts'
import type { Task } from '../core/types.ts'
import type { Finished, Workspace } from './workspace.ts'

/** The part of a task's source that notes whether it is done. */
export interface TaskNotes {
  settled: (
    task: Task,
    doneAt: Date | undefined,
  ) => Promise<{ isRewritten: boolean } | { problem: string; code?: string }>
}

/** What finishing a good task needs. */
export interface FinishPorts {
  /** Absent where nothing should be written into task files. */
  notes: TaskNotes | undefined
  /** Commits what the task changed, where that is wanted; adds what could not be done. */
  commit: (problems: string[]) => Promise<string | undefined>
  onError: (error: unknown) => void
}

/** What the system says when a disk is full or fails; it passes. */
const DISK = /^(ENOSPC|EDQUOT|EIO|EFBIG)$/

/**
 * Notes in the task file that a task is done, and commits its changes where that is wanted. Never throws. A disk that does
 * not take the note is waited for as long as `isFull` says so: a task that is done and not noted would be done again.
 */
export async function finishTask(
  { notes, commit, onError }: FinishPorts,
  ...[task, isFull]: Parameters<Workspace['finish']>
): Promise<Finished> {
  const problems: string[] = []
  const committed = await commit(problems).catch((error) => {
    onError(error)
    problems.push(`its changes are not committed: ${error instanceof Error ? error.message : String(error)}`)
    return undefined
  })
  if (notes) {
    const mark = () => notes.settled(task, new Date(task.markedAt ?? Date.now()))
    let written = await mark()
    while ('problem' in written && DISK.test(written.code ?? '')) {
      if (!(await isFull(new Error(written.problem)))) return 'given up'
      written = await mark()
    }
    if ('problem' in written) problems.push(`it is not marked in ${placeOf(task)}: ${written.problem}`)
    else if (written.isRewritten) problems.push(rewritten(placeOf(task)))
  }
  return {
    ...(problems.length > 0 && { problem: problems.join('; ') }),
    ...(committed !== undefined && { commit: committed }),
  }
}

/** What people know the place by that the task was written in. */
const placeOf = ({ spec: { origin } }: Task): string => origin.file ?? originText(origin)

const rewritten = (file: string) =>
  `its text in ${file} has changed since it was queued. The earlier text was done and is marked as done; remove the mark to run the new one.`

/** Takes the mark out of the task file, or writes it again; returns what kept it from being done. */
export async function noteUndo(notes: TaskNotes | undefined, task: Task, again: boolean): Promise<string | undefined> {
  // A mark that Baton did not make is the user's own.
  if (!notes || task.markedAt === undefined) return undefined
  const written = await notes.settled(task, again ? new Date(task.markedAt) : undefined)
  if (!('problem' in written)) return undefined
  return again
    ? `it is not marked as done in ${placeOf(task)}: ${written.problem}`
    : `it is still marked as done in ${placeOf(task)}: ${written.problem}`
}
