import type { Actor, ChatSurface } from './actor.ts'

/** Roles as configured: their members, as `telegram:42`, `discord-role:900`, `github:anna` or `dashboard`. */
export interface RoleBook {
  members: Readonly<Record<string, readonly string[]>>
  /** Which accounts belong to one person. */
  people: readonly KnownPerson[]
}

/** Somebody, with their accounts: on chat platforms, and where they only act (`github:anna`). */
export interface KnownPerson {
  /** As the configuration calls them. */
  name?: string
  accounts: readonly { surface: ChatSurface; id: string }[]
  logins?: readonly string[]
}

/** Who may decide an ask. */
export interface Deciders {
  /** Names of roles, one of which they must have. */
  roles: string[]
  /** How many different people must approve. */
  count: number
  /** Who wants it, where they may not approve it themselves. */
  requester?: Actor
}
