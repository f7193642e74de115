import { isOver } from '../core/status.ts'
import type { Actor, BatonEvent, Hold } from '../core/types.ts'
import { announceDeployment } from './announce-deployment.ts'
import { editsBeside, reminderSlot } from './beside-ask.ts'
import { broadcastToOthers, isOwn } from './broadcast-to-others.ts'
import { chatsToAsk } from './chats-to-ask.ts'
import type { ChatContext } from './context.ts'
import { type Announcement, deleteFor, deliveriesFor, editFor, type NewChatDelivery } from './delivery.ts'
import { followOffers } from './free-text.ts'
import { hasMessage } from './has-message.ts'
import type { Message } from './message.ts'
import { nameProject } from './name-project.ts'
import { progressSlot } from './progress.ts'
import { renderHold, renderReleased } from './render/hold.ts'
import { TASK_MARK } from './render/marks.ts'
import { renderNotice, renderReminder } from './render/notice.ts'
import { renderReceipt } from './render/receipt.ts'
import { renderRunEnd } from './render/run-end.ts'
import { followRun, runThread } from './run-thread.ts'
import { askSlot, refreshAsk, showAsk } from './show-ask.ts'
import type { Occasion } from './sound.ts'

const NOTHING: Announcement = { deliveries: [] }
/** What is older when it is read was missed for long: the table of its run says it in one message. */
const STALE_MS = 3_600_000

/** Announces an event in chats. Which of it makes a sound is up to `sounding`. */
export async function announce(chat: ChatContext, event: BatonEvent): Promise<Announcement> {
  const told = withOffers(chat, event, await announcementOf(chat, event))
  const begun = told.deliveries.some(({ slot, content }) => slot === `run:${event.runId}` && content.kind === 'send')
  return begun ? told : { ...told, deliveries: [...followRun(chat, event), ...told.deliveries] }
}

/** What asked what to do with somebody's words no longer offers what is over. */
function withOffers(chat: ChatContext, { type, askId, runId, task }: BatonEvent, told: Announcement): Announcement {
  const isAsk = type === 'ask.answered' || type === 'ask.withdrawn'
  if (!isAsk && type !== 'task.done' && type !== 'task.failed' && type !== 'task.skipped') return told
  const taskId = runId === undefined || task === undefined ? undefined : chat.deps.api.view.task(runId, task)?.id
  const offers = followOffers(chat, isAsk ? { askId } : { taskId })
  if (offers.deliveries.length === 0) return told
  return {
    deliveries: [...told.deliveries, ...offers.deliveries],
    remember: () => {
      told.remember?.()
      offers.remember?.()
    },
  }
}

