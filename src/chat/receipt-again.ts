import { hasEnded } from '../core/state.ts'
import type { ChatContext } from './context.ts'
import type { ChatDelivery } from './delivery.ts'
import { taskOfProgress } from './progress.ts'

/** A receipt was to take the place of a message that somebody had deleted: it is sent as a message of its own. */
export function sendReceiptAgain({ deps, wake }: ChatContext, { target, slot, content }: ChatDelivery): void {
  const taskId = taskOfProgress(slot)
  const task = taskId === undefined ? undefined : deps.api.view.fullTask(taskId)
  if (content.kind !== 'edit' || slot === undefined || !task || !hasEnded(task)) return
  const message = { ...content.message, silent: true }
  deps.store.deliveries.enqueue([{ target, slot, urgent: true, content: { kind: 'send', message } }], deps.now())
  // Once the queue has noted what it gave up.
  setImmediate(wake)
}
