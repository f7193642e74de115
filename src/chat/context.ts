import { type Cards, createCards } from './cards/card.ts'
import { type ClosedChats, createClosedChats } from './closed-chats.ts'
import { createMemory, type Memory } from './memory.ts'
import type { Message } from './message.ts'
import type { ChatDeps } from './ports.ts'
import { isQuiet } from './quiet-hours.ts'
import type { Moment } from './render/time.ts'
import type { ChatRef, Transport } from './transport.ts'

/** What everything that is said in chats works with. */
export interface ChatContext {
  deps: ChatDeps
  transport: Transport
  cards: Cards
  memory: Memory
  /** For rendering, now. */
  moment: () => Moment
  /** Where what happens is told: the private chat of each allowed user, and the groups. */
  chats: readonly ChatRef[]
  /** The same message without sound in quiet hours. */
  hushed: (message: Message) => Message
  closed: ClosedChats
  /** The queue of deliveries has something new. */
  wake: () => void
}

/** Makes it; `wake` comes later than everything that needs it. */
export function createChatContext(deps: ChatDeps, transport: Transport, wake: () => void): ChatContext {
  const { meta } = deps.store
  let known = deps.timezone
  // Asked for late: the tables of dates are 6 MB that a bot with nothing to say does without.
  const zone = () => {
    known ??= Intl.DateTimeFormat().resolvedOptions().timeZone
    return known
  }
  return {
    deps,
    transport,
    memory: createMemory(meta, transport.name),
    cards: createCards(meta, transport.name),
    moment: () => ({ now: deps.now(), zone: zone() }),
    chats: deps.chats,
    hushed: (message) => (isQuiet(deps.config.quietHours, deps.now(), zone()) ? { ...message, silent: true } : message),
    closed: createClosedChats(),
    wake,
  }
}