async function announcementOf(chat: ChatContext, event: BatonEvent): Promise<Announcement> {
  const stale = isStale(chat, event)
  switch (event.type) {
    case 'ask.opened':
      return opened(chat, event)
    case 'ask.snoozed':
    case 'ask.approved':
      return changed(chat, event)
    case 'ask.reminded':
      return reminded(chat, event)
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
      // A push is announced by what comes of it.
      return stale || isOfPush(chat, event) ? NOTHING : broadcastToOthers(chat, event)
    case 'queue.paused':
    case 'queue.resumed':
      return stale ? NOTHING : broadcastToOthers(chat, event)
    case 'queue.held':
      return stale ? NOTHING : held(chat, event)
    case 'queue.released':
      return released(chat, event)
    case 'task.taken-over':
    case 'task.handed-back':
      return stale
        ? NOTHING
        : told(chat, event, renderNotice(chat.deps.redact(event.text), { mark: TASK_MARK.taken_over, silent: true }))
    case 'task.interrupted':
      // It resumes automatically: nobody has to do anything.
      return isPast(chat, event)
        ? NOTHING
        : told(chat, event, renderNotice(chat.deps.redact(event.text), { mark: '⚡️', silent: true }))
    case 'task.budget':
    case 'run.budget':
    case 'queue.budget':
      return isPast(chat, event)
        ? NOTHING
        : told(chat, event, renderNotice(chat.deps.redact(event.text), { mark: '💰', silent: true }))
    case 'deployment.started':
    case 'deployment.changed':
    case 'deployment.ended':
      return stale ? NOTHING : announceDeployment(chat, event)
    case 'environment.changed':
      return stale
        ? NOTHING
        : told(chat, event, renderNotice(chat.deps.redact(event.text), { mark: '🧊', silent: true }))
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

/** Stale, and no run is left that it could matter to. */
function isPast(chat: ChatContext, event: BatonEvent): boolean {
  const run = event.runId === undefined ? undefined : chat.deps.api.view.run(event.runId)
  return isStale(chat, event) && (run === undefined || run.endedAt !== undefined)
}

/** The same message to everybody. */
function told(
  chat: ChatContext,
  event: BatonEvent,
  shown: Message,
  { occasion = 'news', slot }: { occasion?: Occasion; slot?: string } = {},
): Announcement {
  const { chats, sounding } = chat
  const message = nameProject(chat, event.queue, shown)
  return {
    deliveries: chats.flatMap((chatId) => {
      const { root, where } = runThread(chat, chatId, event.runId)
      const options = { urgent: true, ...(slot !== undefined && { slot }), ...where }
      return [...root, ...deliveriesFor(chatId, sounding(message, occasion, chatId), options)]
    }),
  }
}

async function opened(chat: ChatContext, event: BatonEvent): Promise<Announcement> {
  const ask = event.askId === undefined ? undefined : chat.deps.api.view.ask(event.askId)
  // What was decided meanwhile needs no answer.
  if (ask?.state !== 'open' || chat.memory.shown(ask.id)) return NOTHING
  const { deliveries, shown } = await showAsk(chat, ask, chatsToAsk(chat, ask))
  return { deliveries, remember: () => chat.memory.setShown(ask.id, shown) }
}

/** Says once again what still waits for an answer. */
function reminded(chat: ChatContext, event: BatonEvent): Announcement {
  const { deps, memory } = chat
  const ask = event.askId === undefined ? undefined : deps.api.view.ask(event.askId)
  const shown = ask && memory.shown(ask.id)
  if (ask?.state !== 'open' || !shown) return NOTHING
  const message = nameProject(chat, ask.queue, renderReminder(deps.redact(ask), chat.moment()))
  // Who has looked at it here and hears of things elsewhere is reminded there.
  const here = chat.chats
  return {
    deliveries: shown.chats
      .filter((chatId) => here.includes(chatId))
      .flatMap((chatId) => {
        const replyTo = deps.store.deliveries.messageIn(chatId, askSlot(ask.id))
        const slot = reminderSlot(ask.id)
        return [
          // One reminder at a time.
          ...(hasMessage(chat, chatId, slot) ? [deleteFor(chatId, { slot })] : []),
          ...deliveriesFor(chatId, chat.sounding(message, 'needed', chatId, ask), {
            slot,
            urgent: true,
            ...(replyTo !== undefined && { replyTo }),
          }),
        ]
      }),
  }
}

/** It is still open: its messages say until when it is snoozed, or who has approved so far. */
async function changed(chat: ChatContext, event: BatonEvent): Promise<Announcement> {
  const ask = event.askId === undefined ? undefined : chat.deps.api.view.ask(event.askId)
  const shown = ask && chat.memory.shown(ask.id)
  if (ask?.state !== 'open' || !shown) return NOTHING
  const deliveries: NewChatDelivery[] = []
  for (const chatId of shown.chats)
    deliveries.push(await refreshAsk(chat, ask, { chatId }), ...editsBeside(chat, ask, chatId))
  return { deliveries }
}

/** Every message of the ask follows the stored decision. */
async function closed(chat: ChatContext, event: BatonEvent): Promise<Announcement> {
  const ask = event.askId === undefined ? undefined : chat.deps.api.view.ask(event.askId)
  const shown = ask && chat.memory.shown(ask.id)
  if (!ask || !shown) return NOTHING
  const deliveries: NewChatDelivery[] = []
  for (const chatId of shown.chats) {
    deliveries.push(await refreshAsk(chat, ask, { chatId }), ...editsBeside(chat, ask, chatId))
  }
  return { deliveries, remember: () => chat.memory.forget(ask.id) }
}

/** The message of the running task becomes its receipt; who saw none of it gets one. */
function taskEnded(chat: ChatContext, event: BatonEvent, stale: boolean): Announcement {
  const ended = receiptOf(chat, event)
  if (!ended) return NOTHING
  const { run, slot, receipt } = ended
  const isLate = stale && run.endedAt !== undefined
  // Somebody skipped it on purpose, so it is not a surprise.
  const occasion = event.type === 'task.skipped' ? 'news' : 'task-end'
  return {
    deliveries: chat.chats.flatMap((chatId): NewChatDelivery[] => {
      const message = chat.sounding(receipt, occasion, chatId)
      const hasOne = hasMessage(chat, chatId, slot)
      if (hasOne && (message.silent || isLate)) return [editFor(chatId, { slot }, receipt, { urgent: true })]
      if (isLate) return []
      const { root, where } = runThread(chat, chatId, run.id)
      // An edit makes no sound: what should make one replaces the existing message.
      return [
        ...(hasOne ? [deleteFor(chatId, { slot })] : []),
        ...root,
        ...deliveriesFor(chatId, message, { slot, urgent: true, ...where }),
      ]
    }),
  }
}

/** A task's result, silent, for the message that was about it while it ran. */
function receiptOf(chat: ChatContext, { runId, task: number }: BatonEvent) {
  const { redact, api } = chat.deps
  const run = runId === undefined ? undefined : api.view.run(runId)
  const task = run && number !== undefined ? api.view.task(run.id, number) : undefined
  if (!run || !task) return undefined
  const receipt = nameProject(chat, run.queue, renderReceipt(redact({ task, total: run.total })))
  return { run, task, slot: progressSlot(task.id), receipt: { ...receipt, silent: true } }
}

/** The task's message follows; who has none, and did not undo it right here, gets one. */
function undone(chat: ChatContext, event: BatonEvent, stale: boolean): Announcement {
  const { deps, chats } = chat
  const by = event.data?.by as Actor | undefined
  if (event.data?.ok === false) {
    // The person who skipped it already got a reply; after a review nobody did.
    if (stale || by?.surface !== 'baton') return NOTHING
    return told(chat, event, renderNotice(deps.redact(event.text), { mark: '⚠️', silent: true }))
  }
  const found = receiptOf(chat, event)
  // A task that was redone already has a message of its own.
  if (!found || !isOver(found.task.status)) return NOTHING
  const { task, slot, receipt } = found
  const deliveries = chats.flatMap((chatId) => {
    if (hasMessage(chat, chatId, slot)) return [editFor(chatId, { slot }, receipt, { urgent: true })]
    const isNews = !stale && task.status === 'undone' && !(by && isOwn(chat, by, chatId))
    const { root, where } = runThread(chat, chatId, event.runId)
    return isNews ? [...root, ...deliveriesFor(chatId, receipt, { slot, urgent: true, ...where })] : []
  })
  return { deliveries }
}

async function runEnded(chat: ChatContext, event: BatonEvent): Promise<Announcement> {
  const { deps } = chat
  const { view } = deps.api
  const run = event.runId === undefined ? undefined : view.run(event.runId)
  if (!run) return NOTHING
  // The end is announced, whatever becomes of its report.
  const report = await deps.report?.(run.id).catch((error: unknown) => {
    deps.log.warn({ err: error }, 'The report of a run could not be made')
    return undefined
  })
  const shown = {
    run,
    tasks: view.tasks(run.id),
    asks: view.asksOfRun(run.id),
    ...(report !== undefined && { report }),
  }
  // A pipeline ends many times a day, and of a deployment that went wrong people have heard already.
  const isHeard = !run.push || shown.tasks.some(({ status, isDeployment }) => status === 'failed' && !isDeployment)
  return told(chat, event, renderRunEnd(deps.redact(shown)), { occasion: isHeard ? 'run-end' : 'news' })
}

/** Nobody started it: it came with a push. */
function isOfPush({ deps }: ChatContext, { runId, data }: BatonEvent): boolean {
  const by = data?.by as Actor | undefined
  const isPushed = by?.surface === 'github' || by?.surface === 'baton'
  return isPushed && runId !== undefined && deps.api.view.run(runId)?.push !== undefined
}

function held(chat: ChatContext, event: BatonEvent): Announcement {
  const { why, until } = event.data ?? {}
  // An overloaded service is retried automatically in a moment: the message of the running task says so.
  if ((why !== 'limit' && why !== 'disk' && why !== 'budget' && why !== 'kept') || typeof until !== 'number')
    return NOTHING
  const hold: Hold = { why, until, since: event.at, text: event.text.replace(/^Waiting: /, '') }
  const task = chat.deps.api.view.status(event.queue).current
  return told(chat, event, renderHold(chat.deps.redact({ hold, ...(task && { task }) }), chat.moment()), {
    slot: holdSlot(event),
  })
}

/** Its message says when it resumes, which is soon past. */
function released(chat: ChatContext, event: BatonEvent): Announcement {
  const { held: text, isOver: isReset } = event.data ?? {}
  const slot = holdSlot(event)
  const chats = chat.chats.filter((chatId) => hasMessage(chat, chatId, slot))
  if (typeof text !== 'string' || chats.length === 0) return NOTHING
  const over = renderReleased(chat.deps.redact({ text, at: event.at, isOver: isReset === true }), chat.moment())
  const message = nameProject(chat, event.queue, over)
  return { deliveries: chats.map((chatId) => editFor(chatId, { slot }, message, { urgent: true })) }
}

const holdSlot = ({ queue }: BatonEvent): string => `hold:${queue}`
