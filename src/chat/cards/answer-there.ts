import type { AskRef, SaidElsewhere } from '../../core/elsewhere.ts'
import type { Reply } from '../../core/inputs.ts'
import { notPossible } from '../../core/reply.ts'
import type { ChatContext } from '../context.ts'
import type { UpdateContext } from '../update-context.ts'

/** Says to the machine that asks what somebody here has decided. */
export async function answerThere(
  { deps }: ChatContext,
  ctx: UpdateContext,
  to: AskRef,
  said: SaidElsewhere,
): Promise<Reply> {
  const reply = await deps.machine?.answer(to, said, ctx.by, `${ctx.key}:${to.ask}`)
  return reply ?? notPossible(`${to.machine} asks this, and this machine works alone now.`)
}
