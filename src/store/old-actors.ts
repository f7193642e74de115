import type { DatabaseSync } from 'node:sqlite'
import type { Actor } from '../core/types.ts'

/** Who did something as earlier versions stored it, with the id inside the words: `Anna (4711)`, `anna at pts/3`. */
interface OldActor {
  surface: Actor['surface']
  who: string
}

/** Reads the id out of the words of an earlier version; nothing else may read one out of a name. */
export function actorOfWords({ surface, who }: OldActor): Actor {
  const [, name = '', id = ''] = /^(.*?)\s*\((\d+)\)$/s.exec(who) ?? []
  if (surface === 'telegram' && id) return { surface, id, name: name || id }
  // Whoever opened the dashboard by a link of the bot, the only chat there was.
  if (surface === 'http' && id) return { surface, id: `telegram:${id}`, name: name || id }
  if (surface === 'http') return { surface, id: PROGRAMS[who] ?? who, name: who }
  if (surface === 'baton') return { surface, id: 'baton', name: who }
  if (surface === 'terminal') {
    const terminalAt = who.lastIndexOf(' at ')
    return { surface, id: terminalAt > 0 ? who.slice(0, terminalAt) : who, name: who }
  }
  return { surface, id: who, name: who }
}

const PROGRAMS: Record<string, string> = { API: 'api', dashboard: 'dashboard', webhook: 'webhook' }

/**
 * Gives the migrations `actor_of_words(json)`, for the JSON of one actor, and `actors_of_words(json)`, for JSON of Baton's own
 * making with actors anywhere in it.
 */
export function defineOldActors(db: DatabaseSync): void {
  const define = (name: string, change: (value: unknown) => unknown) =>
    db.function(name, { deterministic: true }, (json) => JSON.stringify(change(JSON.parse(String(json)))))
  define('actor_of_words', (value) => (isOld(value) ? actorOfWords(value) : value))
  define('actors_of_words', changedWithin)
}

function changedWithin(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(changedWithin)
  if (typeof value !== 'object' || value === null) return value
  if (isOld(value)) return actorOfWords(value)
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, changedWithin(field)]))
}

function isOld(value: unknown): value is OldActor {
  if (typeof value !== 'object' || value === null) return false
  const { surface, who, ...rest } = value as Record<string, unknown>
  return typeof surface === 'string' && typeof who === 'string' && Object.keys(rest).length === 0
}
