import { shortened } from '../text/cut.ts'
import type { CallSlack } from './connection.ts'

interface UserInfo {
  user?: { real_name?: string; name?: string; profile?: { display_name?: string; real_name?: string } }
}
interface UserGroup {
  id: string
  users?: string[]
}
interface UserGroups {
  usergroups?: UserGroup[]
}

const NAME_UNITS = 60
/** Who belongs to a group is asked again after this. */
const GROUPS_MS = 30_000

/** What people are called, and which groups they are in. */
export interface SlackPeople {
  nameOf: (userId: string) => Promise<string>
  groupsOf: (userId: string) => Promise<string[]>
  /** Which groups they are in, as far as is known by now. */
  knownGroupsOf: (userId: string) => string[]
  /** Asks who is in the groups. Never rejects. */
  refresh: () => Promise<void>
}

/** Who was in which group, kept for the next life, which asks people before it can ask Slack. */
export interface KeptGroups {
  get: () => UserGroup[] | undefined
  set: (found: UserGroup[]) => void
}

/** Looks people up; a failed look-up is reported, and then nobody is in a group. `groups`: those that matter. */
export function createSlackPeople(
  call: CallSlack,
  groups: readonly string[],
  kept: KeptGroups,
  onTrouble: (text: string) => void,
): SlackPeople {
  const names = new Map<string, string>()
  let known = kept.get() ?? []
  let asked: { at: number; members: Promise<UserGroups> } | undefined
  const membersNow = () => {
    if (asked && performance.now() - asked.at < GROUPS_MS) return asked.members
    const members = call<UserGroups>('usergroups.list', { include_users: true }).catch((error: unknown): UserGroups => {
      asked = undefined
      onTrouble(`Nobody counts as a member of a Slack group: ${String(error)}`)
      return {}
    })
    asked = { at: performance.now(), members }
    return members
  }
  const groupsIn = (found: UserGroup[], userId: string) =>
    found
      .filter(({ id, users = [] }) => groups.includes(id) && users.includes(userId))
      .map(({ id }) => `slack-group:${id}`)
  return {
    knownGroupsOf: (userId) => groupsIn(known, userId),
    refresh: async () => {
      if (groups.length === 0) return
      const { usergroups: found } = await membersNow()
      // Whoever was a member is still heard while Slack cannot be asked; what they may decide is asked again each time.
      if (!found) return
      known = found.filter(({ id }) => groups.includes(id)).map(({ id, users = [] }) => ({ id, users }))
      kept.set(known)
    },
    async nameOf(userId) {
      const called = names.get(userId)
      if (called !== undefined) return called
      const { user } = await call<UserInfo>('users.info', { user: userId }).catch((): UserInfo => ({}))
      const { profile } = user ?? {}
      const written = profile?.display_name || profile?.real_name || user?.real_name || user?.name
      const name = shortened((written ?? '').replace(/\s+/g, ' ').trim(), NAME_UNITS)
      if (name !== '') names.set(userId, name)
      return name || userId
    },
    async groupsOf(userId) {
      if (groups.length === 0) return []
      const { usergroups = [] } = await membersNow()
      return groupsIn(usergroups, userId)
    },
  }
}
