import { actorText } from '../../core/actors.ts'
import type { Actor } from '../../core/types.ts'
import { oneLine } from './clean.ts'

/** Longest name that is shown whole, in UTF-16 units. */
const MAX_NAME = 40

/** Who it was, as everywhere, with a name that somebody chose for themselves made harmless: `Anna (Telegram)`. */
export function shownActor(by: Actor): string {
  return actorText({ ...by, name: oneLine(by.name, MAX_NAME) || oneLine(by.id, MAX_NAME) })
}
