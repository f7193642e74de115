import { isQuiet } from '../text/quiet-hours.ts'
import type { Moment } from '../text/times.ts'
import { type CardBoard, createCardBoard } from './cards/card.ts'
import { type ClosedChats, createClosedChats } from './closed-chats.ts'
import { type ChatMemory, createChatMemory } from './memory.ts'
import type { ChatDeps } from './ports.ts'
import { type Sounding, sounding } from './sound.ts'
import type { ChatRef, Transport } from './transport.ts'

/** What all code in chats works with. */
export interface ChatContext {
  deps: ChatDeps
  transport: Transport
  cards: CardBoard
  memory: ChatMemory
  /** For rendering, now. */
  moment: () => Moment
  /** Where events are announced: the groups, and the private chat of everybody who hears of things on this platform. */
  chats: readonly ChatRef[]
  /** The message with or without sound: as configured, in quiet hours, in this chat. */
  sounding: Sounding
  closed: ClosedChats
  /** The queue of deliveries has something new. */
  wake: () => void
}

/** Makes it; `wake` comes later than everything that needs it. */
export function createChatContext(deps: ChatDeps, transport: Transport, wake: () => void): ChatContext {
  const { groups = [], audienceOf = (chatId) => [chatId] } = deps
  const { meta } = deps.store
  const closed = createClosedChats()
  let known = deps.timezone
  // Asked for late: the date tables take 6 MB that a silent bot does without.
  const zone = () => {
    known ??= Intl.DateTimeFormat().resolvedOptions().timeZone
    return known
  }
  return {
    deps,
    transport,
    memory: createChatMemory(meta, transport.name),
    cards: deps.cards ?? createCardBoard(meta),
    moment: () => ({ now: deps.now(), zone: zone() }),
    // Asked for late: who hears things elsewhere is known once all platforms are put together.
    get chats() {
      return deps.chats.filter(
        (chatId) =>
          groups.includes(chatId) || audienceOf(chatId).some((id) => deps.hearingOf?.(id).isElsewhere !== true),
      )
    },
    sounding: sounding(deps, transport.name, closed, () => isQuiet(deps.config.quietHours, deps.now(), zone)),
    closed,
    wake,
  }
}
