import type { SingleValues } from '../../core/kept-values.ts'
import { taskSubject } from '../../core/text.ts'
import type { Attempt, Task } from '../../core/types.ts'
import { previewUndo, undo } from '../../git/undo/undo.ts'
import { plural } from '../../text/amounts.ts'
import { checkpointRef } from '../evidence/checkpoint-ref.ts'
import { noteUndo, type TaskNotes } from '../finish.ts'
import type { Undo, UndoAgreed, UndoShown } from '../workspace.ts'

/** What giving back the state before a task needs. */
export interface UndoPorts {
  /** All attempts at a task, oldest first. */
  attempts: (taskId: string) => Attempt[]
  meta: SingleValues
  exclude: string[]
  /** Absent where nothing is written into task files. */
  notes: TaskNotes | undefined
}

interface Span {
  cwd: string
  from: string
  to: string
  /** An undo is taken back. */
  again: boolean
  /** Attempts up to this one have been undone and started over since: they are not part of it. */
  since: number
}

/** What is kept of an undo: the way back, and the attempts that there were. */
interface Undone extends Span {
  attempts: number
}

/** What undoing a task would do; words where there is nothing to undo. */
export async function previewTaskUndo(ports: UndoPorts, task: Task): Promise<UndoShown | string> {
  const span = spanOf(ports, task)
  if (typeof span === 'string') return span
  const { again, since: _, ...request } = span
  const ref = checkpointRef(task, task.attempts, 'undo')
  return { preview: await previewUndo({ ...request, ref, exclude: ports.exclude }), again }
}

/** Returns what was there before a task; what others changed since is left alone and reported, except for what was agreed to. */
export async function undoTask(ports: UndoPorts, task: Task, agreed?: UndoAgreed): Promise<Undo> {
  const span = spanOf(ports, task)
  if (typeof span === 'string') return { ok: false, text: span, again: false }
  const { again, since, ...request } = span
  const ref = checkpointRef(task, task.attempts, 'undo')
  const result = await undo({ ...request, ...agreed, ref, exclude: ports.exclude })
  const ok = result.failed.length === 0
  const { attempts } = task
  const kept = ports.meta.get<Undone>(`undo:${task.id}`)
  // Killed before it was recorded, an undo is done a second time and finds nothing to do: the way back is that of the first.
  const isDone =
    kept?.again === !again && kept.attempts === attempts && result.restore.length + result.remove.length === 0
  // What was given back in part is still to be undone: the next undo finds what is left of it.
  if (ok && !isDone) {
    const way: Undone = {
      ...{ cwd: span.cwd, from: result.after.commit, to: result.before.commit },
      ...{ again: !again, since, attempts },
    }
    ports.meta.set(`undo:${task.id}`, way)
  }
  const noted = ok ? await noteUndo(ports.notes, task, again) : undefined
  const left = result.conflicts.filter((conflict) => !agreed?.overwrite.includes(conflict.path))
  const { restore, remove } = result
  const files = [
    restore.length > 0 && `${plural(restore.length, 'file')} restored`,
    remove.length > 0 && `${plural(remove.length, 'file')} deleted`,
  ].filter(Boolean)
  const parts = [
    `${again ? 'Brought back' : 'Undid'} task ${task.number} (${task.spec.title}): ${files.join(', ') || 'no file changed'}`,
    left.length > 0 && `left alone because somebody has changed them since: ${left.map((c) => c.path).join(', ')}`,
    result.failed.length > 0 && `could not be changed: ${result.failed.map((f) => `${f.path} (${f.why})`).join(', ')}`,
    noted,
  ]
  return { ok, text: parts.filter(Boolean).join('; '), again }
}

/** From the state after a task to the one before it; or, while it is undone, the other way round. */
function spanOf(ports: UndoPorts, task: Task): Span | string {
  const undone = ports.meta.get<Undone>(`undo:${task.id}`)
  if (task.phase === 'undone' && undone?.again) return undone
  const since = firstOf(task, undone)
  const attempts = ports.attempts(task.id).filter(({ number }) => number > since)
  const first = attempts.find((attempt: Attempt) => attempt.checkpointBefore !== undefined)
  const last = attempts.findLast((attempt: Attempt) => attempt.checkpointAfter !== undefined)
  if (!first?.checkpointBefore || !last?.checkpointAfter) {
    return attempts.length === 0
      ? `${taskSubject(task)} has not been worked on.`
      : `${taskSubject(task)} has no checkpoints: its folder is not a git repository, or it has not finished.`
  }
  return { cwd: last.cwd, from: last.checkpointAfter, to: first.checkpointBefore, again: false, since }
}

/** After a redo only what it did can be undone: what the user changed between the two is none of it. */
function firstOf({ attempts }: Task, undone: Undone | undefined): number {
  if (!undone) return 0
  return undone.again && attempts > undone.attempts ? undone.attempts : (undone.since ?? 0)
}
