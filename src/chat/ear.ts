import type { Listener } from './incoming.ts'
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
  /** A line for whoever started the daemon: that the platform is not reached can be said nowhere else. */
  say?: (text: string) => void
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
