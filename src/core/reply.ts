import type { ReplyWords } from './commands/naming.ts'
import type { Reply } from './inputs.ts'

/** The reply where there is nothing that the command could be about. */
export const NOTHING_RUNS: Reply = { ok: false, code: 'idle', text: 'Nothing is running.' }

/** The reply to a command that cannot be carried out as things are, and why. */
export function notPossible(why: string | ReplyWords, data?: Reply['data']): Reply {
  const said = typeof why === 'string' ? { text: why } : why
  return { ok: false, code: 'not-possible', ...said, ...(data && { data }) }
}
