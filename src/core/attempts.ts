import { closeAsk, openAsk, withdrawAsk } from './asks.ts'
import { reachedCeiling, spend } from './budget.ts'
import type { Draft } from './draft.ts'
import { openCredentials } from './gates.ts'
import type { ClaudeRequest, Input, Verdict } from './inputs.ts'
import { taskPassed } from './settle.ts'
import { hasEnded } from './state.ts'
import { continueTask, isAlone, stopRun, taskFailed } from './tasks.ts'
import { taskName, usd } from './text.ts'
import type { Ask, Attempt, Outcome, Proof, Task } from './types.ts'

type Of<T extends Input['type']> = Extract<Input, { type: T }>

const NO_PROOF: Proof = { checks: [] }
const OVERLOAD_BACKOFF_MS = [15_000, 30_000, 60_000, 120_000, 300_000, 600_000]
/** A limit without a reset time is looked at again after this long. */
const UNKNOWN_RESET_MS = 15 * 60_000
/** The reset is told in whole seconds; going on a moment later avoids being refused once more. */
const AFTER_RESET_MS = 1_000

/** A process is about to be started: stored first, so that no crash can start it twice unseen. */
export function claimed(draft: Draft, { taskId, attempt: fields }: Of<'claimed'>): void {
  const task = draft.task(taskId)
  if (draft.liveAttempts().length > 0) throw new Error('An attempt is live already: one task at a time')
  if (task.phase !== 'ready' && task.phase !== 'working')
    throw new Error(`${taskName(task)} is not to be worked on now`)
  const previous = task.attemptId === fields.id ? draft.attempt(fields.id) : undefined
  const attempt: Attempt = previous
    ? { ...previous, ...fields, processes: previous.processes + 1, live: true }
    : {
        taskId,
        runId: task.runId,
        number: task.attempts + 1,
        processes: 1,
        live: true,
        heard: false,
        startedAt: draft.now,
        costUsd: 0,
        turns: 0,
        ...fields,
      }
  const { pid: _p, pidStartedAt: _s, endedAt: _e, outcome: _o, ...row } = attempt
  draft.put({ table: 'attempts', row })
  const run = draft.run(task.runId)
  if (run.startedAt === undefined) {
    draft.put({ table: 'runs', row: { ...run, startedAt: draft.now } })
    draft.emit('run.started', { run, text: 'The run begins' })
  }
  const begun: Task = {
    ...task,
    phase: 'working',
    attemptId: row.id,
    attempts: row.number,
    startedAt: task.startedAt ?? draft.now,
  }
  draft.put({ table: 'tasks', row: begun })
  const data = { attempt: row.number, sessionId: row.sessionId, log: row.logFile }
  if (task.startedAt === undefined) draft.emit('task.started', { task: begun, text: `${taskName(task)} begins`, data })
  else {
    const reason = task.continuation?.reason ?? 'interrupted'
    draft.emit('task.continued', {
      task: begun,
      text: `${taskName(task)} goes on (${reason})`,
      data: { ...data, reason },
    })
  }
}

/** The process runs; its pid and start time let a later boot find and end it. */
export function spawned(draft: Draft, { attemptId, pid, pidStartedAt }: Of<'spawned'>): void {
  const attempt = liveAttempt(draft, attemptId)
  draft.put({ table: 'attempts', row: { ...attempt, pid, pidStartedAt } })
}

/** Claude has taken the prompt: what it was told need not be told again. */
export function heard(draft: Draft, { attemptId }: Of<'heard'>): void {
  const attempt = liveAttempt(draft, attemptId)
  if (!attempt.heard) draft.put({ table: 'attempts', row: { ...attempt, heard: true } })
  const task = draft.task(attempt.taskId)
  // A deferred call is answered by itself; its answer counts as given when Claude has gone on with it.
  if (!task.continuation || deferredAsk(draft, task)) return
  const { continuation, ...row } = task
  draft.put({ table: 'tasks', row })
  for (const askId of continuation?.askIds ?? []) delivered(draft, { type: 'delivered', askId })
}

