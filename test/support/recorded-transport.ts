import type { Deed, Incoming, Listener } from '../../src/chat/incoming.ts'
import type { Button, ShownMessage } from '../../src/chat/message.ts'
import type { CallKind, ChatRef, MessageRef, Sendable, Transport, WordsForm } from '../../src/chat/transport.ts'
import type { ChatSurface } from '../../src/core/types.ts'
import type { CarryVerdict, Form } from '../../src/outbox/carrier.ts'
import { toPlain } from '../../src/text/document/layout.ts'

/** A message as a person sees it. */
export interface SeenMessage {
  id: MessageRef
  text: string
  buttons: Button[][]
  silent: boolean
  repliesTo?: MessageRef
  /** The message whose thread it is in. */
  thread?: MessageRef
  key?: string
  document?: { name: string; content: string }
  byPerson?: true
}

/** Why a call failed; what `classify` of this transport can read. */
class PlatformError extends Error {
  why: 'unreached' | 'lost' | 'busy' | 'form' | 'blocked' | 'gone' | 'revoked'
  constructor(why: PlatformError['why']) {
    super(why)
    this.why = why
  }
}
export type Failure = PlatformError['why']

/** What can be made to fail. */
type Made = CallKind | 'reach' | 'find'

const TEXT_UNITS = 4_096
const DATA_UNITS = 64

/**
 * A chat platform in memory, as strict as real ones are: it refuses what is too long, what it does not know and what is not
 * there, and fails on demand. Its references are no numbers.
 */
