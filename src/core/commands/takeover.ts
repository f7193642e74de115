import { actorText } from '../actors.ts'
import { taskPassed } from '../advance.ts'
import { withdrawAsk } from '../asks/asks.ts'
import { unheardAnswers } from '../asks/undelivered-answers.ts'
import type { Draft } from '../draft.ts'
import type { InputOf, Reply } from '../inputs.ts'
import { withProof } from '../proof/findings.ts'
import { isFirstCheck } from '../proof/first-check.ts'
import { notPossible } from '../reply.ts'
import { hasEnded } from '../state.ts'
import { continueTask } from '../tasks.ts'
import { taskName, taskSubject } from '../text.ts'
import type { Actor, Attempt, Task, TaskPhase } from '../types.ts'
import type { ResolvedCommand } from './commands.ts'
import { naming, type ReplyWords, toGive } from './naming.ts'

type Takeover = Extract<ResolvedCommand, { type: 'takeover' }>
type Release = Extract<ResolvedCommand, { type: 'release' }>

/** Phases in which nothing is going on that could not stop here, and the session can be opened by a person. */
const TAKEABLE: ReadonlySet<TaskPhase> = new Set(['working', 'verifying', 'review', 'failure'])

/**
 * Gives the session of a task to a person. What was asked is withdrawn and shown, Claude's process is ended,
 * and nobody resumes the session before the task is handed back.
 */
export function takeOver(draft: Draft, task: Task, command: Takeover, by: Actor): Reply {
  if (task.phase === 'taken_over') return takeAgain(draft, task, command, by)
  const { window, instead } = command
  // A window that ends when the task was handed back already must not take it again.
  if (instead !== undefined)
    return { ok: false, code: 'nothing-to-do', text: `${taskSubject(task)} is not taken over.` }
  const attempt = task.attemptId === undefined ? undefined : draft.attempt(task.attemptId)
  const why = whyNot(task, attempt)
  if (why !== undefined) return notPossible(naming`${taskSubject(task)} ${why}`)
  const open = draft.asksOf(task.id).filter(({ state }) => state === 'open')
  for (const ask of open) withdrawAsk(draft, ask, `${actorText(by)} took over task ${task.number}`)
  const row: Task = { ...task, phase: 'taken_over', takenOver: { by, at: draft.now, ...(window && { window }) } }
  draft.put({ table: 'tasks', row })
  draft.emit('task.taken-over', {
    task: row,
    text: `${taskSubject(task)} was taken over by ${actorText(by)}`,
    data: { by },
  })
  // A question of one part has its words in both.
  const asked = open.map(({ title, text }) => (text.startsWith(title) ? text : `${title}\n${text}`))
  const text = [`You have taken over ${taskName(task)}.`, ...asked.map((words) => `It was asking:\n${words}`)].join(
    '\n\n',
  )
  return { ok: true, text, data: { task: task.number, taskId: task.id, runId: task.runId, asked } }
}

/** A window takes the place of another one of the same person's, or of none. */
function takeAgain(draft: Draft, task: Task, { window, instead }: Takeover, by: Actor): Reply {
  const { takenOver } = task
  const data = { task: task.number, taskId: task.id, runId: task.runId, asked: [] }
  if (!takenOver || takenOver.release) return notYet(task)
  if (takenOver.window !== undefined && takenOver.window.pid !== instead)
    return notPossible(takenWords(task), { ...data, window: takenOver.window })
  const row: Task = { ...task, takenOver: { ...takenOver, by, ...(window && { window }) } }
  draft.put({ table: 'tasks', row })
  return { ok: true, text: `You have taken over ${taskName(task)}.`, data }
}

const notYet = (task: Task): Reply =>
  notPossible(`${taskSubject(task)} is just being handed back; try again in a moment.`)