/** The ask whose deferred call the next process goes on with, without a prompt. */
export function deferredAsk(draft: Pick<Draft, 'ask'>, task: Task): Ask | undefined {
  const [id, ...others] = task.continuation?.askIds ?? []
  const ask = id === undefined || others.length > 0 ? undefined : draft.ask(id)
  return ask?.parked === 'deferred' ? ask : undefined
}

/** Claude asks: answered from what was decided before, else stored as an open ask. */
export function asked(draft: Draft, { attemptId, request }: Of<'asked'>): Verdict {
  const attempt = liveAttempt(draft, attemptId)
  const task = draft.task(attempt.taskId)
  // The process is about to be ended; a denial would stay in its session as the user's word.
  const isWanted = task.phase === 'working' && task.attemptId === attemptId && draft.run(task.runId).state === 'open'
  if (!isWanted) return { do: 'ending' }
  const earlier = draft.asksOf(task.id).find((ask) => isSameCall(ask, request))
  if (earlier?.state === 'open') {
    // Asked again by the continued process: the same ask, held by a new request.
    const { parked: _, ...ask } = earlier
    draft.put({ table: 'asks', row: { ...ask, tool: { ...toolOf(request) } } })
    return { do: 'wait', askId: ask.id }
  }
  if (earlier?.state === 'answered' && !earlier.delivered) return verdictOf(earlier)
  if (request.kind === 'permission') {
    const grant = findGrant(draft, task, request)
    if (grant) return grant
  } else if (isAlone(draft, task.runId)) {
    const ask = openAsk(draft, task, askFields(attemptId, request))
    const answers = Object.fromEntries((request.questions ?? []).map((q) => [q.question, NOBODY_THERE]))
    const closed = closeAsk(
      draft,
      ask,
      { surface: 'baton', who: 'Baton, for nobody is there' },
      { choice: 'answer', answers },
    )
    return verdictOf(closed)
  }
  return { do: 'wait', askId: openAsk(draft, task, askFields(attemptId, request)).id }
}

const NOBODY_THERE =
  'Nobody is there to answer. Choose the most reasonable option yourself, go on with it, and say in your summary which you chose and why.'

function findGrant(draft: Draft, task: Task, request: ClaudeRequest): Verdict | undefined {
  const inputHash = draft.hash({ tool: request.tool, input: request.input })
  const grants = draft.grants(task.id)
  const once = grants.find((g) => g.scope === 'once' && !g.used && g.match === inputHash)
  const rule = grants.find((g) => g.scope === 'task' && request.matchingRules?.includes(g.match))
  const grant = once ?? rule
  if (grant) {
    if (once) draft.put({ table: 'grants', row: { ...once, used: true } })
    draft.emit('grant.used', {
      task,
      text: `Allowed as granted: ${request.title}`,
      data: { input: request.input, match: grant.match },
    })
    return { do: 'allow' }
  }
  if (!draft.run(task.runId).autoApprove) return undefined
  const text = `Allowed without asking: ${request.title}`
  draft.emit('grant.given', { task, text, data: { tool: request.tool, input: request.input, by: '--auto-approve' } })
  return { do: 'allow' }
}

const toolOf = (request: ClaudeRequest): NonNullable<Ask['tool']> => ({
  name: request.tool,
  input: request.input,
  ...(request.useId !== undefined && { useId: request.useId }),
  ...(request.requestId !== undefined && { requestId: request.requestId }),
})

function askFields(attemptId: string, request: ClaudeRequest) {
  const options: Ask['options'] =
    request.kind === 'question'
      ? [{ choice: 'answer', label: 'Other…' }]
      : [
          { choice: 'allow', label: 'Allow' },
          ...(request.rule === undefined ? [] : [{ choice: 'allow-task' as const, label: 'Allow for this task' }]),
          { choice: 'deny', label: 'Deny' },
        ]
  return {
    kind: request.kind,
    attemptId,
    title: request.title,
    text: request.text,
    options,
    tool: toolOf(request),
    ...(request.questions && { questions: request.questions }),
    ...(request.rule !== undefined && { rule: request.rule }),
  }
}

