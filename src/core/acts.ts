import { agreement, closeAsk, findAsk, readWords, refusal, withdrawAsksOf } from './asks.ts'
import { continueWithAnswers } from './attempts.ts'
import { raiseCeiling } from './budget.ts'
import type { Draft } from './draft.ts'
import type { Act, Reply, Target } from './inputs.ts'
import { currentTask, taskPassed } from './settle.ts'
import { hasEnded } from './state.ts'
import { continueTask, endTask, isAlone, resetTask, stopRun, taskFailed } from './tasks.ts'
import { actorText, plural, taskName } from './text.ts'
import type { Actor, Answer, Ask, Run, Task } from './types.ts'

const IDLE: Reply = { ok: false, code: 'idle', text: 'No active session' }

/** Does what a person or a program wants, as far as the state allows, and says what came of it. */
export function applyAct(draft: Draft, act: Act, by: Actor): Reply {
  switch (act.type) {
    case 'start':
      return start(draft, act, by)
    case 'approve':
      return answerBy(draft, act.target, by, (ask) => agreement(ask), 'approved')
    case 'reject':
      return answerBy(draft, act.target, by, (ask) => refusal(ask, act.text), 'rejected')
    case 'words':
      return answerBy(draft, act.target, by, (ask) => readWords(ask, act.text ?? ''), 'answered like that')
    case 'answer': {
      const { choice, text, answers } = act
      const meant = { choice, ...(text !== undefined && { text }), ...(answers && { answers }) }
      return answerBy(
        draft,
        act.target,
        by,
        (ask) => (isPossible(ask, meant) ? meant : undefined),
        'answered like that',
      )
    }
    case 'pause':
      return pause(draft, act.afterTask === true, by)
    case 'resume':
      return resume(draft, by)
    case 'skip':
      return skip(draft, act.task, act.why, by)
    case 'retry':
      return retry(draft, act.task, by)
    case 'stop':
      return stop(draft, act.why, by)
    case 'say':
      return say(draft, act.task, act.text, by)
    case 'accept-run':
      return acceptRun(draft, act.runId, by)
  }
}

function start(draft: Draft, act: Extract<Act, { type: 'start' }>, by: Actor): Reply {
  if (act.supersede) {
    for (const run of draft.openRuns()) stopRun(draft, run.id, SUPERSEDED)
    const { paused: _, ...queue } = draft.queue()
    draft.put({ table: 'queue', row: queue })
  }
  const waiting = draft.openRuns()
  const queued = new Set<string>()
  for (const run of waiting)
    for (const task of draft.openTasks(run.id)) queued.add(`${task.spec.file}\n${task.spec.key}`)
  // The same task twice in the queue would be worked on twice; what is there already stays where it is.
  const fresh = act.tasks.filter(({ spec }) => !queued.has(`${spec.file}\n${spec.key}`))
  const already = act.tasks.length - fresh.length
  if (fresh.length === 0) {
    const text =
      already > 0
        ? `${plural(already, 'task is', 'tasks are')} in the queue already.`
        : 'Nothing to do: every task is done.'
    return { ok: true, code: 'nothing-to-do', text, data: { tasks: 0 } }
  }
  const run: Run = {
    id: act.runId ?? draft.id(),
    queue: draft.queue().name,
    seq: Math.max(0, ...draft.runs().map((r) => r.seq)) + 1,
    state: 'open',
    files: act.files,
    autoApprove: act.autoApprove,
    startedBy: by,
    createdAt: draft.now,
    costUsd: 0,
  }
  draft.put({ table: 'runs', row: run })
  const left = new Set(fresh.map((task) => task.number))
  fresh.forEach(({ spec, number, dependsOn }, position) => {
    const task: Task = {
      id: draft.id(),
      runId: run.id,
      number,
      position,
      // What an earlier run of the queue will have done by then needs no waiting for here.
      dependsOn: dependsOn.filter((n) => left.has(n)),
      spec,
      phase: 'queued',
      attempts: 0,
      failures: 0,
      costUsd: 0,
      turns: 0,
    }
    draft.put({ table: 'tasks', row: task })
  })
  const ahead = waiting.reduce((n, r) => n + [...draft.openTasks(r.id)].length, 0)
  const place = ahead > 0 ? `, behind ${plural(ahead, 'task')}` : ''
  const text = `${plural(fresh.length, 'task')} queued${place}${already > 0 ? ` (${already} more in the queue already)` : ''}`
  draft.emit('run.queued', {
    run,
    text,
    data: { tasks: fresh.length, files: act.files, autoApprove: act.autoApprove, by, ahead },
  })
  return {
    ok: true,
    text: `${text}.`,
    data: { runId: run.id, tasks: fresh.length, ahead, position: waiting.length + 1 },
  }
}

