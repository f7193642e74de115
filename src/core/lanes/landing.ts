import { taskLanded } from '../advance.ts'
import { withdrawAsk } from '../asks/asks.ts'
import { openMergeLine } from '../asks/gates.ts'
import { undone } from '../commands/undo.ts'
import type { Draft } from '../draft.ts'
import type { InputOf } from '../inputs.ts'
import { withProof } from '../proof/findings.ts'
import { continueTask, endTask, isAlone, stopRun } from '../tasks.ts'
import { taskSubject } from '../text.ts'
import type { Landing, Task } from '../types.ts'

const RETURNS = 2

/** The merge line is done with a task. */
export function landed(draft: Draft, { taskId, landing }: InputOf<'landed'>): void {
  const task = draft.task(taskId)
  if (task.phase !== 'merging') return
  if (landing.kind === 'landed') land(draft, task, landing)
  else if (landing.kind === 'aside')
    endTask(draft, { ...task, result: landing.words }, 'failed', {}, `${taskSubject(task)}: ${landing.words}`)
  else if (landing.kind === 'returned') giveBack(draft, task, landing)
  else block(draft, task, landing.words)
}

function land(
  draft: Draft,
  task: Task,
  { commit, checks, notes = [], findings = [], followed, artifacts }: Extract<Landing, { kind: 'landed' }>,
): void {
  const proven = { ...(commit !== undefined && { commit }), ...(findings.length > 0 && { findings }) }
  const row: Task = {
    ...task,
    landed: {
      at: draft.now,
      ...(commit !== undefined && { commit }),
      ...(checks && { checks }),
      ...(followed && { followed }),
    },
    ...(artifacts && { artifacts }),
    ...(Object.keys(proven).length > 0 && { proof: withProof(task.proof, proven) }),
  }
  draft.put({ table: 'tasks', row })
  for (const ask of draft.asksOf(task.id))
    if (ask.state === 'open') withdrawAsk(draft, ask, `task ${task.number} has landed`)
  const where = commit === undefined ? '' : ` as ${commit.slice(0, 10)}`
  draft.emit('task.landed', { task: row, text: `${taskSubject(task)} has landed${where}`, data: { commit, checks } })
  for (const note of notes) draft.emit('note', { task: row, text: `Task ${task.number}: ${note}` })
  if (task.undoes) {
    const { taskId, again, by } = task.undoes
    const text = `${taskSubject(task)} has ${again ? 'brought it back' : 'taken it out'}`
    undone(draft, { type: 'undone', taskId, by, ok: true, again, text })
  }
  taskLanded(draft, row)
}

function giveBack(draft: Draft, task: Task, { why, words, hunks }: Extract<Landing, { kind: 'returned' }>): void {
  const most = draft.policy.returns ?? RETURNS
  const returns = (task.returns ?? 0) + 1
  const row: Task = { ...task, returns, result: words, outcome: 'failed' }
  const what =
    why === 'conflict' ? 'conflicts with what landed before it' : 'fails its checks together with what landed before it'
  const next = returns <= most ? '; it goes back to its session' : ''
  draft.emit('task.returned', { task: row, text: `${taskSubject(task)} ${what}${next}`, data: { why, words, returns } })
  if (returns <= most) continueTask(draft, row, { reason: 'returned', words })
  else if (!isAlone(draft, task.runId))
    draft.put({ table: 'tasks', row: { ...row, phase: 'failure', ...(hunks !== undefined && { hunks }) } })
  else endTask(draft, row, 'failed', { byFailure: true }, `${taskSubject(task)} failed: it ${what}`)
}

/** It is nobody's fault: the line waits for a person, and every task in it with it. */
function block(draft: Draft, task: Task, words: string): void {
  if (isAlone(draft, task.runId)) {
    stopRun(draft, task.runId, words)
    return
  }
  const isAsked = draft.openAsks().some((ask) => ask.about === 'merge-line' && ask.runId === task.runId)
  if (!isAsked) openMergeLine(draft, task, words)
}
