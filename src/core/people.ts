import type { ChatSurface } from './types.ts'

/** Somebody on a chat platform: `telegram:42`. */
export interface Account {
  surface: ChatSurface
  id: string
}

/** Reads an account that config.yaml names; undefined for anything else. */
export function readAccount(written: string): Account | undefined {
  const [, surface, id] = /^(telegram|discord):(\d{1,20})$/.exec(written) ?? []
  return surface === undefined || id === undefined ? undefined : { surface: surface as ChatSurface, id }
}

/** Somebody, with their accounts: they hear everything on one platform, however many they are on. */
export interface NamedPerson {
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

/** How the person behind an account wants to hear of things there. */
export function hearingOf(people: readonly NamedPerson[], surface: ChatSurface, id: string): Hearing {
  const person = people.find(({ accounts }) => accounts.some((each) => each.surface === surface && each.id === id))
  return {
    isElsewhere: person !== undefined && person.hears !== surface,
    ...(person?.sound !== undefined && { sound: person.sound }),
  }
}
