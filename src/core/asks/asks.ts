import { actorText } from '../actors.ts'
import type { Target } from '../commands/commands.ts'
import type { Draft } from '../draft.ts'
import type { Reply } from '../inputs.ts'
import type { Actor, Answer, Ask, Choice, Option, Task } from '../types.ts'
import { decidedWord, NO, YES } from './choices.ts'
import { grantText } from './grant.ts'

type NewAsk = Pick<Ask, 'kind' | 'title' | 'text' | 'options'> &
  Partial<
    Pick<
      Ask,
      'about' | 'attemptId' | 'questions' | 'tool' | 'rule' | 'description' | 'remark' | 'hunks' | 'deciders' | 'undo'
    >
  >

/** Everything that is read before an ask is decided, as one text, for places with room for only one. */
export function wholeText({ title, description, text, remark }: Ask): string {
  return [title, description, text, remark].filter((part) => part !== undefined && part !== '').join('\n\n')
}

/** Stores an ask before it is shown to anybody. */
export function openAsk(draft: Draft, task: Task, fields: NewAsk): Ask {
  const shown = {
    kind: fields.kind,
    title: fields.title,
    text: fields.text,
    description: fields.description,
    remark: fields.remark,
    options: fields.options,
    tool: fields.tool,
    ...(fields.deciders && { deciders: fields.deciders }),
  }
  const ask: Ask = {
    id: draft.id(),
    queue: draft.queue().name,
    runId: task.runId,
    taskId: task.id,
    task: task.number,
    ...fields,
    hash: draft.hash(shown),
    state: 'open',
    openedAt: draft.now,
  }
  draft.put({ table: 'asks', row: ask })
  draft.emit('ask.opened', { task, ask, text: ask.title, data: { kind: ask.kind } })
  return ask
}

/** Takes an open ask back: what it was about is no longer to be decided. */
export function withdrawAsk(draft: Draft, ask: Ask, why: string): void {
  const row: Ask = { ...ask, state: 'withdrawn', closedAt: draft.now, withdrawnBecause: why }
  draft.put({ table: 'asks', row })
  draft.emit('ask.withdrawn', { ask: row, text: `No longer needed: ${ask.title} (${why})`, data: { why } })
}

/** Withdraws every open ask of a task. */
export function withdrawAsksOf(draft: Draft, taskId: string, why: string): void {
  for (const ask of draft.asksOf(taskId)) if (ask.state === 'open') withdrawAsk(draft, ask, why)
}

/** Closes an open ask with an answer; the only place where an ask becomes `answered`. */
export function closeAsk(draft: Draft, ask: Ask, by: Actor, answer: Pick<Answer, 'choice' | 'text' | 'answers'>): Ask {
  const row: Ask = {
    ...ask,
    state: 'answered',
    closedAt: draft.now,
    answer: { ...answer, by, at: draft.now, hash: ask.hash },
  }
  draft.put({ table: 'asks', row })
  draft.emit('ask.answered', { ask: row, text: decisionText(row), data: { choice: answer.choice } })
  return row
}

/** What was decided, in words: `Answered by Anna (Telegram): “Blue”`. */
export function decisionText(ask: Ask): string {
  if (ask.state === 'withdrawn') return `No longer needed: ${ask.withdrawnBecause ?? ''}`
  const answer = ask.answer
  if (!answer) return 'Open'
  const words = answer.answers ? Object.values(answer.answers).join(' · ') : answer.text
  const rule = answer.choice === 'allow-task' && ask.rule ? `: ${grantText(ask.rule)}` : ''
  return `${decidedWord(answer.choice, ask.about)} by ${deciderNames(ask, answer)}${rule}${words ? `: “${words}”` : ''}`
}

/** Everybody whose approval was needed, or the one who decided. */
function deciderNames({ approvals = [] }: Ask, { choice, by }: Answer): string {
  const all = approvals.length > 1 && choice === approvals[0]?.choice ? approvals : [{ by }]
  return all.map((one) => actorText(one.by)).join(' and ')
}

