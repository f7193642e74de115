import { renderNotice } from '../render/notice.ts'
import type { CommandCall } from './call.ts'

/** `/plan words`: Claude writes a list of tasks from them, or from today's note. */
export async function plan({
  chat,
  ctx,
  queue,
  text,
}: Pick<CommandCall, 'chat' | 'ctx' | 'queue' | 'text'>): Promise<void> {
  const { plans, redact } = chat.deps
  if (!plans) return ctx.say(renderNotice('Plans are not available here.'))
  const reply = await plans.plan({ words: text, project: queue, key: ctx.key }, ctx.by)
  ctx.say(renderNotice(redact(reply.text), { mark: reply.ok ? '📝' : 'ℹ️' }))
}
