import { createHash } from 'node:crypto'
import type { Command } from '../core/commands.ts'
import type { Reply } from '../core/inputs.ts'
import { actorText, taskName } from '../core/text.ts'
import type { Actor, Attempt, Task } from '../core/types.ts'
import type { Dispatcher } from '../daemon/dispatch.ts'
import { previewUndo, type UndoPreview, undo } from '../git/undo.ts'
import type { Reader } from '../store/read.ts'
import { plural } from '../text/amounts.ts'
import { fileOf } from './find-files.ts'
import { checkpointRef } from './git-evidence.ts'
import { markTask, unmarkTask } from './marks.ts'
import type { OwnGuard } from './own-guard.ts'

/** What giving back the state before a task needs. */
export interface UndoPorts {
  home: string
  stateDir: string
  queue: string
  read: Reader
  dispatcher: () => Dispatcher
  exclude: string[]
  /** Whether "done" is written into the task files. */
  mark: boolean
  setMeta: (key: string, value: unknown) => void
  writing: OwnGuard['writing']
}

interface Span {
  cwd: string
  from: string
  to: string
  /** An undo is taken back. */
  again: boolean
  /** Attempts up to this one were undone and begun anew since: they are no part of it. */
  since: number
}

/** What is kept of an undo: the way back, and the attempts that there were. */
interface Undone extends Span {
  attempts: number
}

const MAX_SHOWN = 20

/** Something of Baton's own is going on with the task's files, for a moment. */
const BEING_FINISHED: ReadonlySet<Task['phase']> = new Set(['verifying', 'marking', 'undoing'])

/** Undoes a task after asking back: the first command shows what would happen, the second names what was shown. */
export async function undoWish(
  ports: UndoPorts,
  command: Extract<Command, { type: 'undo' }>,
  by: Actor,
): Promise<Reply> {
  const task = findTask(ports, command)
  if (!task) return { ok: false, code: 'not-possible', text: `There is no task ${command.task} in this run.` }
  const span = spanOf(ports, task)
  if (typeof span === 'string') return { ok: false, code: 'not-possible', text: span }
  if (BEING_FINISHED.has(task.phase)) {
    return { ok: false, code: 'not-possible', text: `${taskName(task)} is being finished; try again in a moment.` }
  }
  if ([...ports.dispatcher().state().attempts.values()].some((attempt) => attempt.live)) {
    return {
      ok: false,
      code: 'not-possible',
      text: 'A task is being worked on in the same folder. Pause first, then undo.',
    }
  }
  const ref = checkpointRef(task, task.attempts, 'undo')
  const preview = await previewUndo({ ...span, ref, exclude: ports.exclude })
  // The word says which of the two was shown: a second tap on Undo must not ask to bring everything back.
  const direction = span.again ? 'b' : 'u'
  const token = `${direction}${createHash('sha256').update(preview.seen).digest('hex').slice(0, 16)}`
  if (/^[bu]/.test(command.confirm ?? '') && !command.confirm?.startsWith(direction)) {
    const text = `${taskName(task)} is ${span.again ? 'undone already' : 'not undone any more'}.`
    return { ok: false, code: 'nothing-to-do', text, data: { task: task.number } }
  }
  const overwrite = preview.conflicts.filter((conflict) => conflict.overwritable).map((conflict) => conflict.path)
  if (command.confirm !== token) {
    const changed = command.confirm === undefined ? '' : 'Something has changed since you looked. '
    const text = `${changed}${previewText(task, preview, span.again)}`
    return {
      ok: false,
      code: 'ambiguous',
      text,
      data: { confirm: token, overwrite, task: task.number, again: span.again, conflicts: preview.conflicts },
    }
  }
  const { ok, text } = await undoNow(ports, task, { ...span, seen: preview.seen, overwrite: command.overwrite ?? [] })
  await record(ports, task, { by, ok, text, again: span.again })
  return { ok, text, data: { task: task.number, undone: ok !== span.again } }
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
  const { again, since, ...request } = span
  const result = await undo({ ...request, ref: checkpointRef(task, task.attempts, 'undo'), exclude: ports.exclude })
  const ok = result.failed.length === 0
  const { attempts } = task
  const kept = ports.read.meta<Undone>(`undo:${task.id}`)
  // Killed before it was recorded, an undo is done a second time and finds nothing to do: the way back is that of the first.
  const isDone =
    kept?.again === !again && kept.attempts === attempts && result.restore.length + result.remove.length === 0
  // What was given back in part is still to be undone: the next undo finds what is left of it.
  if (ok && !isDone) {
    const way: Undone = {
      ...{ cwd: span.cwd, from: result.after.commit, to: result.before.commit },
      ...{ again: !again, since, attempts },
    }
    ports.setMeta(`undo:${task.id}`, way)
  }
  const noted = ok ? await note(ports, task, again) : undefined
  const left = result.conflicts.filter((conflict) => !span.overwrite?.includes(conflict.path))
  const { restore, remove } = result
  const files = [
    restore.length > 0 && `${plural(restore.length, 'file')} restored`,
    remove.length > 0 && `${plural(remove.length, 'file')} deleted`,
  ].filter(Boolean)
  const parts = [
    `${again ? 'Brought back' : 'Undid'} task ${task.number} (${task.spec.title}): ${files.join(', ') || 'no file had to change'}`,
    left.length > 0 && `left alone, because somebody changed them since: ${left.map((c) => c.path).join(', ')}`,
    result.failed.length > 0 && `could not be changed: ${result.failed.map((f) => `${f.path} (${f.why})`).join(', ')}`,
    noted,
  ]
  return { ok, text: parts.filter(Boolean).join('; ') }
}

