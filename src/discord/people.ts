import { type APIUser, Routes } from 'discord-api-types/v10'
import type { Actor } from '../core/types.ts'
import type { DiscordConnection } from './connection.ts'
import { discordActor } from './heard-event.ts'

/** Nobody's decision waits longer for a name. */
const PATIENCE_MS = 2_000

/** Knows people by name also where Discord gives an id alone: with signs in private chats. */
export interface DiscordPeople {
  named: (actor: Actor) => Promise<Actor>
}

/** Makes it; who was seen with a name, or was looked up, is not looked up again. */
export function createDiscordPeople({ call }: Pick<DiscordConnection, 'call'>): DiscordPeople {
  const names = new Map<string, string>()
  return {
    async named(actor) {
      const { id, name } = actor
      if (name !== id) {
        names.set(id, name)
        return actor
      }
      const known = names.get(id) ?? (await nameOf(id).catch(() => id))
      if (known !== id) names.set(id, known)
      return { ...actor, name: known }
    },
  }

  async function nameOf(id: string): Promise<string> {
    const found = await call<APIUser>({ method: 'GET', route: Routes.user(id) }, AbortSignal.timeout(PATIENCE_MS))
    return discordActor(found).name
  }
}
