import type { Draft } from '../draft.ts'
import type { InputOf, Reply } from '../inputs.ts'
import { addToRun } from '../tasks.ts'
import { taskName, taskSubject } from '../text.ts'
import type { Actor, Answer, Ask, Option, Task, TaskSpec } from '../types.ts'
import { openAsk, withdrawAsk } from './asks.ts'
import { linesInConflict } from './gates.ts'

/** A landed task does not come out by itself: who solves that? Asked once, however often the undo is wanted meanwhile. */
export function undoConflict(draft: Draft, { taskId, conflict }: InputOf<'undo-conflict'>): Reply {
  const task = draft.task(taskId)
  const { again, words, hunks, also, instruction } = conflict
  const text = [
    words,
    linesInConflict(hunks),
    `“${SOLVE}” starts a task that ${again ? 'brings it back and keeps' : 'takes it out and keeps'} what landed after it; the checks decide as for every task.`,
    also.length > 0 && `“${togetherLabel(task, also)}” takes out all that these tasks did.`,
    '“Leave it” changes nothing: change the lines yourself, then undo again.',
  ]
  const shown = text.filter(Boolean).join('\n\n')
  const open = draft.asksOf(taskId).find((ask) => ask.about === 'undo' && ask.state === 'open')
  if (open && open.text !== shown) withdrawAsk(draft, open, 'the files have changed since')
  const ask =
    open?.text === shown
      ? open
      : openAsk(draft, task, {
          kind: 'approval',
          about: 'undo',
          title: `${taskSubject(task)} cannot be ${again ? 'brought back' : 'undone'} on its own`,
          text: shown,
          hunks,
          undo: { again, also, instruction },
          options: [
            { choice: 'approve', label: SOLVE },
            ...(also.length > 0 ? [{ choice: 'undo', label: togetherLabel(task, also) } satisfies Option] : []),
            { choice: 'reject', label: 'Leave it' },
          ],
        })
  return {
    ok: false,
    code: 'not-possible',
    text: `${ask.title}. You are asked what to do about it.`,
    data: { task: task.number, askId: ask.id },
  }
}

const SOLVE = 'Let Claude solve it'
const MOST_NUMBERS = 3

/** `Undo tasks 5, 4 and 2`, `Undo task 2 and 7 later ones`. */
function togetherLabel({ number }: Task, also: readonly number[]): string {
  if (also.length >= MOST_NUMBERS) return `Undo task ${number} and ${also.length} later ones`
  return `Undo tasks ${also.join(', ')} and ${number}`
}

/** What a person decided about an undo that does not go by itself. */
export function undoDecided(draft: Draft, ask: Ask, by: Actor): void {
  const task = draft.task(ask.taskId)
  const { again = false, also = [], instruction = '' } = ask.undo ?? {}
  const { choice } = ask.answer as Answer
  if (choice === 'approve')
    addToRun(draft, task.runId, {
      spec: solverSpec(task, again, instruction),
      undoes: { taskId: task.id, again, by },
    })
  if (choice !== 'undo') return
  const { undoing = [], ...queue } = draft.queue()
  const ids = also.flatMap((number) => draft.taskByNumber(task.runId, number)?.id ?? [])
  draft.put({
    table: 'queue',
    row: { ...queue, undoing: [...undoing, { runId: task.runId, taskId: task.id, also: ids, by }] },
  })
}

/** What comes of the decision, for whoever made it. */
export function undoDecidedText(draft: Draft, { undo, taskId, runId }: Ask, { choice }: Answer): string {
  const task = draft.task(taskId)
  if (choice === 'undo') return `${togetherLabel(task, undo?.also ?? [])}: checked first, then done.`
  if (choice !== 'approve') return `${taskSubject(task)} stays as it is.`
  const solver = [...draft.tasksOf(runId)].findLast(({ undoes }) => undoes?.taskId === taskId)
  return solver ? `Added ${taskName(solver)}` : `${taskSubject(task)} is left to Claude.`
}

/** It works as the task did, and is proved by the checks of the project: those of the task are about what is taken out. */
function solverSpec({ number, spec }: Task, again: boolean, instruction: string): TaskSpec {
  const { outsider, foreign, model, effort, agent, permissionMode, allowedTools, directory, context, origin } = spec
  return {
    ...(outsider && { outsider }),
    ...(foreign && { foreign }),
    ...(model !== undefined && { model }),
    ...(effort !== undefined && { effort }),
    ...(agent !== undefined && { agent }),
    ...(permissionMode !== undefined && { permissionMode }),
    ...(allowedTools && { allowedTools }),
    ...(directory !== undefined && { directory }),
    // Nobody wrote it down, so that there is no place in the file that is its own.
    origin: {
      source: 'files',
      ref: `${again ? 'Bring back' : 'Take out'} task ${number}`,
      ...(origin.file !== undefined && { file: origin.file }),
      ...(origin.line !== undefined && { line: origin.line }),
    },
    title: `${again ? 'Bring back' : 'Take out'} task ${number}: ${spec.title}`,
    priority: spec.priority,
    // A person has just decided that.
    requiresApproval: false,
    ...{ criteria: [], verify: [], instruction, context, done: false },
  }
}
