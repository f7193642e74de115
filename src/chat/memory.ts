import type { Choice } from '../core/types.ts'
import type { Dialog } from './dialog.ts'
import type { ChatStore } from './ports.ts'
import type { ChatRef } from './transport.ts'

/** What is remembered of an open ask. */
export interface ShownAsk {
  /** Of what was shown: an answer counts for this alone. */
  hash: string
  /** What can be decided with the buttons that were shown. */
  choices: Choice[]
  chats: ChatRef[]
  /** By chat: how far a person got with the questions. */
  dialogs: Record<string, Dialog>
}

/** A message that opened the reply field: the next words in its chat are meant for it. */
interface Awaited {
  slot: string
  userId: string
}

/** A message that offers what somebody's words may be for, and is not used yet. */
export interface OpenOffer {
  chatId: ChatRef
  slot: string
  /** What its buttons lead to. */
  askIds: string[]
  taskIds: string[]
}

/** More than anybody comes back to. */
const MAX_OFFERS = 20

/** What a chat remembers over restarts; small, since it holds open asks only. Changes belong into a transaction. */
export interface ChatMemory {
  /** Place in the stream of events up to which everything was announced; undefined before the first start. */
  cursor: () => number | undefined
  setCursor: (seq: number) => void
  shown: (askId: string) => ShownAsk | undefined
  shownAsks: () => string[]
  setShown: (askId: string, shown: ShownAsk) => void
  forget: (askId: string) => void
  /** Epoch milliseconds of the very first start; what was written before is not a command. 0: an older Baton worked here. */
  since: () => number
  /** Notes the start, if it is the first. */
  begun: (at: number) => void
  isGreeted: (chatId: ChatRef) => boolean
  setGreeted: (chatId: ChatRef) => void
  /** It was greeted for what was written before the very first start, which does not count as its first message. */
  isGreetedEarly: (chatId: ChatRef) => boolean
  setGreetedEarly: (chatId: ChatRef) => void
  awaited: (chatId: ChatRef) => Awaited | undefined
  setAwaited: (chatId: ChatRef, awaited: Awaited | undefined) => void
  /** The deployment whose alarm is the newest of an environment. */
  alarm: (environmentId: string) => string | undefined
  setAlarm: (environmentId: string, deploymentId: string | undefined) => void
  offers: () => OpenOffer[]
  /** Notes an offer, or what is left of it; one that leads nowhere any more is forgotten. */
  setOffer: (offer: OpenOffer) => void
}

/** Makes the memory over the store's notes; `name` is the transport's. */
export function createChatMemory({ get, set }: ChatStore['meta'], name: string): ChatMemory {
  const [CURSOR, ASKS, AWAITED] = [`${name}:cursor`, `${name}:asks`, `${name}:awaited`]
  const ALARMS = `${name}:alarms`
  const [SINCE, GREETED, EARLY, OFFERS] = [`${name}:since`, `${name}:greeted`, `${name}:early`, `${name}:offers`]
  const since = () => get<number>(SINCE) ?? 0
  const greeted = () => get<ChatRef[]>(GREETED) ?? []
  const early = () => get<ChatRef[]>(EARLY) ?? []
  const asks = () => get<Record<string, ShownAsk>>(ASKS) ?? {}
  const awaited = () => get<Record<string, Awaited>>(AWAITED) ?? {}
  const alarms = () => get<Record<string, string>>(ALARMS) ?? {}
  const offers = () => get<OpenOffer[]>(OFFERS) ?? []
  return {
    cursor: () => get<number>(CURSOR),
    setCursor: (seq) => set(CURSOR, seq),
    shown: (askId) => asks()[askId],
    shownAsks: () => Object.keys(asks()),
    setShown: (askId, shown) => set(ASKS, { ...asks(), [askId]: shown }),
    forget: (askId) => {
      const { [askId]: gone, ...rest } = asks()
      if (gone) set(ASKS, rest)
    },
    since,
    // Where something was announced before this was noted, people know Baton already.
    begun: (at) => get<number>(SINCE) === undefined && set(SINCE, get<number>(CURSOR) === undefined ? at : 0),
    isGreeted: (chatId) => since() === 0 || greeted().includes(chatId),
    setGreeted: (chatId) => set(GREETED, [...greeted(), chatId]),
    isGreetedEarly: (chatId) => early().includes(chatId),
    setGreetedEarly: (chatId) => set(EARLY, [...early(), chatId]),
    awaited: (chatId) => awaited()[chatId],
    setAwaited: (chatId, wanted) => {
      const { [chatId]: before, ...rest } = awaited()
      if (wanted) set(AWAITED, { ...rest, [chatId]: wanted })
      else if (before) set(AWAITED, rest)
    },
    alarm: (environmentId) => alarms()[environmentId],
    setAlarm: (environmentId, deploymentId) => {
      const { [environmentId]: before, ...rest } = alarms()
      if (deploymentId !== undefined) set(ALARMS, { ...rest, [environmentId]: deploymentId })
      else if (before !== undefined) set(ALARMS, rest)
    },
    offers,
    setOffer: (offer) => {
      const all = offers()
      const others = all.filter(({ chatId, slot }) => chatId !== offer.chatId || slot !== offer.slot)
      const leads = offer.askIds.length + offer.taskIds.length > 0
      if (leads) set(OFFERS, [...others, offer].slice(-MAX_OFFERS))
      else if (others.length < all.length) set(OFFERS, others)
    },
  }
}
