import type { ChatSurface } from '../core/types.ts'
import type { CarryVerdict, Form } from '../outbox/carrier.ts'
import type { Node } from '../text/document/nodes.ts'
import type { Attachment, ShownMessage } from './message.ts'

/** A chat, as its transport names it; nobody else reads anything out of it. */
export type ChatRef = string
/**
 * A message in its chat, as its transport names it: see `isBefore` for which of two is older. What follows an `@` says
 * where it is, or that it is no message that others can see.
 */
export type MessageRef = string

/** Where a post goes, and what it is known by. */
interface Posting {
  /** The message in whose thread it belongs, where the chat has threads. */
  thread?: MessageRef
  /** Its own name, the same when it is sent again: at most 25 characters. */
  key?: string
}

/** What is sent to a chat in one call. */
export type Sendable =
  | (Posting & { message: ShownMessage; replyTo?: MessageRef })
  | (Posting & { document: Omit<Attachment, 'caption'>; caption?: string })

/** What a call is about, for what its failure means. */
export type CallKind = 'send' | 'document' | 'edit' | 'delete'

/** What a platform takes. Its messages hold at least what chat/render/compose.ts makes, or the transport splits them. */
interface Limits {
  /** Of a message, in UTF-16 units. */
  textUnits: number
  /** A file that a person sends. */
  downloadBytes: number
  /** A document that is sent. */
  uploadBytes: number
  /** Between two silent edits in a chat. */
  editGapMs: (chatId: ChatRef) => number
}

/** Answers a tap: a word that is seen for a moment, or (alert) a box to be closed. Never throws. */
export type AnswerTap = (tapId: string, text?: string, alert?: boolean) => Promise<void>

/** A window over the chat with one field for a person's own words. */
export interface WordsForm {
  /** Comes back with the words; at most 100 bytes. */
  data: string
  /** A few words. */
  title: string
  /** What is asked. */
  body: Node[]
}

/**
 * Brings messages to a platform. It knows nothing of tasks, asks or runs, stores nothing and repeats nothing: each call is
 * made once, and what it throws `classify` can read. test/contracts/transport.ts says what every transport must do.
 */
export interface Transport {
  /** Names its rows in the store, and the surface of its people. */
  name: ChatSurface
  limits: Limits
  /** What the platform is sent for a message; pure, so that it can be looked at and measured. */
  format: (message: ShownMessage, form: Form) => object
  /** A new message. */
  send: (chatId: ChatRef, what: Sendable, form: Form, signal: AbortSignal) => Promise<MessageRef>
  /** Makes a message show something else; nobody hears it. */
  edit: (
    chatId: ChatRef,
    messageId: MessageRef,
    message: ShownMessage,
    form: Form,
    signal: AbortSignal,
  ) => Promise<unknown>
  delete: (chatId: ChatRef, messageId: MessageRef, signal: AbortSignal) => Promise<unknown>
  /**
   * Looks for what may have arrived although nobody answered, by its key; `since` (epoch milliseconds): it was not sent before.
   * Absent where a platform cannot be asked: then it is sent again, with a word about it.
   */
  findSent?: (chatId: ChatRef, what: Sendable, since: number, signal: AbortSignal) => Promise<MessageRef | undefined>
  /** A second post with the same key, within some minutes, is the first one and no other. */
  knowsKeys?: true
  /** What a failed call means; `inDoubt`: an earlier try may have arrived. */
  classify: (error: unknown, call: { kind: CallKind; inDoubt: boolean }) => CarryVerdict
  /** Resolves when the platform answers at all. */
  reach: (signal: AbortSignal) => Promise<unknown>
  /** Goes past the stored deliveries: a tapped button spins until it is answered. */
  answer: AnswerTap
  /**
   * Answers a tap with a form, where the platform has them. False: it cannot be opened, or not any more, and the words are
   * asked for with a message. Never throws.
   */
  openForm?: (tapId: string, form: WordsForm) => Promise<boolean>
  /** Fetches a file that a person sent. */
  download: (fileId: string) => Promise<Buffer>
  /** What people call the bot, where a command can be meant for another one. */
  ownName: () => Promise<string>
  /** Everybody in it reads what is written there. */
  isShared: (chatId: ChatRef) => boolean
  /** Whether the messages about a run go into a thread there. Absent: never. */
  hasThreads?: (chatId: ChatRef) => boolean
  /** It is the chat between the bot and this person, by the id that their commands carry. */
  isPrivateWith: (chatId: ChatRef, personId: string) => boolean
  /** The name of the variable that lists who is allowed. */
  allowedBy: string
}

/** References grow, in length and then in their characters: numbers, Slack's time stamps and Discord's snowflakes do. */
export function isBefore(a: MessageRef, b: MessageRef): boolean {
  const [one = ''] = a.split('@', 1)
  const [other = ''] = b.split('@', 1)
  return one.length === other.length ? one < other : one.length < other.length
}
