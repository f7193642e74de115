import { plural } from '../../text/amounts.ts'
import { actorText } from '../actors.ts'
import { afterAnswer, answerBy, isPossible, stopAll } from '../asks/answers.ts'
import { agreement, closeAsk, readWords, refusal, withdrawAsksOf } from '../asks/asks.ts'
import { refusedDecider } from '../asks/deciders.ts'
import { snoozeAsk } from '../asks/reminders.ts'
import { freeze, unfreeze } from '../deploy/freeze.ts'
import type { Draft } from '../draft.ts'
import type { Reply } from '../inputs.ts'
import { isInPlace, laneCount } from '../lanes/lanes.ts'
import { isElsewhere } from '../lanes/lease.ts'
import { isFirstCheck } from '../proof/first-check.ts'
import { NOTHING_RUNS, notPossible } from '../reply.ts'
import { hasEnded, isBegun } from '../state.ts'
import { endTask, reopenRun, resetTask, stillBlocking } from '../tasks.ts'
import { taskName, taskSubject } from '../text.ts'
import type { Actor, Task } from '../types.ts'
import type { ResolvedCommand } from './commands.ts'
import { moveTask } from './move.ts'
import { naming, toGive } from './naming.ts'
import { resume } from './resume.ts'
import { severalRuns } from './several-runs.ts'
import { start } from './start.ts'
import { handBack, takenWords, takeOver } from './takeover.ts'
import { begunTasks, leftAlone, meantTask, noSuchTask, severalMeant } from './task-meant.ts'
import { refusedFrom, refusedStart } from './where-from.ts'

/** Does what a person or a program wants, as far as the state allows, and says what came of it. */
export function applyCommand(draft: Draft, command: ResolvedCommand, by: Actor): Reply {
  switch (command.type) {
    case 'start':
      return refusedStart(draft.policy, command, by) ?? start(draft, command, by)
    case 'approve':
      return answerBy(draft, command.target, by, (ask) => agreement(ask), 'approved')
    case 'reject':
      return answerBy(draft, command.target, by, (ask) => refusal(ask, command.text), 'rejected')
    case 'words':
      return answerBy(draft, command.target, by, (ask) => readWords(ask, command.text ?? ''), 'answered like that')
    case 'answer': {
      const { choice, text, answers } = command
      const meant = { choice, ...(text !== undefined && { text }), ...(answers && { answers }) }
      return answerBy(
        draft,
        command.target,
        by,
        (ask) => (isPossible(ask, meant) ? meant : undefined),
        'answered like that',
      )
    }
    case 'snooze':
      return snoozeAsk(draft, command.target, command.until, by)
    case 'pause':
      return pause(draft, command.afterTask === true, by)
    case 'resume':
      return refusedStart(draft.policy, command, by) ?? resume(draft, command, by)
    case 'skip':
      return skip(draft, command, by)
    case 'retry':
      return retry(draft, command, by)
    case 'move': {
      const meant = meantTask(draft, command.task, { isPossible: ({ phase }) => phase === 'queued' })
      if (!meant) return noSuchTask(draft, command.task)
      const reply = moveTask(draft, meant.task, command.before, by)
      return reply.ok ? { ...reply, text: `${reply.text}${leftAlone(meant)}` } : reply
    }
    case 'stop':
      return stop(draft, command.why, by)
    case 'say':
      return say(draft, command, by)
    case 'takeover':
      return withTask(draft, command.task, 'takeover', (task) => takeOver(draft, task, command, by))
    case 'release': {
      const task = takenOver(draft, command.task)
      if (task) return handBack(draft, task, command, by)
      const text = command.task === undefined ? 'No task is taken over.' : `Task ${command.task} is not taken over.`
      return { ok: false, code: 'nothing-to-do', text }
    }
    case 'freeze':
      return freeze(draft, command, by)
    case 'unfreeze':
      return unfreeze(draft, command.environment, by)
    case 'accept-run':
      return acceptRun(draft, command.runId, by)
  }
}

