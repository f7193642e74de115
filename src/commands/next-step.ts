import type { Reply } from '../core/inputs.ts'
import type { Ask } from '../core/types.ts'
import { clean } from '../terminal/show/clean.ts'
import { answerCommands, type CallName } from '../terminal/show/how-to.ts'

/** What can be looked up about a refusal. */
interface Around {
  call: CallName
  /** Looks an ask up, where that is possible. */
  ask?: (id: string) => Ask | undefined
  /** A run was stopped with tasks left. */
  isStopped?: () => boolean
}

/** What to do about a refusal, in lines; none where its own words say all that can be done. */
export function nextStep({ code, data = {} }: Reply, { call, ask, isStopped }: Around): string[] {
  const [first, ...others] = (data.tasks ?? []) as { task: number }[]
  if (first && others.length > 0 && others.every(({ task }) => task === first.task))
    return ['Add --run with the one that you mean.']
  const ids = [data.asks ?? data.askId ?? []].flat() as string[]
  const asks = ids.flatMap((id) => ask?.(id) ?? []).filter(({ state }) => state === 'open')
  if (asks.length > 0) return asks.flatMap((one) => everyAnswer(one, call))
  if (code === 'idle')
    return [isStopped?.() ? `Continue with: ${call.tasks} --resume` : `Start with: ${call.tasks} FILE`]
  if (code === 'nothing-to-do' || code === 'unknown-ask' || data.unknown !== undefined)
    return [`See what is running and what is asked: ${call.baton} status`]
  return []
}

/** A refusal as the terminal shows it: its words, and below them what to do. */
export const refusalLines = (text: string, hints: readonly string[]): string =>
  [`error: ${clean(text)}`, ...hints.map((line) => `  ${clean(line)}`)].join('\n')

/** Whoever gave an answer that was none wants to see them all. */
function everyAnswer(ask: Ask, call: CallName): string[] {
  const [question, ...more] = ask.questions ?? []
  if (!question || more.length > 0 || question.multiSelect) return answerCommands(ask, call)
  return question.options.flatMap(({ label }) =>
    answerCommands({ ...ask, questions: [{ ...question, options: [{ label }] }] }, call),
  )
}
