import type { z } from 'zod'
import type { ResolvedCommand } from '../core/commands/commands.ts'
import type { Ask } from '../core/types.ts'
import type { Redact } from '../redact/redact.ts'
import { HttpFailure } from './failure.ts'
import type { answerBody } from './schemas/ask.ts'

/** An answer as a command about the ask. Throws HttpFailure where nothing is answered. */
export function answerCommand(
  row: Ask,
  { answer, hash }: z.output<typeof answerBody>,
  redact: Redact,
): Extract<ResolvedCommand, { target: unknown }> {
  const target = { askId: row.id, ...(hash !== undefined && { hash }) }
  if (typeof answer === 'string') return { type: 'words', target, text: answer }
  const { text } = answer
  const answers = answer.answers && asAsked(row, answer.answers, redact)
  const choice = answer.choice ?? (answers && 'answer')
  if (choice === undefined) {
    if (text === undefined) throw new HttpFailure(400, 'invalid', 'answer: give choice, text or answers.')
    return { type: 'words', target, text }
  }
  return { type: 'answer', target, choice, ...(text !== undefined && { text }), ...(answers && { answers }) }
}

/** Questions and options were shown without secrets; whoever names them so means what was asked, if that is one alone. */
function asAsked(row: Ask, answers: Record<string, string>, redact: Redact): Record<string, string> {
  const meant = <T>(all: T[], words: (one: T) => string, said: string): T | undefined => {
    const exact = all.find((one) => words(one) === said)
    const alike = all.filter((one) => redact(words(one)) === said)
    return exact ?? (alike.length === 1 ? alike[0] : undefined)
  }
  return Object.fromEntries(
    Object.entries(answers).map(([key, value]) => {
      const asked = meant(row.questions ?? [], ({ question }) => question, key)
      const option = meant(asked?.options ?? [], ({ label }) => label, value)
      return [asked?.question ?? key, option?.label ?? value]
    }),
  )
}
