import { actorText } from '../actors.ts'
import { taskPassed } from '../advance.ts'
import { continueWithAnswers } from '../attempts/endings.ts'
import type { Target } from '../commands/commands.ts'
import { refusedFrom } from '../commands/where-from.ts'
import type { Draft } from '../draft.ts'
import type { Reply } from '../inputs.ts'
import { raiseCeiling } from '../limits/budget.ts'
import { release } from '../limits/release.ts'
import { beginTrial } from '../limits/trial.ts'
import { ready } from '../proof/first-check.ts'
import { notPossible } from '../reply.ts'
import { continueTask, endTask, stopRun, taskFailed } from '../tasks.ts'
import { taskName, taskSubject } from '../text.ts'
import type { Actor, Answer, Ask, Task } from '../types.ts'
import { closeAsk, findAsk, type MeantAnswer } from './asks.ts'
import { decidedWord } from './choices.ts'
import { collect, refusedDecider } from './deciders.ts'
import { machineDecided } from './machine-asks.ts'
import { retryWith } from './undelivered-answers.ts'
import { undoDecided, undoDecidedText } from './undo-asks.ts'

/** Answers the ask in question, if `read` finds one of its choices in what was said. */
export function answerBy(
  draft: Draft,
  target: Target,
  by: Actor,
  read: (ask: Ask) => MeantAnswer | undefined,
  verb: string,
): Reply {
  const found = findAsk(draft, target)
  if ('reply' in found) return found.reply
  const elsewhere = refusedFrom(draft.policy, by)
  if (elsewhere) return elsewhere
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
    return notPossible(`“${ask.title}” cannot be ${verb}. Possible: ${options.join(', ')}.${lines}`, { askId: ask.id })
  }
  const refused = refusedDecider(draft.policy, ask, by, meant.choice)
  if (refused) return refused
  const noted = collect(draft, ask, by, meant)
  if (noted) return noted
  const closed = closeAsk(draft, draft.ask(ask.id) ?? ask, by, meant)
  afterAnswer(draft, closed, by)
  return {
    ok: true,
    text:
      ask.about === 'undo'
        ? undoDecidedText(draft, closed, closed.answer as Answer)
        : replyText(closed, draft.task(ask.taskId)),
    data: {
      ...{ askId: ask.id, task: ask.task, kind: ask.kind, choice: meant.choice },
      ...(ask.about && { about: ask.about }),
    },
  }
}

/** A choice must be one of the ask's own, and a question must get an answer for each of its parts. */
export function isPossible(ask: Ask, { choice, text, answers }: MeantAnswer): boolean {
  if (!ask.options.some((o) => o.choice === choice)) return false
  if (choice === 'send-back') return text !== undefined && text.trim() !== ''
  if (choice !== 'answer') return true
  return (ask.questions ?? []).every((q) => typeof answers?.[q.question] === 'string')
}

/** `Approved task 2: …`, `Allowed: Run npm test`. */
function replyText(ask: Ask, task: Task): string {
  const { choice, text, answers } = ask.answer as Answer
  const words = answers ? Object.values(answers).join(' · ') : text
  const isAboutTask = !ask.about && ['approval', 'failure', 'review'].includes(ask.kind)
  const what = isAboutTask ? ` ${choice === 'stop' ? 'at ' : ''}${taskName(task)}` : `: ${ask.title}`
  return `${decidedWord(choice, ask.about)}${what}${words ? ` — ${words}` : ''}`
}

/** What follows from an answer. */
export function afterAnswer(draft: Draft, ask: Ask, by: Actor): void {
  const task = draft.task(ask.taskId)
  const { choice, text } = ask.answer as Answer
  if (choice === 'stop') {
    if (ask.kind === 'failure' && (!ask.about || ask.about === 'landing'))
      endTask(draft, task, 'failed', { byFailure: true }, `${taskSubject(task)} failed: ${task.result ?? ''}`)
    stopAll(draft, `stopped by ${actorText(by)}`)
    return
  }
  if (ask.about === 'credentials') {
    // advance and next take up the continuation that is there
    beginTrial(draft)
    return
  }
  if (ask.about === 'undo') {
    undoDecided(draft, ask, by)
    return
  }
  if (ask.about === 'machine') {
    machineDecided(draft, ask, by)
    return
  }
  // The task is in the line, which continues; or it starts as if nothing had been.
  if (ask.about === 'merge-line' || ask.about === 'workspace') return
  if (ask.about && ask.about !== 'guard' && ask.about !== 'landing' && ask.about !== 'deploy') {
    if (choice === 'approve') raiseCeiling(draft, task, ask.about)
    else if (ask.about === 'task-budget')
      taskFailed(
        draft,
        { ...task, failures: Math.max(task.failures, task.spec.retries ?? draft.policy.retries) },
        BUDGET_REFUSED,
      )
    else stopAll(draft, `${actorText(by)} did not raise the budget`)
    return
  }
  switch (ask.kind) {
    case 'approval':
      if (choice === 'approve') {
        const facts = task.release && { approvedFacts: task.release.facts }
        draft.put({ table: 'tasks', row: { ...ready(draft, task), approvedBy: by, ...facts } })
      } else {
        const why = `${choice === 'skip' ? 'skipped' : 'rejected'} by ${actorText(by)}${text ? `: ${text}` : ''}`
        endTask(draft, task, 'skipped', { result: why }, `${taskSubject(task)} was ${why}`)
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
        const { returns: _, hunks: __, ...again } = task
        const words = [task.result, text && `The user adds: ${text}`].filter(Boolean).join('\n\n')
        continueTask(draft, again, retryWith(draft, again, words))
      } else if (choice === 'undo') {
        draft.put({ table: 'tasks', row: { ...task, phase: 'undoing' } })
      } else {
        const result = `skipped by ${actorText(by)} after it failed: ${task.result ?? ''}`
        endTask(draft, task, 'skipped', { result, byFailure: true }, `Skipped after a failure: ${taskName(task)}`)
      }
      return
    case 'review':
      if (choice === 'accept') taskPassed(draft, task, true)
      else if (choice === 'undo') draft.put({ table: 'tasks', row: { ...task, phase: 'undoing' } })
      else continueTask(draft, task, { reason: 'sent-back', ...(text !== undefined && { words: text }) })
  }
}

const BUDGET_REFUSED = { kind: 'budget' as const, text: 'its budget is used up and was not raised' }

/** Without a process, the answer itself resumes the session, once nothing else is open for it. */
function resumeIfParked(draft: Draft, task: Task): void {
  if (draft.liveAttempts().some((attempt) => attempt.taskId === task.id)) return
  if (draft.asksOf(task.id).some((ask) => ask.state === 'open')) return
  continueWithAnswers(draft, task)
}

/** Stops every open run of the queue; returns how many tasks are left. */
export function stopAll(draft: Draft, reason: string): number {
  let left = 0
  for (const run of draft.openRuns()) {
    left += [...draft.openTasks(run.id)].length
    stopRun(draft, run.id, reason)
  }
  release(draft, false)
  const { paused: _p, trial: _t, ...queue } = draft.queue()
  draft.put({ table: 'queue', row: queue })
  return left
}
