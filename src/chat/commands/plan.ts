import { renderNotice } from '../render/notice.ts'
import type { CommandHandler } from './call.ts'

/** `/plan words`: Claude writes a list of tasks from them, or from today's note. */
export const plan: CommandHandler = async ({ chat, ctx, queue, text }) => {
  const { plans, redact } = chat.deps
  if (!plans) return ctx.say(renderNotice('Plans are not available here.'))
  const reply = await plans.plan({ words: text, project: queue, key: ctx.key }, ctx.by)
  ctx.say(renderNotice(redact(reply.text), { mark: reply.ok ? '📝' : 'ℹ️' }))
}
