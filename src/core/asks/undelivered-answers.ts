import type { Draft } from '../draft.ts'
import type { Answer, Ask, Continuation, Task } from '../types.ts'

/** Asks of Claude that were answered, and of which Claude has not shown that it has the answer. */
export function unheardAnswers(draft: Draft, task: Task): (Ask & { answer: Answer })[] {
  return draft
    .asksOf(task.id)
    .flatMap((ask) =>
      ask.tool && ask.state === 'answered' && ask.answer && !ask.delivered ? [{ ...ask, answer: ask.answer }] : [],
    )
}

/** Claude makes a call again that was allowed too late for its process; exactly this one passes, once. */
export function grantUnheard(draft: Draft, task: Task): void {
  for (const { id, kind, tool, answer } of unheardAnswers(draft, task)) {
    if (kind !== 'permission' || answer.choice !== 'allow') continue
    if (draft.grants(task.id).some((grant) => grant.askId === id)) continue
    const name = tool?.name ?? ''
    const match = draft.hash({ tool: name, input: tool?.input })
    const grant = { id: draft.id(), taskId: task.id, tool: name, scope: 'once' as const, match, askId: id }
    draft.put({ table: 'grants', row: { ...grant, by: answer.by, at: draft.now } })
  }
}

/**
 * The next try after a failure: what went wrong, and what was answered meanwhile. A call that was allowed is not spoken
 * of: it may be what went wrong.
 */
export function retryWith(draft: Draft, task: Task, words: string): Continuation {
  const answers = unheardAnswers(draft, task).filter(
    ({ kind, answer }) => kind === 'question' || answer.choice === 'deny',
  )
  const askIds = answers.map(({ id }) => id)
  return { reason: 'retry', words, ...(askIds.length > 0 && { askIds }) }
}
