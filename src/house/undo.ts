import { createHash } from 'node:crypto'
import type { Reply } from '../core/inputs.ts'
import { actorText, plural, taskName } from '../core/text.ts'
import type { Actor, Attempt, Task } from '../core/types.ts'
import type { Dispatcher } from '../daemon/dispatch.ts'
import type { Wish } from '../daemon/wishes.ts'
import { previewUndo, type UndoPreview, undo } from '../git/undo.ts'
import type { Reader } from '../store/read.ts'
import { clearMark, writeMark } from '../taskfile/mark.ts'
import { fileOf } from './find-files.ts'
import { checkpointRef } from './git-evidence.ts'
import type { OwnGuard } from './own-guard.ts'

/** What giving back the state before a task needs. */
export interface UndoPorts {
  home: string
  queue: string
  read: Reader
  dispatcher: () => Dispatcher
  exclude: string[]
  setMeta: (key: string, value: unknown) => void
  writing: OwnGuard['writing']
}

interface Span {
  cwd: string
  from: string
  to: string
  /** An undo is taken back. */
  again: boolean
}

const MAX_SHOWN = 20

/** Undoes a task after asking back: the first wish shows what would happen, the second names what was shown. */
export async function undoWish(ports: UndoPorts, wish: Extract<Wish, { type: 'undo' }>, by: Actor): Promise<Reply> {
  const task = findTask(ports, wish)
  if (!task) return { ok: false, code: 'not-possible', text: `There is no task ${wish.task} in this run.` }
  const span = spanOf(ports, task)
  if (typeof span === 'string') return { ok: false, code: 'not-possible', text: span }
  if ([...ports.dispatcher().state().attempts.values()].some((attempt) => attempt.live)) {
    return {
      ok: false,
      code: 'not-possible',
      text: 'A task is being worked on in the same folder. Pause first, then undo.',
    }
  }
  const ref = checkpointRef(task, task.attempts, 'undo')
  const preview = await previewUndo({ ...span, ref, exclude: ports.exclude })
  const token = createHash('sha256').update(preview.seen).digest('hex').slice(0, 16)
  const overwrite = preview.conflicts.filter((conflict) => conflict.overwritable).map((conflict) => conflict.path)
  if (wish.confirm !== token) {
    const changed = wish.confirm === undefined ? '' : 'Something has changed since you looked. '
    const text = `${changed}${previewText(task, preview, span.again)}`
    return {
      ok: false,
      code: 'ambiguous',
      text,
      data: { confirm: token, overwrite, task: task.number, conflicts: preview.conflicts },
    }
  }
  const { ok, text } = await undoNow(ports, task, { ...span, seen: preview.seen, overwrite: wish.overwrite ?? [] })
  await record(ports, task, { by, ok, text, again: span.again })
  return { ok, text: `${taskName(task)}: ${text}`, data: { task: task.number } }
}

/** The undo of a review: what others changed since is left alone and told. */
export async function undoReviewed(ports: UndoPorts, task: Task): Promise<{ ok: boolean; text: string }> {
  const span = spanOf(ports, task)
  return typeof span === 'string' ? { ok: false, text: span } : undoNow(ports, task, span)
}

async function undoNow(
  ports: UndoPorts,
  task: Task,
  span: Span & { seen?: string; overwrite?: string[] },
): Promise<{ ok: boolean; text: string }> {
  const { again, ...request } = span
  const result = await undo({ ...request, ref: checkpointRef(task, task.attempts, 'undo'), exclude: ports.exclude })
  ports.setMeta(`undo:${task.id}`, {
    cwd: span.cwd,
    from: result.after.commit,
    to: result.before.commit,
    again: !again,
  })
  const file = fileOf(ports.home, task)
  await ports.writing<unknown>(file, () =>
    again ? writeMark(file, task.spec, new Date(task.markedAt ?? Date.now())) : clearMark(file, task.spec),
  )
  const left = result.conflicts.filter((conflict) => !span.overwrite?.includes(conflict.path))
  const parts = [
    `${again ? 'brought back' : 'undone'}: ${plural(result.restore.length, 'file')} given back, ${result.remove.length} removed`,
    left.length > 0 && `left alone, because somebody changed them since: ${left.map((c) => c.path).join(', ')}`,
    result.failed.length > 0 && `could not be changed: ${result.failed.map((f) => `${f.path} (${f.why})`).join(', ')}`,
  ]
  return { ok: result.failed.length === 0, text: parts.filter(Boolean).join('; ') }
}

async function record(
  ports: UndoPorts,
  task: Task,
  { by, ok, text, again }: { by: Actor; ok: boolean; text: string; again: boolean },
): Promise<void> {
  const dispatcher = ports.dispatcher()
  // Tasks of older runs are no longer in memory; their files are given back all the same.
  if (!dispatcher.state().tasks.has(task.id)) return
  await dispatcher.record({ type: 'undone', taskId: task.id, by, ok, text: `${text} (${actorText(by)})`, again })
}

function findTask({ read, queue }: UndoPorts, wish: Extract<Wish, { type: 'undo' }>): Task | undefined {
  const open = read.runs({ queue, openOnly: true, limit: 1_000 }).sort((a, b) => a.seq - b.seq)[0]
  const runId = wish.runId ?? open?.id ?? read.runs({ queue, limit: 1 })[0]?.id
  return runId === undefined ? undefined : read.taskByNumber(runId, wish.task)
}

/** From the state after a task to the one before it; or, after an undo, the other way round. */
function spanOf({ read }: UndoPorts, task: Task): Span | string {
  const undone = read.meta<Span>(`undo:${task.id}`)
  if (undone?.again) return undone
  const attempts = read.attempts(task.id)
  const first = attempts.find((attempt: Attempt) => attempt.checkpointBefore !== undefined)
  const last = attempts.findLast((attempt: Attempt) => attempt.checkpointAfter !== undefined)
  if (!first?.checkpointBefore || !last?.checkpointAfter) {
    return attempts.length === 0
      ? `${taskName(task)} has not been worked on.`
      : `${taskName(task)} has no checkpoints: its folder is not a git repository, or it has not come to an end.`
  }
  return { cwd: last.cwd, from: last.checkpointAfter, to: first.checkpointBefore, again: false }
}

function previewText(task: Task, preview: UndoPreview, again: boolean): string {
  const list = (paths: string[]) =>
    [
      ...paths.slice(0, MAX_SHOWN).map((path) => `  ${path}`),
      ...(paths.length > MAX_SHOWN ? [`  … ${paths.length - MAX_SHOWN} more`] : []),
    ].join('\n')
  const nothing = preview.restore.length + preview.remove.length === 0
  const parts = [
    `${again ? 'Take back the undo of' : 'Undo'} ${taskName(task)}?`,
    nothing && 'Nothing would change: every file is as it was before.',
    preview.restore.length > 0 && `Given back (${preview.restore.length}):\n${list(preview.restore)}`,
    preview.remove.length > 0 && `Removed (${preview.remove.length}):\n${list(preview.remove)}`,
    preview.conflicts.length > 0 &&
      `Changed by somebody since, and left alone (${preview.conflicts.length}):\n${list(preview.conflicts.map((c) => `${c.path} (${c.why})`))}`,
  ]
  return parts.filter(Boolean).join('\n')
}