/** Does something with the task that is meant, or says why it is not known. */
function withTask(draft: Draft, number: number | undefined, verb: string, act: (task: Task) => Reply): Reply {
  // A window is opened and closed by number alone: of several, it is that of the oldest run, and its reply names the task.
  const which = number === undefined ? severalMeant(draft, verb, number) : undefined
  if (which) return which
  const task = meantTask(draft, number)?.task
  return task ? act(task) : noSuchTask(draft, number)
}

/** The task of that number that a person has, whatever became of its run; without a number the only one. */
function takenOver(draft: Draft, number: number | undefined): Task | undefined {
  const all = draft.activeTasks().filter((task) => task.phase === 'taken_over')
  if (number !== undefined) return all.findLast((task) => task.number === number)
  return all.length === 1 ? all[0] : undefined
}

function pause(draft: Draft, afterTask: boolean, by: Actor): Reply {
  const queue = draft.queue()
  const mode = afterTask ? 'after-task' : 'now'
  if (draft.openRuns().length === 0) return NOTHING_RUNS
  // A paused queue is not restarted only to pause a little later.
  if (queue.paused?.mode === mode || queue.paused?.mode === 'now') {
    const already = queue.paused.mode === 'now' ? 'Already paused' : 'Already set to pause after the running task,'
    return {
      ok: true,
      code: 'nothing-to-do',
      ...naming`${already} by ${actorText(queue.paused.by)}. ${toGive('resume')} to continue.`,
    }
  }
  draft.put({ table: 'queue', row: { ...queue, paused: { mode, by, at: draft.now } } })
  const text = afterTask ? 'Will pause after the running task' : 'Paused'
  draft.emit('queue.paused', {
    text: `${text}${afterTask ? ', requested' : ''} by ${actorText(by)}`,
    data: { mode, by },
  })
  return { ok: true, ...naming`${text}. ${toGive('resume')} to continue.` }
}

function stop(draft: Draft, why: string | undefined, by: Actor): Reply {
  if (draft.openRuns().length === 0) return NOTHING_RUNS
  const left = stopAll(draft, why ?? `stopped by ${actorText(by)}`)
  return {
    ok: true,
    ...naming`Stopped with ${plural(left, 'task')} left. ${toGive('resume')} to continue from here.`,
    data: { left },
  }
}

function skip(
  draft: Draft,
  { task: number, runId, why }: Extract<ResolvedCommand, { type: 'skip' }>,
  by: Actor,
): Reply {
  const which = runId === undefined ? severalMeant(draft, 'skip', number) : undefined
  if (which) return which
  const meant = meantTask(draft, number, { runId, isPossible: isOpen })
  if (!meant) return noSuchTask(draft, number)
  const { task } = meant
  if (hasEnded(task)) return notPossible(`${taskSubject(task)} is already ${task.phase}.`)
  if (task.phase === 'taken_over') return notPossible(takenWords(task))
  if (task.phase === 'marking') return notPossible(`${taskSubject(task)} is done and is being marked as done.`)
  if (task.phase === 'merging') {
    const said = naming`${taskSubject(task)} is finished and about to land. Use ${toGive('undo', task.number)} afterwards.`
    return notPossible(said)
  }
  const deployment = draft.deploymentOf(task.id)
  if (deployment) {
    const text = `${taskSubject(task)} is deploying to ${deployment.environment}, and is not stopped half-way: it is checked, and rolled back where that is configured.`
    return notPossible(text)
  }
  const result = `skipped by ${actorText(by)}${why ? `: ${why}` : ''}`
  endTask(draft, task, 'skipped', { result, byFailure: task.phase === 'failure' }, `${taskSubject(task)} was ${result}`)
  return { ok: true, text: `Skipped ${taskName(task)}${leftAlone(meant)}`, data: { task: task.number } }
}

