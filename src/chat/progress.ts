import type { ChatContext } from './context.ts'
import { deliveriesFor, editFor, type NewChatDelivery } from './delivery.ts'
import { nameProject } from './name-project.ts'
import { otherLanes } from './render/other-lanes.ts'
import { isAtRest, renderProgress } from './render/progress.ts'
import { runThread } from './run-thread.ts'
import { inShort } from './show-ask.ts'
import type { ProgressView } from './views.ts'

export const progressSlot = (taskId: string) => `progress:${taskId}`

/** The task whose message a slot stands for: its progress while it runs, its receipt afterwards. */
export const taskOfProgress = (slot: string | undefined): string | undefined => /^progress:(.+)$/.exec(slot ?? '')?.[1]

/** While a task runs, its message is never older than this. */
const OLDEST_MS = 25_000

/** The messages about running tasks, one each. */
export interface ProgressMessages {
  start: () => void
  stop: () => void
  /** Something has changed: looks again as soon as the pace allows. */
  nudge: () => void
}

/** Makes it: silent, at the configured pace, and never behind an edit that is still to be sent. */
export function createProgressMessages(chat: ChatContext): ProgressMessages {
  const { deps } = chat
  const { deliveries, meta } = deps.store
  const paceMs = Math.min(Math.max(deps.config.progressMs, 50), OLDEST_MS)
  const last = new Map<string, { taskId: string; state: string; at: number }>()
  let timer: NodeJS.Timeout | undefined
  let soon: NodeJS.Timeout | undefined
  let stopLive: (() => void) | undefined
  let lastLookAt = Number.NEGATIVE_INFINITY

  const look = () => {
    lastLookAt = performance.now()
    for (const queue of deps.api.view.queues()) {
      try {
        lookAt(queue)
      } catch (error) {
        deps.log.error({ err: error }, "Could not update the running task's message")
      }
    }
  }

  const lookAt = (queue: string) => {
    const view = progressOf(queue)
    if (!view) return
    const { task, paused, hold, ask, beside = [] } = view
    const before = last.get(queue)
    const others = beside.map(({ taskId, isAsked }) => [taskId, isAsked])
    const state = JSON.stringify([task.status, paused, hold, ask?.id, view.isStopped, others])
    const isSame = before?.taskId === task.id && before.state === state
    // Without a process, or while a person is waited for, an edit would say nothing new.
    if (isSame && isAtRest(view)) return
    const slot = progressSlot(task.id)
    const message = nameProject(chat, queue, renderProgress(deps.redact(view), chat.moment()))
    const begun = task.status === 'running' || task.status === 'verifying' || task.status === 'merging'
    const rows = chat.chats.flatMap((chatId): NewChatDelivery[] => {
      if (chat.closed.isClosed(chatId) || deliveries.isWaiting(chatId, slot)) return []
      if (deliveries.messageIn(chatId, slot) !== undefined) return [editFor(chatId, { slot }, message)]
      if (!begun) return []
      const { root, where } = runThread(chat, chatId, view.runId)
      return [...root, ...deliveriesFor(chatId, message, { slot, urgent: false, ...where })]
    })
    if (rows.length === 0) return
    meta.transaction(() => deliveries.enqueue(rows, deps.now()))
    last.set(queue, { taskId: task.id, state, at: deps.now() })
    chat.wake()
  }

  const progressOf = (queue: string): ProgressView | undefined => {
    const status = deps.api.view.status(queue)
    const { run, current, live, hold, paused, asks } = status
    if (!run || !current) return undefined
    const found = asks.find((one) => one.taskId === current.id)
    const ask = found && inShort(found)
    const beside = otherLanes(status)
    return {
      ...(run.status === 'stopped' && { isStopped: true as const }),
      runId: run.id,
      task: current,
      total: run.total,
      done: run.counts.done,
      ...(live && { live }),
      ...(beside.length > 0 && { beside }),
      ...(hold && { hold }),
      ...(paused && { paused }),
      ...(ask && { ask }),
    }
  }

  const nudge = () => {
    if (soon !== undefined || timer === undefined) return
    soon = setTimeout(
      () => {
        soon = undefined
        look()
      },
      Math.max(0, lastLookAt + paceMs - performance.now()),
    )
  }

  return {
    start: () => {
      timer = setInterval(nudge, paceMs)
      // The first words of a process are worth a look; what follows waits for its turn.
      stopLive = deps.api.onLive(nudge)
    },
    stop: () => {
      clearInterval(timer)
      clearTimeout(soon)
      timer = undefined
      stopLive?.()
    },
    nudge,
  }
}
