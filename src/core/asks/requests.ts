import { BATON } from '../actors.ts'
import { type Draft, liveAttempt } from '../draft.ts'
import type { ClaudeRequest, InputOf, Verdict } from '../inputs.ts'
import { isAlone } from '../tasks.ts'
import type { Ask, Task } from '../types.ts'
import { closeAsk, openAsk, withdrawAsk } from './asks.ts'

/** Claude asks: answered from what was decided before, else stored as an open ask. */
export function asked(draft: Draft, { attemptId, request }: InputOf<'asked'>): Verdict {
  const attempt = liveAttempt(draft, attemptId)
  const task = draft.task(attempt.taskId)
  // The process is about to be ended; a denial would stay in its session as the user's word.
  const isWanted = task.phase === 'working' && task.attemptId === attemptId && draft.run(task.runId).state === 'open'
  if (!isWanted) return { do: 'ending' }
  // If Claude took it back because its process ended, that decides nothing about the same call in the next process.
  const earlier = draft.asksOf(task.id).findLast((ask) => ask.state !== 'withdrawn' && isSameCall(ask, request))
  if (earlier?.state === 'open') {
    // Asked again by the continued process: the same ask, held by a new request.
    const { parked: _, ...ask } = earlier
    draft.put({ table: 'asks', row: { ...ask, tool: { ...toolOf(request) } } })
    return { do: 'wait', askId: ask.id }
  }
  // A session that was killed before it noted the answer makes the same call once more: a person answers it once. (A
  // permission passes again by its grant, or not at all.)
  if (earlier?.state === 'answered' && (!earlier.delivered || request.kind === 'question')) return verdictOf(earlier)
  if (request.kind === 'permission') {
    const grant = findGrant(draft, task, request)
    if (grant) return grant
  } else if (isAlone(draft, task.runId)) {
    return verdictOf(answerAlone(draft, openAsk(draft, task, askFields(attemptId, request))))
  }
  return { do: 'wait', askId: openAsk(draft, task, askFields(attemptId, request)).id }
}

const NOBODY_THERE =
  'Nobody is there to answer. Choose the most reasonable option yourself, continue with it, and say in your summary which one you chose and why.'

/** Tells Claude, in answer to its question, that nobody is there. */
export function answerAlone(draft: Draft, ask: Ask): Ask {
  const answers = Object.fromEntries((ask.questions ?? []).map((q) => [q.question, NOBODY_THERE]))
  return closeAsk(draft, ask, { ...BATON, name: 'Baton, as nobody is there' }, { choice: 'answer', answers })
}

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
      text: `Allowed by an earlier grant: ${request.title}`,
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
    ...(request.description !== undefined && { description: request.description }),
    ...(request.remark !== undefined && { remark: request.remark }),
    options,
    tool: toolOf(request),
    ...(request.questions && { questions: request.questions }),
    ...(request.rule !== undefined && { rule: request.rule }),
  }
}

const isSameCall = (ask: Ask, request: ClaudeRequest) =>
  ask.tool?.useId !== undefined && ask.tool.useId === request.useId

/** What Claude's process gets once an ask is closed. */
export function verdictOf(ask: Ask): Verdict {
  if (ask.state === 'open') return { do: 'wait', askId: ask.id }
  const answer = ask.answer
  if (!answer)
    return { do: 'deny', message: `This request was withdrawn: ${ask.withdrawnBecause ?? 'no longer needed'}.` }
  if (answer.choice === 'allow' || answer.choice === 'allow-task') return { do: 'allow' }
  if (answer.answers) return { do: 'answer', answers: answer.answers }
  return { do: 'deny', message: answer.text ? `The user said no: ${answer.text}` : 'The user said no.' }
}

/** Claude continued with an answer: it need not be sent again. */
export function delivered(draft: Draft, { askId }: InputOf<'delivered'>): void {
  const ask = draft.ask(askId)
  if (!ask || ask.delivered) return
  draft.put({ table: 'asks', row: { ...ask, delivered: true } })
  const task = draft.task(ask.taskId)
  if (!task.continuation?.askIds?.includes(askId)) return
  const { continuation, ...row } = task
  const { askIds = [], ...words } = continuation
  const rest = askIds.filter((id) => id !== askId)
  if (rest.length > 0) draft.put({ table: 'tasks', row: { ...row, continuation: { ...words, askIds: rest } } })
  else draft.put({ table: 'tasks', row: words.reason === 'answer' ? row : { ...row, continuation: words } })
}

/** Claude took its request back, or the process that asked is gone for good. */
export function withdrawn(draft: Draft, { askId, why }: InputOf<'withdrawn'>): void {
  const ask = draft.ask(askId)
  if (ask?.state === 'open') withdrawAsk(draft, ask, why)
}

/** The process is ended, the ask stays. Where the end of the run meets that of the hold, this comes twice. */
export function parked(draft: Draft, { askId, how }: InputOf<'parked'>): void {
  const ask = draft.ask(askId)
  if (ask?.state !== 'open' || ask.parked === how) return
  const row: Ask = { ...ask, parked: how }
  draft.put({ table: 'asks', row })
  draft.emit('ask.parked', { ask: row, text: `Waiting for an answer, with no process running: ${ask.title}` })
}

/** The ask whose deferred call the next process continues with, without a prompt. */
export function deferredAsk(draft: Pick<Draft, 'ask'>, task: Task): Ask | undefined {
  const { reason, askIds = [] } = task.continuation ?? {}
  const [id, ...others] = reason === 'answer' ? askIds : []
  const ask = id === undefined || others.length > 0 ? undefined : draft.ask(id)
  return ask?.parked === 'deferred' ? ask : undefined
}
