import type { Actor } from '../core/types.ts'
import type { ChatRef, MessageRef } from './transport.ts'

/** The message that somebody replied to. */
export interface RepliedTo {
  messageId: MessageRef
  /** A program wrote it. */
  isFromBot: boolean
  /** What its buttons carry. */
  buttons: string[]
  /** It begins the thread that was written in: what somebody was asked for there counts first. */
  isThread?: true
}

/** A file that somebody sent. */
export interface IncomingFile {
  /** For the transport's `download`. */
  id: string
  name: string
  bytes: number
  /** A document, and no picture. */
  isDocument: boolean
}

/**
 * What a person did in a chat. `isQuoted`: they passed on what somebody else, or a program, wrote. `isOverheard`: they wrote it
 * where people talk with each other, and not to Baton by name.
 */
export type Deed =
  /** Wrote words; empty where it is something that cannot be read. `tapId`: a command that is answered like a tap. */
  | { kind: 'words'; text: string; repliedTo?: RepliedTo; isQuoted?: true; isOverheard?: true; tapId?: string }
  | {
      kind: 'file'
      file: IncomingFile
      caption: string
      repliedTo?: RepliedTo
      isQuoted?: true
      isOverheard?: true
    }
  /** Put a sign that everybody reads as yes or no on a message. */
  | { kind: 'reaction'; means: 'yes' | 'no' }
  /** Changed a message that was read already. */
  | { kind: 'edit' }
  /** `words`: of the message that the tapped one replies to. */
  | { kind: 'tap'; tapId: string; data?: string; words?: string }
  /** Sent a form that `openForm` had shown, with its `data`; it is answered like a tap. */
  | { kind: 'form'; tapId: string; data: string; text: string }

/** What a transport heard from somebody who may be obeyed. */
export interface Incoming {
  /** The same when it is heard again. */
  id: string
  chatId: ChatRef
  by: Actor
  /** The message written, or the one whose button was tapped. */
  messageId: MessageRef
  /** The message whose thread the answer belongs in. */
  thread?: MessageRef
  /** Epoch milliseconds of when it was written, where the platform says so; it may count in seconds. */
  sentAt?: number
  deed: Deed
}

/** What a transport gives what it hears to. */
export interface Listener {
  /** Settles when what is heard next in this chat may be handled. */
  hear: (incoming: Incoming) => Promise<void>
  /** It is handled beside what comes next, and noted as handled at its own end. */
  isUnderWay: (id: string) => boolean
  /** Nobody is allowed yet: people who write get their own id as the answer. */
  introduce: (newcomer: { id: string; chatId: ChatRef; userId: string }) => void
  /** The platform can be heard again after trouble: what could not be sent goes now. */
  recovered: () => void
}
