import type { Command } from '../core/commands/commands.ts'
import type { Reply } from '../core/inputs.ts'
import type { Actor } from '../core/types.ts'
import type { ChatContext } from './context.ts'
import { deliveriesFor, type NewChatDelivery } from './delivery.ts'
import type { Incoming } from './incoming.ts'
import type { Message } from './message.ts'
import type { ChatRef, MessageRef, WordsForm } from './transport.ts'

/** The handling of one update. What it says and remembers is stored together with its end, so that each counts once. */
export interface UpdateContext {
  updateId: string
  chatId: ChatRef
  by: Actor
  /** The message written, or the one whose button was tapped. */
  messageId: MessageRef
  /** Of what this update does: the same when it is heard again. */
  key: string
  /** A new message in the chat; answers make no sound. */
  say: (message: Message, options?: { slot?: string; replyTo?: MessageRef }) => void
  put: (...deliveries: NewChatDelivery[]) => void
  /** Releases what was tapped, once, with a word for the person; nothing where nothing waits for it. */
  answer: (text?: string, alert?: boolean) => void
  /** Answers it with a form; false where none can be shown. */
  openForm: (form: WordsForm) => Promise<boolean>
  /** Done in the transaction that ends the turn; may still put deliveries into it. */
  later: (change: () => void) => void
  /** The same update (or key) again gives the first reply and does nothing more. The reply contains no secrets. */
  submit: (command: Command, queue?: string, key?: string) => Promise<Reply>
}

/** Opens the context; `end` stores what came of it. */
export function beginUpdate(
  chat: ChatContext,
  { id: updateId, chatId, by, messageId, thread: messageOfThread, deed }: Incoming,
): { ctx: UpdateContext; end: () => void } {
  const { deps, transport, wake } = chat
  const { meta, deliveries, updates } = deps.store
  const gathered: NewChatDelivery[] = []
  const changes: (() => void)[] = []
  let acts = 0
  const thread = messageOfThread !== undefined && { thread: { messageId: messageOfThread } }
  const tapId = 'tapId' in deed ? deed.tapId : undefined
  let isAnswered = false
  const ctx: UpdateContext = {
    ...{ updateId, chatId, by, messageId, key: `${transport.name}:${updateId}` },
    say: (message, options = {}) => {
      gathered.push(...deliveriesFor(chatId, { ...message, silent: true }, { ...options, urgent: true, ...thread }))
    },
    put: (...more) => {
      gathered.push(...more)
    },
    answer: (text, alert) => {
      if (tapId === undefined || isAnswered) return
      isAnswered = true
      void transport.answer(tapId, text, alert)
    },
    openForm: async (form) => {
      if (tapId === undefined || isAnswered || !transport.openForm) return false
      isAnswered = true
      const isOpen = await transport.openForm(tapId, form)
      if (!isOpen) void transport.answer(tapId)
      return isOpen
    },
    later: (change) => {
      changes.push(change)
    },
    submit: async (command, queue, key) => {
      const nth = ++acts === 1 ? '' : `:${acts}`
      const reply = await deps.api.submit(command, by, {
        key: key ?? `${ctx.key}${nth}`,
        ...(queue !== undefined && { queue }),
      })
      return deps.redact(reply)
    },
  }
  const end = () => {
    meta.transaction(() => {
      for (const change of changes) change()
      if (gathered.length > 0) deliveries.enqueue(gathered, deps.now())
      updates.handled(updateId, deps.now())
    })
    wake()
  }
  return { ctx, end }
}

/** Releases the tapped button, with a word for the person who tapped it. */
export type AnswerThisTap = (text?: string, alert?: boolean) => void
