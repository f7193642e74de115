import { renderNotice } from '../render/notice.ts'
import type { Command } from './call.ts'

/** `/plan words`: Claude writes a list of tasks from them, or from today's note. */
export const plan: Command = async ({ around, turn, queue, text }) => {
  const { plans, redact } = around.deps
  if (!plans) return turn.say(renderNotice('Plans cannot be made here.'))
  const reply = await plans.plan({ words: text, project: queue, key: `telegram:${turn.updateId}` }, turn.by)
  turn.say(renderNotice(redact(reply.text), { mark: reply.ok ? '📝' : 'ℹ️' }))
}
