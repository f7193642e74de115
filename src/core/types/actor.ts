/** Chat platforms: each knows a person by an account of their own. */
export type ChatSurface = 'telegram' | 'slack' | 'discord'

export type SurfaceName = ChatSurface | 'github' | 'jira' | 'terminal' | 'http' | 'schedule' | 'baton'

/** Who did something, and where: `{surface: 'telegram', id: '4711', name: 'Anna'}`. */
export interface Actor {
  surface: SurfaceName
  /** Who it is on that surface, whatever they are called: the number of an account, a user's name, a kind of caller. */
  id: string
  /** What people call them; others may be called the same, and it can change. */
  name: string
  /** Groups of the platform that they are in, as a role names them: `discord-role:900`. */
  groups?: string[]
}
