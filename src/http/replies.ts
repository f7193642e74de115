import type { Reply } from '../core/inputs.ts'
import { HttpFailure } from './failure.ts'

const STATUS: Record<NonNullable<Reply['code']>, number> = {
  idle: 409,
  'unknown-ask': 404,
  closed: 409,
  changed: 409,
  ambiguous: 409,
  'not-possible': 409,
  'nothing-to-do': 409,
  'key-reused': 422,
  'not-allowed': 403,
}

/**
 * A refused command as the right error. `notPossible` is its status where the reason can only lie in what was sent, as
 * in a wrong task file.
 */
export function refusalOf(reply: Reply, notPossible = 409): HttpFailure {
  const code = reply.code ?? 'not-possible'
  return new HttpFailure(code === 'not-possible' ? notPossible : STATUS[code], code, reply.text, {}, reply.commands)
}

/** What a reply says, as a part of an answer. */
export const wordsOf = ({ text, commands }: Reply): { message: string; commands?: readonly string[] } => ({
  message: text,
  ...(commands && { commands }),
})

/** The reply to a command that was carried out. Throws HttpFailure for one that was not. */
export function done(reply: Reply, notPossible?: number): Reply {
  if (!reply.ok) throw refusalOf(reply, notPossible)
  return reply
}