/** Takes the mark out of the task file, or writes it again; tells what kept it from being done. */
async function note(
  { home, stateDir, mark, writing }: UndoPorts,
  task: Task,
  again: boolean,
): Promise<string | undefined> {
  // A mark that Baton did not make is the user's own.
  if (!mark || task.markedAt === undefined) return undefined
  const file = fileOf(home, task)
  const { markedAt, spec } = task
  const written = await writing<Awaited<ReturnType<typeof unmarkTask>>>(file, () =>
    again ? markTask(stateDir, file, spec, new Date(markedAt)) : unmarkTask(stateDir, file, spec),
  )
  if (!('problem' in written)) return undefined
  return again
    ? `it is not noted as done in ${task.spec.file}: ${written.problem}`
    : `it is still noted as done in ${task.spec.file}: ${written.problem}`
}

async function record(
  ports: UndoPorts,
  task: Task,
  { by, ok, text, again }: { by: Actor; ok: boolean; text: string; again: boolean },
): Promise<void> {
  const dispatcher = ports.dispatcher()
  if (!dispatcher.recall(task.runId)) return
  await dispatcher.record({ type: 'undone', taskId: task.id, by, ok, text: `${text}; by ${actorText(by)}`, again })
}

function findTask({ read, queue }: UndoPorts, command: Extract<Command, { type: 'undo' }>): Task | undefined {
  const open = read.runs({ queue, openOnly: true, limit: 1_000 }).sort((a, b) => a.seq - b.seq)[0]
  const runId = command.runId ?? open?.id ?? read.runs({ queue, limit: 1 })[0]?.id
  return runId === undefined ? undefined : read.taskByNumber(runId, command.task)
}

/** From the state after a task to the one before it; or, while it is undone, the other way round. */
function spanOf({ read }: UndoPorts, task: Task): Span | string {
  const undone = read.meta<Undone>(`undo:${task.id}`)
  if (task.phase === 'undone' && undone?.again) return undone
  const since = firstOf(task, undone)
  const attempts = read.attempts(task.id).filter(({ number }) => number > since)
  const first = attempts.find((attempt: Attempt) => attempt.checkpointBefore !== undefined)
  const last = attempts.findLast((attempt: Attempt) => attempt.checkpointAfter !== undefined)
  if (!first?.checkpointBefore || !last?.checkpointAfter) {
    return attempts.length === 0
      ? `${taskName(task)} has not been worked on.`
      : `${taskName(task)} has no checkpoints: its folder is not a git repository, or it has not come to an end.`
  }
  return { cwd: last.cwd, from: last.checkpointAfter, to: first.checkpointBefore, again: false, since }
}

/** After a redo only what it did can be undone: what the user changed between the two is none of it. */
function firstOf({ attempts }: Task, undone: Undone | undefined): number {
  if (!undone) return 0
  return undone.again && attempts > undone.attempts ? undone.attempts : (undone.since ?? 0)
}

function previewText(task: Task, preview: UndoPreview, again: boolean): string {
  const list = (paths: string[]) =>
    [
      ...paths.slice(0, MAX_SHOWN).map((path) => `  ${path}`),
      ...(paths.length > MAX_SHOWN ? [`  … ${paths.length - MAX_SHOWN} more`] : []),
    ].join('\n')
  const { restore, remove, conflicts } = preview
  const parts = [
    `${again ? 'Bring back' : 'Undo'} task ${task.number} (${task.spec.title})?`,
    restore.length + remove.length === 0 && 'No file would change.',
    restore.length > 0 && `Will restore ${plural(restore.length, 'file')}:\n${list(restore)}`,
    remove.length > 0 && `Will delete ${plural(remove.length, 'file')}:\n${list(remove)}`,
    conflicts.length > 0 &&
      `Will leave alone what somebody changed since (${conflicts.length}):\n${list(conflicts.map((c) => `${c.path} (${c.why})`))}`,
  ]
  return parts.filter(Boolean).join('\n')
}
