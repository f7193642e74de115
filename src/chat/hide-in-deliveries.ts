import { hideIn } from '../text/document/hide.ts'
import type { NewChatDelivery } from './delivery.ts'
import type { ChatDeps } from './ports.ts'

/**
 * Looks for secrets once more in each message that is about to be stored for sending, as it will be read: what was free of
 * them as Markdown, or as a name and a value, may show one when it is put together.
 */
export function hideInDeliveries(deps: ChatDeps): ChatDeps {
  const { deliveries } = deps.store
  const enqueue: typeof deliveries.enqueue = (rows, at) =>
    deliveries.enqueue(
      rows.map((row) => safe(row, deps.redact)),
      at,
    )
  return { ...deps, store: { ...deps.store, deliveries: { ...deliveries, enqueue } } }
}

function safe(row: NewChatDelivery, hide: (text: string) => string): NewChatDelivery {
  const { content } = row
  if (content.kind !== 'send' && content.kind !== 'edit') return row
  const message = { ...content.message, body: hideIn(content.message.body, hide) }
  return { ...row, content: { ...content, message } }
}