const isOpen = (task: Task) => !hasEnded(task)

function retry(draft: Draft, { task: number, runId }: Extract<ResolvedCommand, { type: 'retry' }>, by: Actor): Reply {
  const several = number === undefined || runId !== undefined ? [] : taskToRetryOf(draft, number)
  if (number !== undefined && several.length > 1) return severalRuns(number, several)
  const task = several[0] ?? (number === undefined ? taskToRetry(draft) : meantTask(draft, number, { runId })?.task)
  if (!task) return number === undefined ? NOTHING_RUNS : noSuchTask(draft, number)
  if (task.phase === 'taken_over') return notPossible(takenWords(task))
  if (isElsewhere(draft.run(task.runId)))
    return notPossible(`${taskSubject(task)} belongs to a run that another machine took over.`)
  // Which of the running tasks should start from scratch is not for Baton to guess.
  const which =
    number === undefined && isBegun(task) && task.phase !== 'failure' ? severalMeant(draft, 'retry', number) : undefined
  if (which && !draft.asksOf(task.id).some((a) => a.state === 'open' && a.kind === 'failure')) return which
  const head = draft.openRuns()[0]
  // Reopening an older run would put it before the current one, and interrupt that.
  if (isInPlace(draft.policy) && head && head.id !== task.runId && draft.run(task.runId).state !== 'open') {
    const { file } = task.spec.origin
    const way = file === undefined ? '' : naming` Use ${toGive('start', file)} to queue what is not done in that file.`
    return notPossible(naming`${taskSubject(task)} belongs to an earlier run, and another one is open.${way}`)
  }
  const ask = draft.asksOf(task.id).find((a) => a.state === 'open' && a.kind === 'failure')
  if (ask) {
    const refused = refusedFrom(draft.policy, by) ?? refusedDecider(draft.policy, ask, by, 'retry')
    if (refused) return refused
    afterAnswer(draft, closeAsk(draft, ask, by, { choice: 'retry' }), by)
    return { ok: true, text: `Retried ${taskName(task)}`, data: { task: task.number } }
  }
  const cause = task.blockedBy?.[0]
  if (task.phase === 'blocked' && cause !== undefined) {
    return notPossible(
      naming`${taskSubject(task)} is blocked by task ${cause}: ${toGive('retry', cause)} requeues both.`,
    )
  }
  if (task.phase === 'queued' || task.phase === 'approval') {
    return notPossible(`${taskSubject(task)} has not started yet.`)
  }
  if (task.phase === 'merging' || task.phase === 'marking' || task.phase === 'undoing') {
    return notPossible(`${taskSubject(task)} is just finishing; try again in a moment.`)
  }
  const needed = stillBlocking(draft, task, new Set([task.number]))
  if (needed) {
    const first = toGive('retry', needed.number)
    return notPossible(
      naming`${taskSubject(task)} depends on task ${needed.number}, which is ${needed.phase}: ${first} first.`,
    )
  }
  withdrawAsksOf(draft, task.id, `task ${task.number} starts over`)
  resetTask(draft, draft.task(task.id))
  reopenRun(draft, task.runId)
  const first = asksBefore(draft, task)
  const when = first ? ` after task ${first.number}, which is waiting for an answer` : ''
  const text = `Task ${task.number} starts over${when}: ${task.spec.title}`
  return { ok: true, text, data: { task: task.number } }
}

/** Of tasks that leave no lane for this one, one that waits for a person. */
function asksBefore(draft: Draft, { id }: Task): Task | undefined {
  const others = begunTasks(draft).filter((task) => task.id !== id)
  if (others.length < laneCount(draft)) return undefined
  return others.find((task) => draft.asksOf(task.id).some(({ state }) => state === 'open'))
}

