import { hasRunEnded } from '../core/status.ts'
import type { BatonEvent, EventType, TaskStatus } from '../core/types.ts'
import type { ChatContext } from './context.ts'
import { deliveriesFor, editFor, type MessageTarget, type NewChatDelivery } from './delivery.ts'
import { hasMessage } from './has-message.ts'
import type { Message } from './message.ts'
import { nameProject } from './name-project.ts'
import { renderRunThread } from './render/run-thread.ts'
import { inShort } from './show-ask.ts'
import type { ChatRef } from './transport.ts'

/** The message that the thread of a run hangs on. */
const threadSlot = (runId: string) => `run:${runId}`

/** Where the messages about a run go in a chat. */
interface RunThread {
  /** Nothing where the chat has no threads. */
  where: { thread?: MessageTarget }
  /** What the thread hangs on, where that has to be sent first. */
  root: NewChatDelivery[]
}

/** Finds the thread of a run in a chat, or begins it. */
export function runThread(chat: ChatContext, chatId: ChatRef, runId: string | undefined): RunThread {
  if (runId === undefined || !chat.transport.hasThreads?.(chatId)) return { where: {}, root: [] }
  const slot = threadSlot(runId)
  if (hasMessage(chat, chatId, slot)) return { where: { thread: { slot } }, root: [] }
  const message = rootMessage(chat, runId)
  if (!message) return { where: {}, root: [] }
  return { where: { thread: { slot } }, root: deliveriesFor(chatId, message, { slot, urgent: true }) }
}

/** After these the message of the run says something else. */
const TELLING: ReadonlySet<EventType> = new Set<EventType>([
  'run.started',
  'run.ended',
  'run.reopened',
  'task.started',
  'task.continued',
  'task.done',
  'task.failed',
  'task.skipped',
  'task.undone',
  'ask.opened',
  'ask.answered',
  'ask.withdrawn',
  'queue.paused',
  'queue.resumed',
])

/** The thread of a run begins with its first event, and what it hangs on follows all others. */
export function followRun(chat: ChatContext, { type, queue, runId: named }: BatonEvent): NewChatDelivery[] {
  if (!TELLING.has(type)) return []
  const runId = named ?? chat.deps.api.view.status(queue).run?.id
  const threaded = chat.chats.filter((chatId) => chat.transport.hasThreads?.(chatId))
  const message = runId === undefined || threaded.length === 0 ? undefined : rootMessage(chat, runId)
  if (runId === undefined || !message) return []
  const slot = threadSlot(runId)
  return threaded.flatMap((chatId) => {
    if (hasMessage(chat, chatId, slot)) return [editFor(chatId, { slot }, message)]
    return type === 'run.started' ? deliveriesFor(chatId, message, { slot, urgent: true }) : []
  })
}

const AT_WORK: readonly TaskStatus[] = ['running', 'verifying', 'merging', 'waiting', 'taken_over']
/** More than the message names. */
const MOST = 10

function rootMessage(chat: ChatContext, runId: string): Message | undefined {
  const { view } = chat.deps.api
  const run = view.run(runId)
  if (!run) return undefined
  const { asks } = view.status(run.queue)
  const isOpen = !hasRunEnded(run.status)
  const shown = {
    run,
    running: isOpen
      ? view.tasksOfStatus(runId, { statuses: AT_WORK, order: 'work', offset: 0, limit: MOST }).tasks
      : [],
    asks: isOpen ? asks.filter((ask) => ask.runId === runId).map(inShort) : [],
  }
  return nameProject(chat, run.queue, renderRunThread(chat.deps.redact(shown)))
}
