import type { ReplyWords } from './commands/naming.ts'
import type { Reply } from './inputs.ts'

/** The reply to a command that cannot be carried out as things are, and why. */
export function notPossible(why: string | ReplyWords, data?: Reply['data']): Reply {
  const said = typeof why === 'string' ? { text: why } : why
  return { ok: false, code: 'not-possible', ...said, ...(data && { data }) }
}
