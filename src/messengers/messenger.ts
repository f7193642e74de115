import type { CardBoard } from '../chat/cards/card.ts'
import type { Chat } from '../chat/chat.ts'
import type { ChatHealth } from '../chat/ear.ts'
import type { ChatDeps } from '../chat/ports.ts'
import type { Secrets } from '../config/secrets.ts'
import type { Config } from '../config/types.ts'
import type { AskedElsewhere, RunElsewhere } from '../core/elsewhere.ts'
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

/** The other machines that this one works together with, and the bots that several use. */
export interface SharedBots {
  bot: (
    surface: ChatSurface,
    token: string,
  ) => {
    mayHear: () => boolean
    yield: () => boolean
    claim: (id: string, event: unknown, about: HeardAbout, other?: string) => Promise<boolean>
    begin: (ports: {
      isOwn: (about: HeardAbout) => boolean
      take: (event: unknown, isBack: boolean) => void
      tellsOfOthersMs?: number
    }) => void
  }
  /** Settles when it is known who hears, or that nobody can say. */
  known: () => Promise<void>
  /** Those that ask something on that surface. */
  asking: (surface: ChatSurface) => Promise<string[]>
  runs: NonNullable<ChatDeps['machine']>['runs']
  answer: NonNullable<ChatDeps['machine']>['answer']
  askAll: NonNullable<ChatDeps['machine']>['askAll']
  ask: NonNullable<ChatDeps['machine']>['ask']
  /** What those ask that do not have a surface which this one hears for; undefined: nothing has changed. */
  asks: (isAnyway: boolean) => Promise<FoundElsewhere | undefined>
  /** Says to the rest which asks are shown here, and where. */
  carry: (asks: readonly { ask: string; surfaces: readonly string[] }[]) => void
  /** Is called now and then, and as soon as something has changed. */
  onLook: (listener: () => void) => void
}

/** What other machines ask. */
interface FoundElsewhere {
  /** To be shown here, on these surfaces. */
  here: { ask: AskedElsewhere; machine: string; surfaces: string[] }[]
  /** Runs of the same machines, to be told of there. */
  runs: { run: RunElsewhere; surfaces: string[] }[]
  /** What each machine that is there asks at the moment. */
  open: ReadonlyMap<string, ReadonlySet<string>>
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
