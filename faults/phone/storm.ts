import type { Faults, Trouble } from '../../test/support/bot-api/faults.ts'
import type { Random } from '../random.ts'

/** What a storm is made of. */
export const STORMS = ['floods', 'errors', 'resets', 'conflicts', 'mixed'] as const
/** Calls that are never answered: the bot's own patience has to end first, and that takes half a minute. */
export const SILENCE = 'silence'

export type Storm = (typeof STORMS)[number] | typeof SILENCE

/** Weather in the place of the stand-in's counted faults. */
export interface Weather extends Faults {
  begin: (storm: Storm) => void
  end: () => void
}

const LONGEST_FLOOD_S = 3

/** Makes fair weather. */
export function createWeather(random: Random): Weather {
  let storm: Storm | undefined
  let struck = 0

  const flood = (): Trouble => ({ kind: 'flood', retryAfterS: random.int(1, LONGEST_FLOOD_S) })
  const error = (): Trouble =>
    random.chance(0.3)
      ? { kind: 'garbage', code: random.pick([502, 504]) }
      : { kind: 'status', code: random.pick([500, 502, 504]), when: random.pick(['before', 'after']) }
  const reset = (): Trouble => ({ kind: 'reset', when: random.pick(['before', 'after', 'midway']) })
  const conflict = (method: string): Trouble | undefined =>
    method === 'getUpdates'
      ? { kind: 'status', code: 409, description: 'Conflict: terminated by other getUpdates request' }
      : undefined
  const slow = (): Trouble => ({ kind: 'slow', delayMs: random.int(20, 400) })

  const draw = (method: string): Trouble | undefined => {
    switch (storm) {
      case undefined:
        return undefined
      case 'floods':
        return random.chance(0.5) ? flood() : undefined
      case 'errors':
        return random.chance(0.7) ? error() : undefined
      case 'resets':
        return random.chance(0.7) ? reset() : undefined
      case 'conflicts':
        return random.chance(0.3) ? conflict(method) : undefined
      case 'silence':
        return random.chance(0.3) ? { kind: 'silence', when: random.pick(['before', 'after']) } : undefined
      case 'mixed':
        return random.chance(0.6) ? random.pick([flood, error, reset, () => conflict(method), slow])() : undefined
    }
  }

  return {
    begin: (next) => {
      storm = next
    },
    end: () => {
      storm = undefined
    },
    add: () => {
      throw new Error('A storm is not made of single faults')
    },
    clear: () => {
      storm = undefined
    },
    next: (method) => {
      const trouble = draw(method)
      if (trouble) struck++
      return trouble
    },
    struck: () => struck,
  }
}