/** Why the session of a task cannot be given to a person. */
function whyNot(task: Task, attempt: Attempt | undefined): string | ReplyWords | undefined {
  if (task.spec.run) return 'runs commands; it has no session of Claude to take over.'
  if (hasEnded(task))
    return naming`is already ${task.phase}. Use ${toGive('retry', task.number)} to have it worked on again.`
  if (task.phase === 'merging')
    return naming`is finished and about to land. Use ${toGive('undo', task.number)} afterwards.`
  if (task.phase === 'marking' || task.phase === 'undoing') return 'is just finishing.'
  if (!TAKEABLE.has(task.phase) || isFirstCheck(task))
    return 'has not started yet, so there is no session to take over.'
  if (!attempt?.heard) return 'has only just started, and Claude has said nothing yet; try again in a moment.'
  return undefined
}

/** Says who has a task: to whoever wants something of it that has to wait for them. */
export function takenWords({ number, spec, takenOver }: Task): ReplyWords {
  const who = takenOver ? actorText(takenOver.by) : 'a person'
  return naming`${taskSubject({ number, spec })} is taken over by ${who}. Hand it back first: ${toGive('release', number)}.`
}

/** A person is done, or their window is gone: the worker ends what is left of it and continues with the task. */
export function handBack(draft: Draft, task: Task, { done, text, window }: Release, by: Actor): Reply {
  const { takenOver } = task
  if (task.phase !== 'taken_over' || !takenOver)
    return { ok: false, code: 'nothing-to-do', text: `${taskSubject(task)} is not taken over by anybody.` }
  if (takenOver.release)
    return { ok: true, code: 'nothing-to-do', text: `${taskSubject(task)} is already being handed back.` }
  // The end of a window that another one has taken the place of says nothing.
  if (window !== undefined && takenOver.window?.pid !== window)
    return { ok: true, code: 'nothing-to-do', text: `${taskSubject(task)} has been opened in another window.` }
  const words = text?.trim()
  const row: Task = {
    ...task,
    takenOver: { ...takenOver, release: { by, done: done === true, ...(words && { words }) } },
  }
  draft.put({ table: 'tasks', row })
  const next = done ? 'Its checks run next.' : 'Claude continues with it.'
  return { ok: true, text: `Handed back ${taskName(task)}. ${next}`, data: { task: task.number } }
}

/** Nothing of the person's window is left, and what they did was looked at. */
export function handedBack(draft: Draft, { taskId, proof, found }: InputOf<'handed-back'>): void {
  const before = draft.task(taskId)
  const { takenOver, ...rest } = before
  if (before.phase !== 'taken_over' || !takenOver?.release) return
  const { by, done, words } = takenOver.release
  const attempt = rest.attemptId === undefined ? undefined : draft.attempt(rest.attemptId)
  if (attempt && found) draft.put({ table: 'attempts', row: { ...attempt, ...found } })
  const task: Task = { ...rest, ...(proof && { proof: withProof(rest.proof, proof) }) }
  const told = done ? 'running its checks' : 'Claude continues'
  draft.emit('task.handed-back', {
    task,
    text: `${taskSubject(task)} was handed back by ${actorText(by)}; ${told}`,
    data: { by, done },
  })
  if (!done) {
    const askIds = unheardAnswers(draft, task).map(({ id }) => id)
    const said = { ...(words !== undefined && { words }), ...(askIds.length > 0 && { askIds }) }
    continueTask(draft, task, { reason: 'handed-back', ...said })
    return
  }
  const { continuation: _, ...row } = task
  const worked: Task = { ...row, outcome: 'done', result: words ?? `Finished by ${actorText(takenOver.by)}.` }
  if (worked.spec.verify.length === 0 && !draft.policy.hasChecks(worked.spec)) taskPassed(draft, worked)
  else {
    draft.put({ table: 'tasks', row: { ...worked, phase: 'verifying' } })
    draft.emit('task.verifying', { task: worked, text: `Task ${task.number}: running checks` })
  }
}
