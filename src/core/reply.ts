import type { Reply } from './inputs.ts'

/** The reply to a command that cannot be carried out as things are; `text` says why. */
export function notPossible(text: string, data?: Reply['data']): Reply {
  return { ok: false, code: 'not-possible', text, ...(data && { data }) }
}
