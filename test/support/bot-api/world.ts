import type { Chats, User } from './chats.ts'
import type { TapRecord } from './conversation.ts'
import type { FileStore } from './files.ts'
import type { Limiter } from './limits.ts'
import type { Params } from './params.ts'
import type { UpdateQueue } from './updates.ts'

/** Everything behind one bot's token. */
export interface World {
  bot: User
  /** Epoch milliseconds. */
  now: () => number
  chats: Chats
  files: FileStore
  updates: UpdateQueue
  limiter: Limiter
  /** Taps by callback query id, and who waits for their answers. */
  taps: Map<string, { tap: TapRecord; answered: (answer: NonNullable<TapRecord['answer']>) => void }>
  /** A tap can be answered for this long. */
  tapLifeMs: number
  webhookUrl: string
  commands: Map<string, { command: string; description: string }[]>
}

/** One method of the API. `signal` ends when the client goes away. */
export type Method = (params: Params, signal: AbortSignal) => unknown
