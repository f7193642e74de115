import { isOver } from '../core/status.ts'
import type { Actor, BatonEvent, Hold } from '../core/types.ts'
import { broadcastToOthers, isOwn } from './broadcast-to-others.ts'
import type { ChatContext } from './context.ts'
import { type Announcement, deliveriesFor, editFor, type NewChatDelivery } from './delivery.ts'
import type { Message } from './message.ts'
import { nameProject } from './name-project.ts'
import { progressSlot } from './progress.ts'
import { renderHold } from './render/hold.ts'
import { renderNotice } from './render/notice.ts'
import { renderProgress } from './render/progress.ts'
import { renderReceipt } from './render/receipt.ts'
import { renderRunEnd } from './render/run-end.ts'
import { askSlot, refreshAsk, showAsk } from './show-ask.ts'
import type { Occasion } from './sound.ts'
import type { ChatRef } from './transport.ts'

const NOTHING: Announcement = { deliveries: [] }
/** What is older when it is read was missed for long: the table of its run says it in one message. */
const STALE_MS = 3_600_000

/** Says an event to the phone. What of it makes a sound is for `sounding` to say. */
export async function announce(chat: ChatContext, event: BatonEvent): Promise<Announcement> {
  const stale = isStale(chat, event)
  switch (event.type) {
    case 'ask.opened':
      return opened(chat, event)
    case 'ask.answered':
    case 'ask.withdrawn':
      return closed(chat, event)
    case 'task.done':
    case 'task.failed':
    case 'task.skipped':
      return taskEnded(chat, event, stale)
    case 'task.undone':
      return undone(chat, event, stale)
    case 'run.ended':
      return runEnded(chat, event)
    case 'run.queued':
    case 'queue.paused':
    case 'queue.resumed':
      return stale ? NOTHING : broadcastToOthers(chat, event)
    case 'queue.held':
      return stale ? NOTHING : held(chat, event)
    case 'task.interrupted':
      // It goes on by itself: nobody has to do anything.
      return isPast(chat, event)
        ? NOTHING
        : told(chat, event, renderNotice(chat.deps.redact(event.text), { mark: '⚡️', silent: true }))
    case 'task.budget':
    case 'run.budget':
    case 'queue.budget':
      return isPast(chat, event)
        ? NOTHING
        : told(chat, event, renderNotice(chat.deps.redact(event.text), { mark: '💰', silent: true }))
    case 'note':
      // A card with buttons says it.
      if (event.data?.about === 'watch' || event.data?.about === 'plan') return NOTHING
      // The alarm has said it, without the database that this comes from.
      if (event.data?.about === 'state') return NOTHING
      return stale
        ? NOTHING
        : told(chat, event, renderNotice(chat.deps.redact(event.text), { mark: 'ℹ️', silent: true }))
    default:
      return NOTHING
  }
}

const isStale = ({ deps }: ChatContext, { at }: BatonEvent): boolean => deps.now() - at > STALE_MS

/** Stale, and there is no run any more that it could matter to. */
function isPast(chat: ChatContext, event: BatonEvent): boolean {
  const run = event.runId === undefined ? undefined : chat.deps.face.view.run(event.runId)
  return isStale(chat, event) && (run === undefined || run.endedAt !== undefined)
}

/** The same message to everybody. */
function told(chat: ChatContext, event: BatonEvent, shown: Message, occasion: Occasion = 'news'): Announcement {
  const { chats, sounding } = chat
  const message = nameProject(chat, event.queue, shown)
  return {
    deliveries: chats.flatMap((chatId) => deliveriesFor(chatId, sounding(message, occasion, chatId), { urgent: true })),
  }
}

async function opened(chat: ChatContext, event: BatonEvent): Promise<Announcement> {
  const ask = event.askId === undefined ? undefined : chat.deps.face.view.ask(event.askId)
  // What was decided meanwhile is no longer asked.
  if (ask?.state !== 'open' || chat.memory.shown(ask.id)) return NOTHING
  const { deliveries, shown } = await showAsk(chat, ask, chat.chats)
  return { deliveries, remember: () => chat.memory.setShown(ask.id, shown) }
}

/** Every message of the ask follows the stored decision. */
async function closed(chat: ChatContext, event: BatonEvent): Promise<Announcement> {
  const ask = event.askId === undefined ? undefined : chat.deps.face.view.ask(event.askId)
  const shown = ask && chat.memory.shown(ask.id)
  if (!ask || !shown) return NOTHING
  const deliveries: NewChatDelivery[] = []
  for (const chatId of shown.chats) {
    deliveries.push(await refreshAsk(chat, ask, { chatId, target: { slot: askSlot(ask.id) } }))
  }
  return { deliveries, remember: () => chat.memory.forget(ask.id) }
}