/** Without a number: the task with an open ask, then one that failed while the queue continued, and only then a running one. */
function taskToRetry(draft: Draft): Task | undefined {
  const current =
    begunTasks(draft).find((task) =>
      draft
        .asksOf(task.id)
        .some(
          (ask) =>
            ask.state === 'open' && ask.kind === 'failure' && ask.about !== 'merge-line' && ask.about !== 'workspace',
        ),
    ) ?? meantTask(draft, undefined)?.task
  if (current && draft.asksOf(current.id).some((ask) => ask.state === 'open' && ask.kind === 'failure')) return current
  const [run] = draft.openRuns()
  const failed = run && [...draft.tasksOf(run.id)].findLast(({ phase }) => phase === 'failed')
  return failed ?? current ?? lastFailed(draft)
}

/** Of the open runs with a task of that number, whose is most likely to be retried: one that runs, else one that went wrong. */
function taskToRetryOf(draft: Draft, number: number): Task[] {
  const begun = begunTasks(draft).filter((task) => task.number === number)
  if (begun.length > 0) return begun
  const all = draft.openRuns().flatMap(({ id }) => draft.taskByNumber(id, number) ?? [])
  return all.filter((task) => hasEnded(task) && task.phase !== 'done')
}

function lastFailed(draft: Draft): Task | undefined {
  const run = draft.runs().at(-1)
  return (
    run &&
    [...draft.tasksOf(run.id)].findLast(({ phase }) => phase === 'failed' || phase === 'skipped' || phase === 'undone')
  )
}

const WORKED: ReadonlySet<Task['phase']> = new Set(['verifying', 'review', 'undoing', 'merging', 'marking'])

function say(draft: Draft, { task: number, runId, text }: Extract<ResolvedCommand, { type: 'say' }>, by: Actor): Reply {
  const which = runId === undefined ? severalMeant(draft, 'say', number) : undefined
  if (which) return which
  const meant = meantTask(draft, number, { runId, isPossible: isOpen })
  if (!meant) return noSuchTask(draft, number)
  const { task } = meant
  if (hasEnded(task)) return notPossible(`${taskSubject(task)} is ${task.phase}; Claude no longer works on it.`)
  if (task.spec.run) return notPossible(`${taskSubject(task)} runs commands; there is no Claude to talk to.`)
  draft.put({ table: 'tasks', row: { ...task, say: [...(task.say ?? []), text] } })
  draft.emit('task.said', {
    task,
    text: `Message for task ${task.number} from ${actorText(by)}: ${text}`,
    data: { text },
  })
  const live = draft.liveAttempts().some((attempt) => attempt.taskId === task.id)
  const heard = live
    ? `Sent to Claude (task ${task.number}).`
    : WORKED.has(task.phase) && !isFirstCheck(task)
      ? `Claude has finished task ${task.number}; it gets this only if the task is retried or sent back.`
      : `Saved; Claude gets it when task ${task.number} continues.`
  return { ok: true, text: `${heard}${leftAlone(meant)}` }
}

function acceptRun(draft: Draft, runId: string | undefined, by: Actor): Reply {
  const run = runId === undefined ? draft.runs().at(-1) : draft.runs().find((r) => r.id === runId)
  if (!run) return NOTHING_RUNS
  const elsewhere = refusedFrom(draft.policy, by)
  if (elsewhere) return elsewhere
  let accepted = 0
  for (const task of [...draft.tasksOf(run.id)]) {
    const ask = draft.asksOf(task.id).find((a) => a.state === 'open' && a.kind === 'review')
    if (!ask || refusedDecider(draft.policy, ask, by, 'accept')) continue
    afterAnswer(draft, closeAsk(draft, ask, by, { choice: 'accept' }), by)
    accepted++
  }
  draft.put({ table: 'runs', row: { ...draft.run(run.id), accepted: by } })
  return { ok: true, text: `Accepted the whole run${accepted > 0 ? `, including ${plural(accepted, 'review')}` : ''}.` }
}