const isSameCall = (ask: Ask, request: ClaudeRequest) =>
  ask.tool?.useId !== undefined && ask.tool.useId === request.useId

/** What the process of Claude is told once an ask is closed. */
export function verdictOf(ask: Ask): Verdict {
  if (ask.state === 'open') return { do: 'wait', askId: ask.id }
  const answer = ask.answer
  if (!answer) return { do: 'deny', message: `This is no longer asked: ${ask.withdrawnBecause ?? 'withdrawn'}.` }
  if (answer.choice === 'allow' || answer.choice === 'allow-task') return { do: 'allow' }
  if (answer.answers) return { do: 'answer', answers: answer.answers }
  return { do: 'deny', message: answer.text ? `The user said no: ${answer.text}` : 'The user said no.' }
}

/** Claude went on with an answer: it need not be told again. */
export function delivered(draft: Draft, { askId }: Of<'delivered'>): void {
  const ask = draft.ask(askId)
  if (!ask || ask.delivered) return
  draft.put({ table: 'asks', row: { ...ask, delivered: true } })
  const task = draft.task(ask.taskId)
  if (!task.continuation?.askIds?.includes(askId)) return
  const { continuation, ...row } = task
  const rest = continuation?.askIds?.filter((id) => id !== askId) ?? []
  draft.put({
    table: 'tasks',
    row: rest.length > 0 ? { ...row, continuation: { ...continuation, reason: 'answer', askIds: rest } } : row,
  })
}

/** Claude took its request back, or the process that asked is gone for good. */
export function withdrawn(draft: Draft, { askId, why }: Of<'withdrawn'>): void {
  const ask = draft.ask(askId)
  if (ask?.state === 'open') withdrawAsk(draft, ask, why)
}

/** The process is ended, the ask stays. */
export function parked(draft: Draft, { askId, how }: Of<'parked'>): void {
  const ask = draft.ask(askId)
  if (ask?.state !== 'open') return
  const row: Ask = { ...ask, parked: how }
  draft.put({ table: 'asks', row })
  draft.emit('ask.parked', { ask: row, text: `Waits for an answer without a running process: ${ask.title}` })
}

/** The session could not be picked up as planned: by words instead, or from the beginning. */
export function continuationLost(draft: Draft, { attemptId, fresh }: Of<'continuation-lost'>): void {
  const attempt = draft.attempt(attemptId)
  if (!attempt) return
  const task = draft.task(attempt.taskId)
  for (const ask of draft.asksOf(task.id)) {
    if (ask.parked === 'deferred') draft.put({ table: 'asks', row: { ...ask, parked: 'terminated' } })
  }
  if (fresh) continueTask(draft, task, { ...task.continuation, reason: 'fresh' })
}

/** A process of an attempt ended; what that means for the task. */
export function ended(draft: Draft, { attemptId, outcome, proof, checkpointAfter }: Of<'ended'>): void {
  const attempt = draft.attempt(attemptId)
  if (!attempt?.live) return
  const row = closeAttempt(draft, attempt, outcome, checkpointAfter)
  spend(draft, row.taskId, row.costUsd - attempt.costUsd)
  const task: Task = {
    ...draft.task(row.taskId),
    turns: draft.task(row.taskId).turns + row.turns - attempt.turns,
    ...(proof && { proof: { ...NO_PROOF, ...draft.task(row.taskId).proof, ...proof } }),
  }
  draft.put({ table: 'tasks', row: task })
  const text = `${taskName(task)}: ${outcome.text}`
  draft.emit('attempt.ended', {
    task,
    text,
    data: { attempt: row.number, outcome: outcome.kind, costUsd: row.costUsd, turns: row.turns },
  })
  // Skipped, stopped for good or restarted meanwhile: only the facts are kept.
  if (hasEnded(task) || task.phase !== 'working' || task.attemptId !== attemptId) return
  afterProcess(draft, task, outcome)
}

