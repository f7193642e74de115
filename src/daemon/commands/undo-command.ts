import { setTimeout as sleep } from 'node:timers/promises'
import { actorText } from '../../core/actors.ts'
import type { Command } from '../../core/commands/commands.ts'
import { severalRuns } from '../../core/commands/several-runs.ts'
import { takenWords } from '../../core/commands/takeover.ts'
import type { Reply } from '../../core/inputs.ts'
import { notPossible } from '../../core/reply.ts'
import { taskSubject } from '../../core/text.ts'
import type { Actor, Task } from '../../core/types.ts'
import type { Reader } from '../../store/read.ts'
import { plural } from '../../text/amounts.ts'
import { sha256 } from '../../text/sha256.ts'
import type { UndoShown, Workspace } from '../../workspace/workspace.ts'
import { namedTask } from '../api/named-task.ts'
import type { Dispatcher } from '../queue/dispatcher.ts'

/** What undoing a task by a person's command needs. */
export interface UndoCommandPorts {
  queue: string
  read: Reader
  dispatcher: () => Dispatcher
  workspace: Pick<Workspace, 'kind' | 'previewUndo' | 'undo'>
}

const MAX_SHOWN = 20
/** Longer than a process that is stopped is given to end. */
const STOPPING_MS = 8_000
const LOOK_MS = 50

/** Baton itself is busy with the task's files, for a moment. */
const BEING_FINISHED: ReadonlySet<Task['phase']> = new Set(['verifying', 'merging', 'marking', 'undoing'])

/** Undoes a task after confirmation: the first command shows what would happen, the second names what was shown. */
export async function undoCommand(
  ports: UndoCommandPorts,
  command: Extract<Command, { type: 'undo' }>,
  by: Actor,
): Promise<Reply> {
  const { workspace } = ports
  const task = taskOf(ports, command)
  if ('ok' in task) return task
  // What a process that ends may still write belongs to what is shown.
  if (workspace.kind === 'in_place') await untilStopped(ports)
  const shown = await workspace.previewUndo(task)
  if (typeof shown === 'string') return notPossible(shown)
  if (BEING_FINISHED.has(task.phase)) {
    return notPossible(`${taskSubject(task)} is just finishing; try again in a moment.`)
  }
  const state = ports.dispatcher().state()
  const taken = [...state.tasks.values()].find(
    ({ id, phase }) => phase === 'taken_over' && (id === task.id || workspace.kind === 'in_place'),
  )
  if (taken) return notPossible(takenWords(taken))
  if (workspace.kind === 'in_place') {
    const [live] = liveTasks(ports)
    if (live && isStopping(ports, live))
      return notPossible(`${taskSubject(live)} is just stopping; try again in a moment.`)
    if (live) return notPossible('A task is running in the same folder. Pause first, then undo.')
  }
  const dispatcher = ports.dispatcher()
  if ('conflict' in shown) {
    if (!dispatcher.recall(task.runId)) return notPossible(shown.conflict.words)
    const { reply } = await dispatcher.record({ type: 'undo-conflict', taskId: task.id, conflict: shown.conflict })
    return reply ?? notPossible(shown.conflict.words)
  }
  const { preview, again } = shown
  if (task.phase === (again ? 'done' : 'undone')) await catchUp(dispatcher, task, by, !again)
  // The word says which of the two was shown: a second tap on Undo must not ask to bring everything back.
  const direction = again ? 'b' : 'u'
  const token = `${direction}${sha256(preview.seen).slice(0, 16)}`
  if (/^[bu]/.test(command.confirm ?? '') && !command.confirm?.startsWith(direction)) {
    const text = `${taskSubject(task)} is ${again ? 'already undone' : 'no longer undone'}.`
    return { ok: false, code: 'nothing-to-do', text, data: { task: task.number } }
  }
  const overwrite = preview.conflicts.filter((conflict) => conflict.overwritable).map((conflict) => conflict.path)
  if (command.confirm !== token) {
    const changed = command.confirm === undefined ? '' : 'Something has changed since you looked. '
    const text = `${changed}${previewText(task, preview, again)}`
    return {
      ok: false,
      code: 'ambiguous',
      text,
      data: { confirm: token, overwrite, task: task.number, again, conflicts: preview.conflicts },
    }
  }
  const { ok, text } = await workspace.undo(task, { seen: preview.seen, overwrite: command.overwrite ?? [] })
  if (dispatcher.recall(task.runId))
    await dispatcher.record({ type: 'undone', taskId: task.id, by, ok, text: `${text}; by ${actorText(by)}`, again })
  return { ok, text, data: { task: task.number, undone: ok !== again } }
}

/** Killed between an undo and its record, the files are right already, and what is known of the task follows. */
async function catchUp(dispatcher: Dispatcher, task: Task, by: Actor, again: boolean): Promise<void> {
  const text = `${taskSubject(task)} was ${again ? 'brought back' : 'undone'} right before a restart`
  if (dispatcher.recall(task.runId))
    await dispatcher.record({ type: 'undone', taskId: task.id, by, ok: true, text, again })
}

const liveTasks = ({ dispatcher }: UndoCommandPorts): Task[] => {
  const { attempts, tasks } = dispatcher().state()
  return [...attempts.values()].flatMap(({ live, taskId }) => (live ? (tasks.get(taskId) ?? []) : []))
}
const isStopping = ({ read }: UndoCommandPorts, { runId }: Task): boolean => read.run(runId)?.endedAt !== undefined

/** Right after a stop the process still has a moment to end in, and whoever stopped it need not know. */
async function untilStopped(ports: UndoCommandPorts): Promise<void> {
  for (let waitedMs = 0; waitedMs < STOPPING_MS; waitedMs += LOOK_MS) {
    const live = liveTasks(ports)
    if (live.length === 0 || !live.every((task) => isStopping(ports, task))) return
    await sleep(LOOK_MS)
  }
}

/** The task that is meant; or a reply: there is none, or several runs have one of that number. */
function taskOf({ read, queue }: UndoCommandPorts, command: Extract<Command, { type: 'undo' }>): Task | Reply {
  const { runId, task: number } = command
  const named = runId === undefined ? namedTask(read, queue, number) : undefined
  const task = runId === undefined ? named?.task : read.taskByNumber(runId, number)
  if (!task) return notPossible(`There is no task ${number} in this run.`)
  return named && named.others.length > 0 ? severalRuns(number, [task, ...named.others]) : task
}

function previewText(task: Task, preview: UndoShown['preview'], again: boolean): string {
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
