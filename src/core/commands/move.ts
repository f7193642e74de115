import { actorText } from '../actors.ts'
import type { Draft } from '../draft.ts'
import type { Reply } from '../inputs.ts'
import { notPossible } from '../reply.ts'
import { hasEnded } from '../state.ts'
import { taskSubject } from '../text.ts'
import type { Actor, Task } from '../types.ts'
import type { ResolvedCommand } from './commands.ts'

/**
 * Gives a queued task another place in the order of work: before another one, at the front, or at the end. What it depends
 * on is still waited for, and what has begun keeps its turn.
 */
export function moveTask(
  draft: Draft,
  task: Task,
  before: Extract<ResolvedCommand, { type: 'move' }>['before'],
  by: Actor,
): Reply {
  const refused = whyNot(draft, task)
  if (refused) return refused
  const order = [...draft.tasksOf(task.runId)]
  const others = order.filter(({ id }) => id !== task.id)
  let place = others.length
  if (before === undefined) place = others.findIndex(({ phase }) => phase === 'queued')
  else if (before !== 'end') {
    const target = draft.taskByNumber(task.runId, before)
    if (!target) return notPossible(`There is no task ${before} in this run.`)
    const unmovable = target.id === task.id ? undefined : whyNot(draft, target)
    if (unmovable) return unmovable
    place = target.id === task.id ? order.indexOf(task) : others.indexOf(target)
  }
  if (place < 0) place = order.indexOf(task)
  const wanted = [...others.slice(0, place), task, ...others.slice(place)]
  const changed = wanted.flatMap((one, position) => (one.position === position ? [] : [{ ...one, position }]))
  if (changed.length === 0)
    return {
      ok: true,
      code: 'nothing-to-do',
      text: `${taskSubject(task)} is already there.`,
      data: { task: task.number },
    }
  for (const row of changed) draft.put({ table: 'tasks', row })
  const where = placeText(wanted, place)
  draft.emit('task.moved', {
    task,
    text: `${taskSubject(task)} was moved ${where} by ${actorText(by)}`,
    data: { by, ...(before !== undefined && { before }) },
  })
  return {
    ok: true,
    text: `Moved task ${task.number} ${where}.${stillWaits(draft, task)}`,
    data: { task: task.number },
  }
}

/** Only a task that has not started, and that nobody is asked to start, has a place that can change. */
function whyNot(draft: Draft, task: Task): Reply | undefined {
  if (draft.run(task.runId).state !== 'open') return notPossible('That run has ended: there is no queue to move it in.')
  if (hasEnded(task)) return notPossible(`${taskSubject(task)} is already ${task.phase}.`)
  if (task.phase === 'queued') return undefined
  return notPossible(
    `${taskSubject(task)} has already started its turn; only queued tasks can be moved, to a place behind it at the earliest.`,
  )
}

/** What it comes before or after now, by the nearest task that is still to be done. */
function placeText(order: readonly Task[], place: number): string {
  const following = order.slice(place + 1).find((other) => !hasEnded(other))
  return following ? `before task ${following.number}` : 'to the end'
}

/** A place at the front does not free a task from what it depends on, which is said where it matters. */
function stillWaits(draft: Draft, task: Task): string {
  const open = task.dependsOn.filter((number) => {
    const other = draft.taskByNumber(task.runId, number)
    return other && !hasEnded(other)
  })
  return open.length === 0 ? '' : ` It still waits for task ${open.join(', ')}.`
}