function closeAttempt(draft: Draft, attempt: Attempt, outcome: Outcome, checkpointAfter: string | undefined): Attempt {
  const { pid: _p, pidStartedAt: _s, ...rest } = attempt
  const row: Attempt = {
    ...rest,
    live: false,
    endedAt: draft.now,
    outcome: outcome.kind,
    costUsd: Math.max(attempt.costUsd, outcome.sessionCostUsd ?? 0),
    turns: Math.max(attempt.turns, outcome.turns ?? 0),
    ...(checkpointAfter !== undefined && { checkpointAfter }),
  }
  draft.put({ table: 'attempts', row })
  return row
}

function afterProcess(draft: Draft, task: Task, outcome: Outcome): void {
  const queue = draft.queue()
  if (outcome.kind !== 'overloaded' && queue.overloads > 0)
    draft.put({ table: 'queue', row: { ...queue, overloads: 0 } })
  const open = draft.asksOf(task.id).filter((ask) => ask.state === 'open')
  switch (outcome.kind) {
    case 'done': {
      for (const ask of open) withdrawAsk(draft, ask, 'Claude has finished')
      const worked: Task = { ...task, outcome: 'done', result: outcome.result ?? outcome.text }
      if (worked.spec.verify.length > 0 || draft.policy.hasChecks(worked.spec)) {
        const { continuation: _, ...row } = worked
        draft.put({ table: 'tasks', row: { ...row, phase: 'verifying' } })
        draft.emit('task.verifying', { task: row, text: `${taskName(task)}: checking` })
      } else taskPassed(draft, worked)
      return
    }
    case 'parked':
    case 'deferred':
    case 'interrupted':
      interrupted(draft, task, queue.paused ? 'paused' : 'interrupted')
      return
    case 'limit': {
      const until = (outcome.resetsAt ?? draft.now + UNKNOWN_RESET_MS) + AFTER_RESET_MS
      hold(draft, 'limit', until, `usage limit${outcome.limitType ? ` (${outcome.limitType})` : ''}`)
      keepGoing(draft, task, 'limit')
      return
    }
    case 'overloaded': {
      const overloads = queue.overloads + 1
      const backoffMs = OVERLOAD_BACKOFF_MS[Math.min(overloads, OVERLOAD_BACKOFF_MS.length) - 1] as number
      draft.put({ table: 'queue', row: { ...draft.queue(), overloads } })
      hold(draft, 'overload', draft.now + backoffMs, outcome.text)
      keepGoing(draft, task, 'overload')
      return
    }
    case 'credentials':
      keepGoing(draft, task, 'credentials')
      if (isAlone(draft, task.runId)) stopRun(draft, task.runId, outcome.text)
      else openCredentials(draft, task, outcome.text)
      return
    case 'budget':
      // The ceiling given to Claude was the lowest of task, run and day; settle opens the ask for the one that is reached.
      if (reachedCeiling(draft, task)) keepGoing(draft, task, 'budget')
      else taskFailed(draft, task, outcome)
      return
    default:
      for (const ask of open) withdrawAsk(draft, ask, outcome.text)
      taskFailed(draft, task, outcome)
  }
}

/** The process is gone and its session waits: for an open ask, or for its turn. */
export function interrupted(draft: Draft, task: Task, reason: 'paused' | 'interrupted'): void {
  const asks = draft.asksOf(task.id)
  const open = asks.filter((ask) => ask.state === 'open' && ask.tool)
  for (const ask of open) if (!ask.parked) draft.put({ table: 'asks', row: { ...ask, parked: 'terminated' } })
  const undelivered = asks.filter((ask) => ask.state === 'answered' && ask.tool && !ask.delivered)
  if (open.length > 0) {
    // Its answer will say how to go on.
    draft.put({ table: 'tasks', row: task })
  } else if (undelivered.length > 0) {
    continueWithAnswers(draft, task)
  } else {
    // Words that Claude never heard are kept.
    continueTask(draft, task, task.continuation ?? { reason })
  }
}

