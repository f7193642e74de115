import type { Deed, Incoming, Listener } from './incoming.ts'
import type { Transport } from './transport.ts'

/** What a platform's events are heard with, whatever the platform. */
export interface EarOptions<Event> {
  /** Events that came, until something was made of them. */
  updates: {
    /** False when it is already there. */
    store: (id: string, event: Event, at: number) => boolean
    /** Oldest first. */
    unhandled: () => Event[]
    handled: (id: string, at: number) => void
  }
  /** Epoch milliseconds. */
  now: () => number
  log: {
    info: (fields: object, text: string) => void
    warn: (fields: object, text: string) => void
    error: (fields: object, text: string) => void
  }
  /** Other machines use the same bot; absent: none does. */
  shared?: SharedEar<Event>
  /** A line for whoever started the daemon: that the platform is not reached can be said nowhere else. */
  say?: (text: string) => void
}

/** A bot that several machines use: one of them hears, and each handles what is about its own messages. */
export interface SharedEar<Event> {
  /** Whether this machine is the one that hears. */
  mayHear: () => boolean
  /** The platform says that another program hears with the same token: true where this machine leaves it to that one. */
  yield: () => boolean
  /** Whether this machine handles an event; false: it was given to the one that does. */
  claim: (id: string, event: Event, about: { chatId: string; messageId?: string }, deed: Deed) => Promise<boolean>
  /**
   * From now on events that others heard are taken; `isBack`: this one heard it, and nobody knows the message. `tellsOfOthersMs`:
   * the platform tells within so long that another program hears with the same token; absent: it never does.
   */
  begin: (take: (event: Event, isBack: boolean) => void, tellsOfOthersMs?: number) => void
}

/** Whether a platform is heard. */
export interface ChatHealth {
  ok: boolean
  /** Since it was last heard; null before. */
  lastHeardAgeMs: number | null
}

/** A platform as a surface: a transport, and an ear. */
export interface Platform {
  transport: Transport
  /** Where events are told. */
  chats: string[]
  /** Begins to hear. */
  start: (listener: Listener) => void
  /** Ends hearing at once, and lets handlers finish for a moment. */
  stop: () => Promise<void>
  health: () => ChatHealth
}

/** What it is about, for machines that share a bot: the message of the bot that somebody tapped or replied to. */
export function aboutOf({ chatId, messageId, deed }: Pick<Incoming, 'chatId' | 'messageId' | 'deed'>): {
  chatId: string
  messageId?: string
} {
  if (deed.kind === 'tap' || deed.kind === 'form' || deed.kind === 'reaction') return { chatId, messageId }
  const replied = 'repliedTo' in deed ? deed.repliedTo : undefined
  return { chatId, ...(replied?.isFromBot && { messageId: replied.messageId }) }
}
