import type { KeptValues } from '../core/kept-values.ts'
import { type Elapsed, elapsedClock } from './clock.ts'
import { GIVE_UP_MS } from './machines.ts'
import type { Crossing } from './postgres/crossing.ts'

/** Which bots this machine hears for. */
export interface HearingFor {
  /** Also while the database is away: whoever heard last continues to. */
  hears: (bot: string) => boolean
  /** It does, and by its lease no other machine can at this moment, whether the database answers or not. */
  isSure: (bot: string) => boolean
  /** Takes or renews the right to hear for each. */
  renew: (at: Pick<Crossing, 'hear'>, bots: Iterable<string>) => Promise<void>
  /** Another one hears for it, and the database cannot say which of the two may: true where it is left to that one. */
  yield: (bot: string) => boolean
}

const HEARER = 'machines:hears:'

/** Makes it; `kept`: whether it heard for a bot, for a start without the database. */
export function createHearing(kept: KeptValues, elapsed: Elapsed = elapsedClock()): HearingFor {
  const hearing = new Map<string, boolean>()
  /** From when on it was asked for, since an answer may come late. */
  const renewedAt = new Map<string, number>()
  const hears = (bot: string) => hearing.get(bot) ?? kept.get<boolean>(HEARER + bot) === true
  const isSure = (bot: string) => hears(bot) && elapsed() - (renewedAt.get(bot) ?? -Infinity) <= GIVE_UP_MS
  const note = (bot: string, isMine: boolean) => {
    if (hears(bot) !== isMine) kept.set(HEARER + bot, isMine)
    hearing.set(bot, isMine)
  }
  return {
    hears,
    isSure,
    async renew(at, bots) {
      for (const bot of bots) {
        const askedAt = elapsed()
        const isMine = await at.hear(bot)
        if (isMine) renewedAt.set(bot, askedAt)
        note(bot, isMine)
      }
    },
    yield(bot) {
      if (!hears(bot) || isSure(bot)) return false
      note(bot, false)
      return true
    },
  }
}
