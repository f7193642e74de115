import type { Actor, KnownPerson, RoleBook } from './types.ts'

/** What members may look like; ids of accounts are never names, which others could take. */
const MEMBERS: readonly RegExp[] = [
  /^telegram:\d{1,20}$/,
  /^slack:[UW][A-Z0-9]{1,30}$/,
  /^slack-group:S[A-Z0-9]{1,30}$/,
  /^discord:\d{1,20}$/,
  /^discord-role:\d{1,20}$/,
  /^github:[a-z0-9](?:[a-z0-9-]{0,38})$/,
  /^terminal(?::[\w.@-]{1,64})?$/,
  /^(?:dashboard|api)$/,
]

/** For messages about a wrong member. */
export const MEMBER_EXPECTED =
  'telegram:ID, slack:ID, slack-group:ID, discord:ID, discord-role:ID, github:LOGIN, terminal, terminal:USER, dashboard or api'

/** Reads a member of a role as config.yaml names it; undefined for anything else. GitHub takes logins in any letter case. */
export function readMember(written: string): string | undefined {
  const member = written.startsWith('github:') ? written.toLowerCase() : written
  return MEMBERS.some((form) => form.test(member)) ? member : undefined
}

/** Every form in which somebody may be a member of a role. */
function membershipsOf({ surface, id, name, groups = [] }: Actor): string[] {
  switch (surface) {
    case 'telegram':
    case 'slack':
    case 'discord':
      return [`${surface}:${id}`, ...groups]
    case 'github':
      return [`github:${name.toLowerCase()}`]
    case 'terminal':
      return ['terminal', `terminal:${id}`]
    case 'http':
      // Whoever opened the dashboard by a link from a chat is the person of that chat, and not just anybody with the token.
      return [id]
    case 'jira':
    case 'schedule':
    case 'baton':
      return []
  }
}

/** Which of the roles an actor has. */
export function rolesOf({ members }: RoleBook, actor: Actor): string[] {
  const own = membershipsOf(actor)
  return Object.keys(members).filter((role) => members[role]?.some((member) => own.includes(member)))
}

/** The account that tells who somebody is; undefined where several people may be behind an actor. */
function accountOf({ surface, id, name }: Actor): string | undefined {
  if (surface === 'github') return `github:${name.toLowerCase()}`
  if (surface === 'telegram' || surface === 'slack' || surface === 'discord') return `${surface}:${id}`
  return surface === 'http' && id.includes(':') ? id : undefined
}

/**
 * Whether two actors are two people. `unknown`: one of them may be anybody, or they are accounts on different platforms of which
 * `people` does not say whose they are.
 */
export function areDifferent(
  people: readonly KnownPerson[],
  one: Actor,
  other: Actor,
): 'same' | 'different' | 'unknown' {
  const [a, b] = [accountOf(one), accountOf(other)]
  if (a === undefined || b === undefined) return 'unknown'
  if (a === b) return 'same'
  const [personA, personB] = [a, b].map((account) => people.find((person) => isOf(person, account)))
  if (personA !== undefined && personB !== undefined) return personA === personB ? 'same' : 'different'
  const platform = (account: string) => account.slice(0, account.indexOf(':'))
  return platform(a) === platform(b) ? 'different' : 'unknown'
}

const isOf = ({ accounts, logins = [] }: KnownPerson, account: string): boolean =>
  logins.includes(account) || accounts.some(({ surface, id }) => `${surface}:${id}` === account)

/** `ops (anna, telegram:42, dashboard)`, for refusals and for whoever looks for somebody to ask: people by name, where they have one. */
export function rolesText({ members, people }: RoleBook, roles: readonly string[]): string {
  const nameOf = (member: string) => people.find((person) => isOf(person, member))?.name ?? member
  return roles
    .map((role) => {
      const of = [...new Set((members[role] ?? []).map(nameOf))]
      return `${role} (${of.length === 0 ? 'nobody' : of.join(', ')})`
    })
    .join(' or ')
}