function taskEnded(chat: ChatContext, event: BatonEvent, stale: boolean): Announcement {
  const { deps, chats, moment, sounding } = chat
  const { view } = deps.face
  const run = event.runId === undefined ? undefined : view.run(event.runId)
  const task = run && event.task !== undefined ? view.task(run.id, event.task) : undefined
  if (!run || !task) return NOTHING
  const slot = progressSlot(task.id)
  const named = (message: Message) => nameProject(chat, run.queue, message)
  const last = named(renderProgress(deps.redact({ task, total: run.total, done: run.counts.done }), moment()))
  const edits = chats
    .filter((chatId) => isShown(chat, chatId, slot))
    .map((chatId) => editFor(chatId, { slot }, last, { urgent: true }))
  if (stale && run.endedAt !== undefined) return { deliveries: edits }
  const receipt = named(renderReceipt(deps.redact({ task, total: run.total })))
  // A skip is somebody's own act, and no surprise.
  const occasion = event.type === 'task.skipped' ? 'news' : 'task-end'
  return {
    deliveries: [
      ...edits,
      ...chats.flatMap((chatId) =>
        deliveriesFor(chatId, sounding(receipt, occasion, chatId), { slot: receiptSlot(task.id), urgent: true }),
      ),
    ],
  }
}

const receiptSlot = (taskId: string): string => `receipt:${taskId}`

/** The messages about the task follow; who saw none of its end, and did not undo it right here, gets one. */
function undone(chat: ChatContext, event: BatonEvent, stale: boolean): Announcement {
  const { deps, chats, moment } = chat
  const { view } = deps.face
  const by = event.data?.by as Actor | undefined
  if (event.data?.ok === false) {
    // Whoever wanted it was told; after a review nobody was.
    if (stale || by?.surface !== 'baton') return NOTHING
    return told(chat, event, renderNotice(deps.redact(event.text), { mark: '⚠️', silent: true }))
  }
  const run = event.runId === undefined ? undefined : view.run(event.runId)
  const task = run && event.task !== undefined ? view.task(run.id, event.task) : undefined
  // What is done again already has messages of its own.
  if (!run || !task || !isOver(task.status)) return NOTHING
  const slot = receiptSlot(task.id)
  const named = (message: Message) => nameProject(chat, run.queue, message)
  const receipt = named({ ...renderReceipt(deps.redact({ task, total: run.total })), silent: true })
  const progress = named(renderProgress(deps.redact({ task, total: run.total, done: run.counts.done }), moment()))
  const deliveries = chats.flatMap((chatId) => {
    const hasReceipt = isShown(chat, chatId, slot)
    const isNews = !hasReceipt && !stale && task.status === 'undone' && !(by && isOwn(chat, by, chatId))
    return [
      ...(isShown(chat, chatId, progressSlot(task.id))
        ? [editFor(chatId, { slot: progressSlot(task.id) }, progress, { urgent: true })]
        : []),
      ...(hasReceipt ? [editFor(chatId, { slot }, receipt, { urgent: true })] : []),
      ...(isNews ? deliveriesFor(chatId, receipt, { slot, urgent: true }) : []),
    ]
  })
  return { deliveries }
}

function isShown({ deps }: ChatContext, chatId: ChatRef, slot: string): boolean {
  const { messageIn, isWaiting } = deps.store.deliveries
  return messageIn(chatId, slot) !== undefined || isWaiting(chatId, slot)
}

function runEnded(chat: ChatContext, event: BatonEvent): Announcement {
  const { view } = chat.deps.face
  const run = event.runId === undefined ? undefined : view.run(event.runId)
  if (!run) return NOTHING
  return told(chat, event, renderRunEnd(chat.deps.redact({ run, tasks: view.tasks(run.id) })), 'run-end')
}

function held(chat: ChatContext, event: BatonEvent): Announcement {
  const { why, until } = event.data ?? {}
  // An overloaded service is tried again by itself in a moment: the message of the running task says so.
  if ((why !== 'limit' && why !== 'disk' && why !== 'budget' && why !== 'kept') || typeof until !== 'number')
    return NOTHING
  const hold: Hold = { why, until, since: event.at, text: event.text.replace(/^Waiting: /, '') }
  const task = chat.deps.face.view.status(event.queue).current
  return told(chat, event, renderHold(chat.deps.redact({ hold, ...(task && { task }) }), chat.moment()))
}
