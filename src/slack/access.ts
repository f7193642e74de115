import type { Heard } from './heard.ts'

/** Who may use Baton, and where. */
export interface Allowed {
  users: readonly string[]
  /** Members of the groups that a role names. */
  isMember: (user: string) => boolean
  channel: string | undefined
}

/**
 * Checks the person and the place of what was heard, by ids alone: one of the allowed people, in the channel or in their own
 * chat with the bot. Nobody is allowed for being in the channel.
 */
export function mayBeHeard(
  heard: Pick<Heard, 'user'> & { channel?: string },
  { users, isMember, channel }: Allowed,
): boolean {
  if (!users.includes(heard.user) && !isMember(heard.user)) return false
  return heard.channel === undefined || heard.channel === channel || heard.channel.startsWith('D')
}