type Meant = Pick<Answer, 'choice' | 'text' | 'answers'>

function answerBy(draft: Draft, target: Target, by: Actor, read: (ask: Ask) => Meant | undefined, verb: string): Reply {
  const found = findAsk(draft, target)
  if ('reply' in found) return found.reply
  const { ask } = found
  const meant = read(ask)
  if (!meant) {
    const options =
      ask.questions?.length === 1
        ? (ask.questions[0]?.options.map((o) => o.label) ?? [])
        : ask.options.map((o) => o.label)
    const lines =
      (ask.questions?.length ?? 0) > 1
        ? ` Answer with one line for each of the ${ask.questions?.length} questions.`
        : ''
    return {
      ok: false,
      code: 'not-possible',
      text: `“${ask.title}” cannot be ${verb}. Possible: ${options.join(', ')}.${lines}`,
      data: { askId: ask.id },
    }
  }
  const closed = closeAsk(draft, ask, by, meant)
  afterAnswer(draft, closed, by)
  return {
    ok: true,
    text: replyText(closed),
    data: { askId: ask.id, task: ask.task, kind: ask.kind, choice: meant.choice },
  }
}

/** A choice must be one of the ask's own, and a question must get an answer for each of its parts. */
function isPossible(ask: Ask, { choice, text, answers }: Meant): boolean {
  if (!ask.options.some((o) => o.choice === choice)) return false
  if (choice === 'send-back') return text !== undefined && text.trim() !== ''
  if (choice !== 'answer') return true
  return (ask.questions ?? []).every((q) => typeof answers?.[q.question] === 'string')
}

const replyText = (ask: Ask) => {
  const { choice, text, answers } = ask.answer as Answer
  const words = answers ? Object.values(answers).join(' · ') : text
  return `${choice.charAt(0).toUpperCase()}${choice.slice(1).replace('-', ' ')}: ${ask.title}${words ? ` — ${words}` : ''}`
}

/** What an answer sets going. */
function afterAnswer(draft: Draft, ask: Ask, by: Actor): void {
  const task = draft.task(ask.taskId)
  const { choice, text } = ask.answer as Answer
  if (choice === 'stop') {
    if (ask.kind === 'failure' && !ask.about)
      endTask(draft, task, 'failed', { byFailure: true }, `${taskName(task)} failed: ${task.result ?? ''}`)
    stopAll(draft, `stopped by ${actorText(by)}`)
    return
  }
  if (ask.about === 'credentials') return // settle and next go on with the continuation that is there
  if (ask.about) {
    if (choice === 'approve') raiseCeiling(draft, task, ask.about)
    else if (ask.about === 'task-budget')
      taskFailed(draft, { ...task, failures: Number.MAX_SAFE_INTEGER - 1 }, BUDGET_REFUSED)
    else stopAll(draft, `the budget was not raised by ${actorText(by)}`)
    return
  }
  switch (ask.kind) {
    case 'approval':
      if (choice === 'approve') draft.put({ table: 'tasks', row: { ...task, phase: 'ready', approvedBy: by } })
      else {
        const why = `${choice === 'skip' ? 'skipped' : 'rejected'} by ${actorText(by)}${text ? `: ${text}` : ''}`
        endTask(draft, task, 'skipped', { result: why }, `${taskName(task)} is ${why}`)
      }
      return
    case 'permission':
      if (choice === 'allow-task' && ask.rule !== undefined) {
        const grant = {
          id: draft.id(),
          taskId: task.id,
          tool: ask.tool?.name ?? '',
          scope: 'task' as const,
          match: ask.rule,
          by,
          at: draft.now,
        }
        draft.put({ table: 'grants', row: { ...grant, askId: ask.id } })
        const data = { rule: ask.rule, input: ask.tool?.input }
        draft.emit('grant.given', { task, ask, text: `Granted for the rest of task ${task.number}: ${ask.rule}`, data })
      }
      resumeIfParked(draft, task)
      return
    case 'question':
      resumeIfParked(draft, task)
      return
    case 'failure':
      if (choice === 'retry') {
        const words = [task.result, text && `The user adds: ${text}`].filter(Boolean).join('\n\n')
        continueTask(draft, task, { reason: 'retry', words })
      } else {
        const result = `skipped by ${actorText(by)} after it failed: ${task.result ?? ''}`
        endTask(draft, task, 'skipped', { result, byFailure: true }, `${taskName(task)} is skipped after it failed`)
      }
      return
    case 'review':
      if (choice === 'accept') taskPassed(draft, task, true)
      else if (choice === 'undo') draft.put({ table: 'tasks', row: { ...task, phase: 'undoing' } })
      else continueTask(draft, task, { reason: 'sent-back', ...(text !== undefined && { words: text }) })
  }
}

