import { tooManyRequests } from './errors.ts'

export interface Rate {
  count: number
  perMs: number
}

/** What the server lets through. All optional; without any nothing is limited. */
export interface Limits {
  perPrivateChat?: Rate
  perGroup?: Rate
  /** Over all chats. */
  perBot?: Rate
  /** Whole seconds of the ban that an excess earns; default: until the window has room again. */
  banS?: number
}

interface Ban {
  /** Undefined: every chat. */
  chatId: number | undefined
  untilMs: number
  told: boolean
}

export interface Limiter {
  /** Lets a call to a chat pass, or throws 429. */
  check: (chatId: number) => void
  /** From now on for `retryAfterS` seconds calls to the chat (all chats when absent) get 429. */
  flood: (retryAfterS: number, chatId?: number) => void
  /** Calls made during a ban of which the bot had been told: each one is the bot's fault. */
  violations: () => { at: number; chatId: number }[]
  /** Calls answered with 429. */
  refusals: () => number
}

/** Counts calls in sliding windows. `now` is monotonic milliseconds. */
export function createLimiter(limits: Limits, now: () => number): Limiter {
  const times = new Map<number | 'bot', number[]>()
  let bans: Ban[] = []
  const violations: { at: number; chatId: number }[] = []
  let refusals = 0

  const refuse = (ban: Ban) => {
    ban.told = true
    refusals++
    return tooManyRequests(Math.max(1, Math.ceil((ban.untilMs - now()) / 1000)))
  }
  const count = (key: number | 'bot', rate: Rate | undefined): number | undefined => {
    if (!rate) return undefined
    const recent = (times.get(key) ?? []).filter((at) => at > now() - rate.perMs)
    times.set(key, recent)
    if (recent.length >= rate.count) return (recent[0] as number) + rate.perMs
    recent.push(now())
    return undefined
  }

  return {
    check: (chatId) => {
      bans = bans.filter((ban) => ban.untilMs > now())
      const ban = bans.find((b) => b.chatId === undefined || b.chatId === chatId)
      if (ban) {
        if (ban.told) violations.push({ at: now(), chatId })
        throw refuse(ban)
      }
      const chatFreeAt = count(chatId, chatId < 0 ? limits.perGroup : limits.perPrivateChat)
      const freeAt = chatFreeAt ?? count('bot', limits.perBot)
      if (freeAt === undefined) return
      const untilMs = limits.banS === undefined ? freeAt : now() + limits.banS * 1000
      const earned: Ban = { chatId: chatFreeAt === undefined ? undefined : chatId, untilMs, told: false }
      bans.push(earned)
      throw refuse(earned)
    },
    flood: (retryAfterS, chatId) => {
      bans.push({ chatId, untilMs: now() + retryAfterS * 1000, told: false })
    },
    violations: () => violations,
    refusals: () => refusals,
  }
}