export function createRecordedTransport(
  name: ChatSurface = 'slack',
  { hasForms = false, hasThreads = false, finds = false } = {},
) {
  const chats = new Map<ChatRef, SeenMessage[]>()
  const failures: { why: Failure; kinds?: readonly Made[] }[] = []
  const answers: { tapId: string; text?: string; alert?: boolean }[] = []
  const calls: CallKind[] = []
  /** Those that are open, by the tap that opened them. */
  const forms = new Map<string, WordsForm & { chatId: ChatRef; messageId: MessageRef }>()
  const tappedAt = new Map<string, { chatId: ChatRef; messageId: MessageRef }>()
  let lastMessage = 0
  let lastUpdate = 0

  const messages = (chatId: ChatRef): SeenMessage[] => {
    const known = chats.get(chatId)
    if (known) return known
    chats.set(chatId, [])
    return messages(chatId)
  }
  const nextRef = (): MessageRef => `m${String(++lastMessage).padStart(6, '0')}`
  const find = (chatId: ChatRef, id: MessageRef): SeenMessage => {
    const found = messages(chatId).find((message) => message.id === id)
    if (!found) throw new PlatformError('gone')
    return found
  }
  /** Fails as asked; a lost answer is one to a call that was done. */
  const call = <T>(kind: Made, signal: AbortSignal, work: () => T): T => {
    signal.throwIfAborted()
    if (kind !== 'reach' && kind !== 'find') calls.push(kind)
    const place = failures.findIndex(({ kinds }) => kinds === undefined || kinds.includes(kind))
    const [failure] = place === -1 ? [] : failures.splice(place, 1)
    if (failure && failure.why !== 'lost') throw new PlatformError(failure.why)
    const result = work()
    if (failure) throw new PlatformError('lost')
    return result
  }
  const shownIn = (message: ShownMessage, form: Form): Pick<SeenMessage, 'text' | 'buttons'> => {
    const text = toPlain(message.body)
    const buttons = form === 'bare' ? [] : (message.buttons ?? [])
    if (text.trim() === '' || text.length > TEXT_UNITS) throw new PlatformError('form')
    if (buttons.flat().some(({ data }) => data === '' || Buffer.byteLength(data) > DATA_UNITS)) {
      throw new PlatformError('form')
    }
    return { text, buttons }
  }

  const transport: Transport = {
    name,
    limits: { textUnits: TEXT_UNITS, downloadBytes: 1_000_000, uploadBytes: 1_000_000, editGapMs: () => 0 },
    format: (message, form) => ({ text: toPlain(message.body), marks: form === 'full' ? message.body : [] }),
    send: async (chatId, what, form, signal) =>
      call('document' in what ? 'document' : 'send', signal, () => {
        const id = nextRef()
        const { thread, key } = what
        if (thread !== undefined) find(chatId, thread)
        const posted = { ...(thread !== undefined && { thread }), ...(key !== undefined && { key }) }
        if ('document' in what) {
          if (what.document.content === '') throw new PlatformError('form')
          const { document, caption: text = '' } = what
          messages(chatId).push({ id, text, buttons: [], silent: true, document, ...posted })
          return id
        }
        const { message, replyTo } = what
        const reply = replyTo === undefined ? {} : { repliesTo: replyTo }
        messages(chatId).push({ id, ...shownIn(message, form), silent: message.silent, ...reply, ...posted })
        return id
      }),
    edit: async (chatId, messageId, message, form, signal) =>
      call('edit', signal, () => Object.assign(find(chatId, messageId), shownIn(message, form))),
    delete: async (chatId, messageId, signal) =>
      call('delete', signal, () => {
        find(chatId, messageId)
        chats.set(
          chatId,
          messages(chatId).filter(({ id }) => id !== messageId),
        )
      }),
    ...(finds && {
      findSent: async (chatId: ChatRef, { key }: Sendable, _since: number, signal: AbortSignal) =>
        call('find', signal, () => messages(chatId).find((one) => key !== undefined && one.key === key)?.id),
    }),
    ...(hasThreads && { hasThreads: (chatId: ChatRef) => chatId.startsWith('group-') }),
    classify(error, { kind, inDoubt }): CarryVerdict {
      const why = error instanceof PlatformError ? error.why : 'lost'
      const repeats = kind === 'edit' || kind === 'delete'
      switch (why) {
        case 'unreached':
          return { kind: 'again', inDoubt, why }
        case 'lost':
          return { kind: 'again', inDoubt: !repeats, why }
        case 'busy':
          return { kind: 'again', inDoubt, waitMs: 20, why }
        case 'form':
          return kind === 'document' ? { kind: 'drop', reason: 'refused', why } : { kind: 'plainer', why }
        case 'blocked':
          return { kind: 'drop', reason: 'blocked', why }
        case 'gone':
          return { kind: 'drop', reason: 'gone', why }
        case 'revoked':
          return { kind: 'closed', why }
      }
    },
    reach: async (signal) => call('reach', signal, () => undefined),
    answer: async (tapId, text, alert) => {
      answers.push({ tapId, ...(text !== undefined && { text }), ...(alert && { alert }) })
    },
    ...(hasForms && {
      openForm: async (tapId: string, form: WordsForm) => {
        const at = tappedAt.get(tapId)
        if (!at || Buffer.byteLength(form.data) > 100 || answers.some((answer) => answer.tapId === tapId)) return false
        forms.set(tapId, { ...form, ...at })
        tappedAt.delete(tapId)
        return true
      },
    }),
    download: async (fileId) => Buffer.from(fileId),
    ownName: async () => 'baton',
    isShared: (chatId) => chatId.startsWith('group-'),
    isPrivateWith: (chatId, personId) => chatId === personId,
    allowedBy: 'RECORDED_ALLOWED_USERS',
  }

  /** Somebody who may be obeyed does something; settles when it is handled. */
  const does = async (
    listener: Listener,
    chatId: ChatRef,
    deed: Deed,
    messageId: MessageRef,
    thread?: MessageRef,
  ): Promise<Incoming> => {
    const by = { surface: transport.name, id: chatId, name: 'Anna' }
    const where = { chatId, messageId, ...(thread !== undefined && { thread }) }
    const incoming = { id: `u${++lastUpdate}`, ...where, by, deed }
    await listener.hear(incoming)
    return incoming
  }

  return {
    transport,
    answers,
    calls,
    forms: (): ReadonlyMap<string, WordsForm> => forms,
    /** A tap that nobody handles yet. */
    touches: (chatId: ChatRef, messageId: MessageRef) => {
      const tapId = `touch${++lastUpdate}`
      tappedAt.set(tapId, { chatId, messageId })
      return tapId
    },
    /** Writes into the form that was opened last, and sends it. */
    fillsIn: (listener: Listener, text: string) => {
      const [tapId, form] = [...forms].at(-1) ?? []
      if (tapId === undefined || !form) throw new Error('No form is open')
      forms.delete(tapId)
      const deed = { kind: 'form' as const, tapId: `f${lastUpdate + 1}`, data: form.data, text }
      return does(listener, form.chatId, deed, form.messageId)
    },
    seen: (chatId: ChatRef): readonly SeenMessage[] => messages(chatId),
    fail: (why: Failure, ...kinds: Made[]) => {
      failures.push({ why, ...(kinds.length > 0 && { kinds }) })
    },
    removes: (chatId: ChatRef, id: MessageRef) => {
      chats.set(
        chatId,
        messages(chatId).filter((message) => message.id !== id),
      )
    },
    says: (listener: Listener, chatId: ChatRef, text: string, repliesTo?: MessageRef) => {
      const id = nextRef()
      const replied = repliesTo === undefined ? undefined : find(chatId, repliesTo)
      messages(chatId).push({ id, text, buttons: [], silent: true, byPerson: true })
      const repliedTo = replied && {
        messageId: replied.id,
        isFromBot: !replied.byPerson,
        buttons: replied.buttons.flat().map(({ data }) => data),
      }
      return does(listener, chatId, { kind: 'words', text, ...(repliedTo && { repliedTo }) }, id)
    },
    taps: (listener: Listener, chatId: ChatRef, label: string) => {
      const message = messages(chatId).findLast(({ buttons }) => buttons.flat().some(({ text }) => text === label))
      const button = message?.buttons.flat().find(({ text }) => text === label)
      if (!message || !button) throw new Error(`No button ${label}`)
      tappedAt.set(`t${lastUpdate + 1}`, { chatId, messageId: message.id })
      return does(listener, chatId, { kind: 'tap', tapId: `t${lastUpdate + 1}`, data: button.data }, message.id)
    },
    hears: does,
  }
}
