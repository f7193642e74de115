import type { ChatSurface } from './types.ts'

/** Somebody on a chat platform: `telegram:42`, `slack:U42`. */
export interface Account {
  surface: ChatSurface
  id: string
}

const ACCOUNTS: readonly { surface: ChatSurface; form: RegExp }[] = [
  { surface: 'telegram', form: /^telegram:(\d{1,20})$/ },
  { surface: 'slack', form: /^slack:([UW][A-Z0-9]{1,30})$/ },
  { surface: 'discord', form: /^discord:(\d{1,20})$/ },
]

/** For messages about a wrong account. */
export const ACCOUNT_EXPECTED = 'telegram:ID, slack:ID or discord:ID'

/** Reads an account that config.yaml names; undefined for anything else. */
export function readAccount(written: string): Account | undefined {
  for (const { surface, form } of ACCOUNTS) {
    const id = form.exec(written)?.[1]
    if (id !== undefined) return { surface, id }
  }
  return undefined
}

/** Somebody, with their accounts: they hear everything on one platform, however many they are on. */
export interface NamedPerson {
  /** As the configuration calls them. */
  name?: string
  accounts: readonly Account[]
  /** Who they are elsewhere, where they only act: `github:anna`. */
  logins?: readonly string[]
  /** The platform where they hear what happens. */
  hears: ChatSurface
  /** What makes a sound for them; absent: as for everybody. */
  sound?: 'needed' | 'ends' | 'all'
}

/** How somebody wants to hear of things. */
export interface Hearing {
  /** They hear it on another platform. */
  isElsewhere: boolean
  sound?: NamedPerson['sound']
}

/**
 * How the person behind an account wants to hear of things there. `isTold`: whether an account has a chat where things are told;
 * who has none on the chosen platform hears on the first of their accounts that has.
 */
export function hearingOf(
  people: readonly NamedPerson[],
  { surface, id }: Account,
  isTold: (account: Account) => boolean,
): Hearing {
  const person = people.find(({ accounts }) => accounts.some((each) => each.surface === surface && each.id === id))
  const reached = person?.accounts.filter(isTold).map((each) => each.surface) ?? []
  const hears = person && reached.includes(person.hears) ? person.hears : reached[0]
  return {
    isElsewhere: hears !== undefined && hears !== surface,
    ...(person?.sound !== undefined && { sound: person.sound }),
  }
}
