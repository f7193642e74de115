import { z } from 'zod'
import type { Command } from '../../core/commands/commands.ts'
import type { Reply } from '../../core/inputs.ts'
import { notPossible } from '../../core/reply.ts'
import type { Actor } from '../../core/types.ts'
import { answerCommand } from '../answer-command.ts'
import type { HttpDeps } from '../deps.ts'
import { HttpFailure } from '../failure.ts'
import { answerBody } from '../schemas/ask.ts'

/** What somebody said in a chat of another machine. */
const said = z.object({
  hash: z.string().max(200),
  answer: z.union([z.strictObject({ snooze: z.string().max(40) }), answerBody.shape.answer]).optional(),
  approve: z.literal(true).optional(),
  reject: z.string().max(100_000).optional(),
})

/** Answers an ask in the name of whoever said it in a chat of another machine. */
export async function answerFor(
  { api, redact }: Pick<HttpDeps, 'api' | 'redact'>,
  id: string,
  body: unknown,
  { by, key }: { by: Actor; key: string | undefined },
): Promise<Reply> {
  const ask = api.view.ask(id)
  const { data } = said.safeParse(body)
  if (!ask) return { ok: false, code: 'unknown-ask', text: 'There is no such question, or it was closed long ago.' }
  if (!data) return notPossible('This answer cannot be read here: update Baton on this machine.')
  const { hash, answer, approve, reject } = data
  const target = { askId: id, hash }
  const isSnooze = typeof answer === 'object' && 'snooze' in answer
  try {
    const command: Command = approve
      ? { type: 'approve', target }
      : answer === undefined
        ? { type: 'reject', target, ...(reject && { text: reject }) }
        : isSnooze
          ? { type: 'snooze', target, for: answer.snooze }
          : answerCommand(ask, { answer, hash }, redact)
    return await api.submit(command, by, { queue: ask.queue, ...(key !== undefined && { key }) })
  } catch (error) {
    if (error instanceof HttpFailure) return notPossible(error.message)
    throw error
  }
}
