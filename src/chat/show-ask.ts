import type { Ask, Choice } from '../core/types.ts'
import { decodeTap } from './callback.ts'
import type { ChatContext } from './context.ts'
import { deliveriesFor, editFor, type MessageTarget, type NewChatDelivery } from './delivery.ts'
import type { Dialog } from './dialog.ts'
import type { ShownAsk } from './memory.ts'
import type { Message } from './message.ts'
import { nameProject } from './name-project.ts'
import { renderAsk } from './render/ask.ts'
import { snoozeButton } from './render/buttons.ts'
import { snoozedLine } from './render/decision.ts'
import type { ChatRef } from './transport.ts'
import type { AskView } from './views.ts'

export const askSlot = (askId: string) => `ask:${askId}`

/** An ask where only its title is shown: all of it may be long, and would be searched for secrets each time. */
export function inShort({ tool: _, ...ask }: Ask): Ask {
  return { ...ask, text: '' }
}

/** Lines of the log under a failure. */
const LOG_LINES = 12

/** An ask with what belongs to its message; files and git are read where the message shows them. */
export async function askView({ deps }: ChatContext, ask: Ask, dialog?: Dialog): Promise<AskView> {
  const { view } = deps.api
  const task = view.fullTask(ask.taskId)
  const result = ask.kind === 'review' ? view.task(ask.runId, ask.task) : undefined
  const log =
    ask.kind === 'failure' && ask.state === 'open'
      ? await deps.artifacts.logTail(ask.taskId, LOG_LINES).catch(() => undefined)
      : undefined
  const diff =
    ask.kind === 'review' && ask.state === 'open'
      ? await deps.artifacts.diff(ask.taskId).catch(() => undefined)
      : undefined
  return deps.redact({
    ask,
    ...(task && { task }),
    total: view.run(ask.runId)?.total ?? 1,
    ...(dialog && { dialog }),
    ...(log && { logTail: log.lines.join('\n') }),
    ...(result && { result }),
    ...(diff?.ok && { patch: diff.patch.toString('utf8') }),
  })
}

/** The message of an ask as it is now. */
export async function askMessage(chat: ChatContext, ask: Ask, dialog?: Dialog): Promise<Message> {
  const message = nameProject(chat, ask.queue, renderAsk(await askView(chat, ask, dialog), chat.moment()))
  if (ask.state !== 'open') return message
  const line = snoozedLine(chat.deps.redact(ask), chat.moment())
  return {
    ...message,
    body: line.length > 0 ? [...message.body, '\n\n', ...line] : message.body,
    buttons: [...(message.buttons ?? []), [snoozeButton(ask.id)]],
  }
}

/** The new messages of an open ask in `chats`, and what to remember of them. */
export async function showAsk(
  chat: ChatContext,
  ask: Ask,
  chats: readonly ChatRef[],
  options: { silent?: boolean } = {},
): Promise<{ deliveries: NewChatDelivery[]; shown: ShownAsk }> {
  const before = chat.memory.shown(ask.id)
  const [onlyChat] = chats.length === 1 ? chats : []
  const dialog = onlyChat === undefined ? undefined : before?.dialogs[onlyChat]
  const message = await askMessage(chat, ask, dialog)
  const shownIn = (chatId: ChatRef): Message =>
    options.silent ? { ...message, silent: true } : chat.sounding(message, 'needed', chatId, ask)
  return {
    deliveries: chats.flatMap((chatId) =>
      deliveriesFor(chatId, shownIn(chatId), { slot: askSlot(ask.id), urgent: true }),
    ),
    shown: {
      dialogs: {},
      ...before,
      hash: ask.hash,
      choices: choicesOf(message),
      chats: [...new Set([...(before?.chats ?? []), ...chats])],
    },
  }
}

/** What the buttons of a message decide. */
function choicesOf({ buttons = [] }: Message): Choice[] {
  return buttons.flat().flatMap(({ data }) => {
    const tap = decodeTap(data)
    return tap?.kind === 'choice' ? [tap.choice] : tap?.kind === 'question' ? (['answer'] as const) : []
  })
}

/** Makes a message of an ask show it as it is now. */
export async function refreshAsk(
  chat: ChatContext,
  ask: Ask,
  where: { chatId: ChatRef; target?: MessageTarget; dialog?: Dialog },
): Promise<NewChatDelivery> {
  const dialog = where.dialog ?? chat.memory.shown(ask.id)?.dialogs[where.chatId]
  const message = await askMessage(chat, ask, dialog)
  return editFor(where.chatId, where.target ?? { slot: askSlot(ask.id) }, message, { urgent: true })
}
