import { shortened } from '../text/cut.ts'
import type { CallSlack } from './connection.ts'

interface UserInfo {
  user?: { real_name?: string; name?: string; profile?: { display_name?: string; real_name?: string } }
}
interface UserGroups {
  usergroups?: { id: string; users?: string[] }[]
}

const NAME_UNITS = 60
/** Who belongs to a group is asked again after this. */
const GROUPS_MS = 30_000

/** What people are called, and which groups they are in. */
export interface SlackPeople {
  nameOf: (userId: string) => Promise<string>
  groupsOf: (userId: string) => Promise<string[]>
  /** In one of the groups, as far as is known by now. */
  isMember: (userId: string) => boolean
  /** Asks who is in the groups. Never rejects. */
  refresh: () => Promise<void>
}

/** Looks people up; a failed look-up is reported, and then nobody is in a group. `groups`: those that matter. */
export function createSlackPeople(
  call: CallSlack,
  groups: readonly string[],
  onTrouble: (text: string) => void,
): SlackPeople {
  const names = new Map<string, string>()
  let known: ReadonlySet<string> = new Set()
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
  const membersOf = ({ usergroups = [] }: UserGroups) =>
    usergroups.filter(({ id }) => groups.includes(id)).flatMap(({ users = [] }) => users)
  return {
    isMember: (userId) => known.has(userId),
    refresh: async () => {
      if (groups.length === 0) return
      const found = await membersNow()
      // Whoever was a member is still heard while Slack cannot be asked; what they may decide is asked again each time.
      if (found.usergroups) known = new Set(membersOf(found))
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
      return usergroups
        .filter(({ id, users = [] }) => groups.includes(id) && users.includes(userId))
        .map(({ id }) => `slack-group:${id}`)
    },
  }
}
