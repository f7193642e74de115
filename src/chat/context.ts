import { type ClosedChats, createClosedChats } from './closed-chats.ts'
import type { Memory } from './memory.ts'
import type { Message } from './message.ts'
import type { TelegramDeps } from './ports.ts'
import { isQuiet } from './quiet-hours.ts'
import type { Moment } from './render/time.ts'

/** What every part of the bot works with. */
export interface ChatContext {
  deps: TelegramDeps
  memory: Memory
  /** For rendering, now. */
  moment: () => Moment
  /** Where what happens is told: the private chat of each allowed user, and the groups. */
  chats: readonly number[]
  /** The same message without sound in quiet hours. */
  hushed: (message: Message) => Message
  closed: ClosedChats
  /** The queue of deliveries has something new. */
  wake: () => void
}

/** Makes it; `wake` comes later than everything that needs it. */
export function createChatContext(deps: TelegramDeps, memory: Memory, wake: () => void): ChatContext {
  let known = deps.timezone
  // Asked for late: the tables of dates are 6 MB that a bot with nothing to say does without.
  const zone = () => {
    known ??= Intl.DateTimeFormat().resolvedOptions().timeZone
    return known
  }
  return {
    deps,
    memory,
    moment: () => ({ now: deps.now(), zone: zone() }),
    chats: deps.allowedUsers.length === 0 ? [] : [...deps.allowedUsers, ...deps.config.chats],
    hushed: (message) => (isQuiet(deps.config.quietHours, deps.now(), zone()) ? { ...message, silent: true } : message),
    closed: createClosedChats(),
    wake,
  }
}