const BUDGET_REFUSED = { kind: 'budget' as const, text: 'its budget is used up and was not raised' }

/** Without a process, the answer itself makes the session go on, once nothing else is open for it. */
function resumeIfParked(draft: Draft, task: Task): void {
  if (draft.liveAttempts().some((attempt) => attempt.taskId === task.id)) return
  if (draft.asksOf(task.id).some((ask) => ask.state === 'open')) return
  continueWithAnswers(draft, task)
}

function pause(draft: Draft, afterTask: boolean, by: Actor): Reply {
  const queue = draft.queue()
  const mode = afterTask ? 'after-task' : 'now'
  if (draft.openRuns().length === 0) return IDLE
  if (queue.paused?.mode === mode)
    return { ok: true, code: 'nothing-to-do', text: `Paused already by ${actorText(queue.paused.by)}.` }
  draft.put({ table: 'queue', row: { ...queue, paused: { mode, by, at: draft.now } } })
  const text = afterTask ? 'Pausing after the running task' : 'Paused'
  draft.emit('queue.paused', { text: `${text}, by ${actorText(by)}`, data: { mode } })
  return { ok: true, text: `${text}. /resume goes on.` }
}

function resume(draft: Draft, by: Actor): Reply {
  const { paused, ...queue } = draft.queue()
  if (paused) {
    draft.put({ table: 'queue', row: queue })
    draft.emit('queue.resumed', { text: `Resumed by ${actorText(by)}` })
    return { ok: true, text: 'Resumed.' }
  }
  if (draft.openRuns().length > 0)
    return { ok: true, code: 'nothing-to-do', text: 'Nothing is paused; the queue is going on.' }
  const stopped = draft.runs().filter((run) => run.state === 'stopped')
  const latest = stopped.at(-1)
  if (!latest) return IDLE
  // What was stopped together goes on together.
  const again = stopped.filter((run) => run.endedAt === latest.endedAt && run.reason !== SUPERSEDED)
  for (const run of again.length > 0 ? again : [latest]) reopenRun(draft, run)
  return { ok: true, text: `Going on where it was stopped: ${latest.files.join(', ')}.`, data: { runId: latest.id } }
}

const SUPERSEDED = 'a new run took its place'

function reopenRun(draft: Draft, run: Run): void {
  const { endedAt: _e, reason: _r, ...row } = run
  draft.put({ table: 'runs', row: { ...row, state: 'open' } })
  draft.emit('run.reopened', { run, text: 'The run goes on' })
}

function stop(draft: Draft, why: string | undefined, by: Actor): Reply {
  if (draft.openRuns().length === 0) return IDLE
  const left = stopAll(draft, why ?? `stopped by ${actorText(by)}`)
  return { ok: true, text: `Stopped with ${plural(left, 'task')} left. /resume goes on from here.`, data: { left } }
}

function stopAll(draft: Draft, reason: string): number {
  let left = 0
  for (const run of draft.openRuns()) {
    left += [...draft.openTasks(run.id)].length
    stopRun(draft, run.id, reason)
  }
  const { paused: _p, hold: _h, ...queue } = draft.queue()
  draft.put({ table: 'queue', row: queue })
  return left
}

/** The task of that number in the run at work, else in the latest; without a number the one that has its turn. */
function findTask(draft: Draft, number: number | undefined): Task | undefined {
  const run = draft.openRuns()[0] ?? draft.runs().at(-1)
  if (!run) return undefined
  if (number === undefined) return run.state === 'open' ? currentTask(draft, run.id) : undefined
  return draft.taskByNumber(run.id, number)
}

const noSuchTask = (number: number | undefined): Reply =>
  number === undefined ? IDLE : { ok: false, code: 'not-possible', text: `There is no task ${number} in this run.` }