/** Finds the ask that is meant, or says why none can be. */
export function findAsk(draft: Draft, target: Target): { ask: Ask } | { reply: Reply } {
  if (target.askId !== undefined) {
    const ask = draft.ask(target.askId)
    if (!ask)
      return {
        reply: { ok: false, code: 'unknown-ask', text: 'There is no such question, or it was closed long ago.' },
      }
    if (ask.state !== 'open') return { reply: closedReply(ask) }
    if (target.hash !== undefined && target.hash !== ask.hash) {
      return {
        reply: { ok: false, code: 'changed', text: 'This has changed since it was shown; please look again.' },
      }
    }
    return { ask }
  }
  const all = draft.openAsks().filter((ask) => target.task === undefined || ask.task === target.task)
  const pressing = all.filter(isPressing)
  const open = pressing.length > 0 ? pressing : all
  if (open.length === 1) return { ask: open[0] as Ask }
  if (open.length === 0) {
    const where = target.task === undefined ? '' : ` about task ${target.task}`
    return { reply: { ok: false, code: 'nothing-to-do', text: `Nothing${where} is waiting for an answer.` } }
  }
  const list = open.map((ask) => `${ask.task}: ${ask.title}`).join('\n')
  return {
    reply: {
      ok: false,
      code: 'ambiguous',
      text: `${open.length} decisions are waiting; name the task you mean:\n${list}`,
      data: { asks: open.map(({ id }) => id) },
    },
  }
}

/** Something here waits for its answer; nothing does for what is asked about an undo, or about a run of a machine that is gone. */
export const isPressing = ({ about }: Pick<Ask, 'about'>): boolean => about !== 'undo' && about !== 'machine'

/** The reply to somebody who answers second. */
export function closedReply(ask: Ask): Reply {
  const text = ask.state === 'withdrawn' ? decisionText(ask) : `Already decided: ${decisionText(ask)}.`
  return { ok: false, code: 'closed', text, data: { askId: ask.id, closedAt: ask.closedAt } }
}

/** What words mean as an answer to an ask. */
export type MeantAnswer = { choice: Choice; text?: string; answers?: Record<string, string> }

/** What a bare word of agreement means for an ask; undefined where agreement is not one of the options. */
export function agreement(ask: Ask): MeantAnswer | undefined {
  const choice = (['approve', 'allow', 'accept'] as const).find((c) => ask.options.some((o) => o.choice === c))
  return choice && { choice }
}

/**
 * What a refusal, with its reason, means for an ask. To a failure it means nothing: “no” can refuse a retry as well as
 * giving up, and must not stop the run.
 */
export function refusal(ask: Ask, why: string | undefined): MeantAnswer | undefined {
  if (ask.kind === 'failure') return undefined
  const choice = (['reject', 'deny', 'send-back', 'stop'] as const).find((c) => ask.options.some((o) => o.choice === c))
  if (!choice) return undefined
  // "Send back" without words would tell Claude nothing.
  if (choice === 'send-back' && !why) return undefined
  return why ? { choice, text: why } : { choice }
}

/** Reads a person's free words as an answer to `ask`; undefined when they decide nothing. */
export function readWords(ask: Ask, words: string): MeantAnswer | undefined {
  const text = words.trim()
  if (text === '') return undefined
  if (ask.kind === 'question') {
    const answers = readAnswers(ask, text)
    return answers && { choice: 'answer', answers }
  }
  const option = ask.options.find(
    (o: Option) => o.label.toLowerCase() === text.toLowerCase() || o.choice === text.toLowerCase(),
  )
  if (option) return option.choice === 'send-back' ? undefined : { choice: option.choice }
  if (YES.test(text)) return agreement(ask)
  if (NO.test(text)) return refusal(ask, undefined)
  // Anything else is words for Claude: a denial with the reason, the changes wanted, the hint for the next try.
  if (ask.kind === 'permission') return { choice: 'deny', text }
  if (ask.kind === 'review') return { choice: 'send-back', text }
  if (ask.kind === 'failure') return { choice: 'retry', text }
  return undefined
}

/** One answer a line for several questions; numbers and labels pick options, anything else is taken as it is. */
function readAnswers(ask: Ask, text: string): Record<string, string> | undefined {
  const questions = ask.questions ?? []
  const lines = questions.length === 1 ? [text] : text.split(/\r?\n/).filter((line) => line.trim() !== '')
  if (lines.length !== questions.length) return undefined
  return Object.fromEntries(
    questions.map((question, i) => {
      const line = (lines[i] as string).trim()
      const pick = (word: string) => {
        const byNumber = /^\d+$/.test(word) ? question.options[Number(word) - 1] : undefined
        return (byNumber ?? question.options.find((o) => o.label.toLowerCase() === word.toLowerCase()))?.label
      }
      if (!question.multiSelect) return [question.question, pick(line) ?? line]
      const words = line.split(/\s*,\s*/).filter((word) => word !== '')
      return [question.question, words.map((word) => pick(word) ?? word).join(', ')]
    }),
  )
}
