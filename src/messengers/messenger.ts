import type { CardBoard } from '../chat/cards/card.ts'
import type { Chat } from '../chat/chat.ts'
import type { ChatHealth } from '../chat/ear.ts'
import type { ChatDeps } from '../chat/ports.ts'
import type { Secrets } from '../config/secrets.ts'
import type { Config } from '../config/types.ts'
import type { ChatSurface } from '../core/types.ts'
import type { Redact } from '../redact/redact.ts'
import type { ChatApp } from './chat-app.ts'

/** A chat platform, in both directions: what is said there, and an ear. */
export interface Messenger {
  name: ChatSurface
  chat: Chat
  start: () => void
  /** Ends hearing, lets handlers and calls finish for a moment, and keeps everything else for the next life. */
  stop: () => Promise<void>
  health: () => ChatHealth
}

/** What chats are put together from, whatever brings them to people. */
export interface ChatOptions extends Pick<ChatDeps, 'nextStarts' | 'dashboardLink' | 'plans' | 'log'> {
  config: Config
  app: ChatApp
  redact: Redact
  /** Whether an account has a chat where things are told, or a group of people has: each platform that shares it adds its answer. */
  reached?: Set<(member: string) => boolean>
  /** Other machines share the bots with this one; absent: none does. */
  machines?: SharedBots
  /** Shared by all chats: each button of a card counts once, wherever it is tapped. */
  cards?: CardBoard
}

/** Bots that several machines use; `asking`: those that ask something. */
export interface SharedBots {
  bot: (
    surface: ChatSurface,
    token: string,
  ) => {
    mayHear: () => boolean
    claim: (id: string, event: unknown, about: HeardAbout, other?: string) => Promise<boolean>
    begin: (ports: { isOwn: (about: HeardAbout) => boolean; take: (event: unknown, isBack: boolean) => void }) => void
  }
  /** Settles when it is known who hears, or that nobody can say. */
  known: () => Promise<void>
  asking: () => string[]
  /** What the other machines do, a line a run. */
  elsewhere: () => string[]
}

/** What a chat platform sent is about this message. */
interface HeardAbout {
  chatId: string
  messageId?: string
}

export interface MessengerOptions extends ChatOptions {
  secrets: Secrets
  version: string
  /** A line for whoever started the daemon: that a platform is not reached can be told nowhere else. */
  say?: (text: string) => void
}