function skip(draft: Draft, number: number | undefined, why: string | undefined, by: Actor): Reply {
  const task = findTask(draft, number)
  if (!task) return noSuchTask(number)
  if (hasEnded(task)) return { ok: false, code: 'not-possible', text: `${taskName(task)} is ${task.phase} already.` }
  if (task.phase === 'marking')
    return { ok: false, code: 'not-possible', text: `${taskName(task)} is done and being noted as such.` }
  const result = `skipped by ${actorText(by)}${why ? `: ${why}` : ''}`
  endTask(draft, task, 'skipped', { result, byFailure: task.phase === 'failure' }, `${taskName(task)} is ${result}`)
  return { ok: true, text: `Skipped: ${taskName(task)}.`, data: { task: task.number } }
}

function retry(draft: Draft, number: number | undefined, by: Actor): Reply {
  const task = findTask(draft, number) ?? (number === undefined ? lastFailed(draft) : undefined)
  if (!task) return number === undefined ? IDLE : noSuchTask(number)
  const ask = draft.asksOf(task.id).find((a) => a.state === 'open' && a.kind === 'failure')
  if (ask) {
    afterAnswer(draft, closeAsk(draft, ask, by, { choice: 'retry' }), by)
    return { ok: true, text: `Trying again: ${taskName(task)}.`, data: { task: task.number } }
  }
  const cause = task.blockedBy?.[0]
  if (task.phase === 'blocked' && cause !== undefined) {
    return {
      ok: false,
      code: 'not-possible',
      text: `${taskName(task)} waits for task ${cause}: /retry ${cause} brings both back.`,
    }
  }
  if (task.phase === 'queued' || task.phase === 'approval') {
    return { ok: false, code: 'not-possible', text: `${taskName(task)} has not begun yet.` }
  }
  if (task.phase === 'marking' || task.phase === 'undoing') {
    return { ok: false, code: 'not-possible', text: `${taskName(task)} is being finished; try again in a moment.` }
  }
  withdrawAsksOf(draft, task.id, `task ${task.number} begins anew`)
  resetTask(draft, draft.task(task.id))
  const run = draft.run(task.runId)
  if (run.state !== 'open') reopenRun(draft, run)
  return { ok: true, text: `Begins anew: ${taskName(task)}.`, data: { task: task.number } }
}

function lastFailed(draft: Draft): Task | undefined {
  const run = draft.runs().at(-1)
  return run && [...draft.tasksOf(run.id)].filter((t) => t.phase === 'failed' || t.phase === 'skipped').at(-1)
}

function say(draft: Draft, number: number | undefined, text: string, by: Actor): Reply {
  const task = findTask(draft, number)
  if (!task) return noSuchTask(number)
  if (hasEnded(task))
    return { ok: false, code: 'not-possible', text: `${taskName(task)} is ${task.phase}: nobody is listening.` }
  if (task.spec.run)
    return { ok: false, code: 'not-possible', text: `${taskName(task)} runs commands; there is no Claude to talk to.` }
  draft.put({ table: 'tasks', row: { ...task, say: [...(task.say ?? []), text] } })
  draft.emit('task.said', { task, text: `To task ${task.number}, by ${actorText(by)}: ${text}`, data: { text } })
  const live = draft.liveAttempts().some((attempt) => attempt.taskId === task.id)
  return {
    ok: true,
    text: live ? `Passed on to task ${task.number}.` : `Noted; task ${task.number} hears it when it goes on.`,
  }
}

function acceptRun(draft: Draft, runId: string | undefined, by: Actor): Reply {
  const run = runId === undefined ? draft.runs().at(-1) : draft.runs().find((r) => r.id === runId)
  if (!run) return IDLE
  let accepted = 0
  for (const task of [...draft.tasksOf(run.id)]) {
    const ask = draft.asksOf(task.id).find((a) => a.state === 'open' && a.kind === 'review')
    if (!ask) continue
    afterAnswer(draft, closeAsk(draft, ask, by, { choice: 'accept' }), by)
    accepted++
  }
  draft.put({ table: 'runs', row: { ...draft.run(run.id), accepted: by } })
  return { ok: true, text: `Accepted as a whole${accepted > 0 ? `, ${plural(accepted, 'review')} with it` : ''}.` }
}

/** `isAlone` is asked by surfaces, too, before they wait for somebody. */
export { isAlone }