/** All asks of a process that is gone are answered: the session goes on with the answers. */
export function continueWithAnswers(draft: Draft, task: Task): void {
  const asks = draft.asksOf(task.id).filter((ask) => ask.tool && ask.state === 'answered' && !ask.delivered)
  for (const ask of asks) {
    if (ask.kind !== 'permission' || ask.answer?.choice !== 'allow') continue
    if (draft.grants(task.id).some((grant) => grant.askId === ask.id)) continue
    // Claude makes the call again; exactly this one passes, once.
    const match = draft.hash({ tool: ask.tool?.name, input: ask.tool?.input })
    const grant = {
      id: draft.id(),
      taskId: task.id,
      tool: ask.tool?.name ?? '',
      scope: 'once' as const,
      match,
      askId: ask.id,
    }
    draft.put({ table: 'grants', row: { ...grant, by: ask.answer.by, at: draft.now } })
  }
  continueTask(draft, task, { reason: 'answer', askIds: asks.map((ask) => ask.id) })
}

function keepGoing(draft: Draft, task: Task, reason: 'limit' | 'overload' | 'credentials' | 'budget'): void {
  // What Claude has not heard yet (a failure's text, an answer) must still be said.
  continueTask(draft, task, task.continuation ?? { reason })
}

function hold(draft: Draft, why: 'limit' | 'overload', until: number, text: string): void {
  draft.put({ table: 'queue', row: { ...draft.queue(), hold: { why, until, since: draft.now, text } } })
  draft.emit('queue.held', { text: `Waiting: ${text}`, data: { why, until } })
}

/** The checks of a task ran. */
export function checked(draft: Draft, { taskId, ok, text, proof, sendBack }: Of<'checked'>): void {
  const before = draft.task(taskId)
  if (before.phase !== 'verifying') return
  const task: Task = { ...before, proof: { ...NO_PROOF, ...before.proof, ...proof } }
  draft.put({ table: 'tasks', row: task })
  draft.emit('task.checked', { task, text: `${taskName(task)}: ${text}`, data: { ok, ...proof } })
  if (ok) taskPassed(draft, task)
  else if (sendBack && !task.sentBack)
    continueTask(draft, { ...task, sentBack: 1 }, { reason: 'sent-back', words: text })
  else if (sendBack) draft.put({ table: 'tasks', row: { ...task, phase: 'review' } })
  else taskFailed(draft, task, { kind: 'failed', text })
}

/** After a crash: what was going on is shown as interrupted, and everything decided before still holds. */
export function boot(draft: Draft): void {
  for (const attempt of draft.liveAttempts()) {
    const outcome: Outcome = { kind: 'interrupted', text: 'interrupted: Baton or the machine stopped' }
    closeAttempt(draft, attempt, outcome, undefined)
    const task = draft.task(attempt.taskId)
    if (hasEnded(task) || task.phase !== 'working' || task.attemptId !== attempt.id) continue
    // A session that never spoke may not exist: begin anew rather than fail to resume.
    if (attempt.heard) interrupted(draft, task, 'interrupted')
    else continueTask(draft, task, task.continuation ?? { reason: 'fresh' })
    draft.emit('task.interrupted', {
      task,
      text: `${taskName(task)} was interrupted and goes on`,
      data: { attempt: attempt.number, costUsd: usd(task.costUsd) },
    })
  }
}

function liveAttempt(draft: Draft, attemptId: string): Attempt {
  const attempt = draft.attempt(attemptId)
  if (!attempt?.live) throw new Error(`Attempt ${attemptId} is not live`)
  return attempt
}
