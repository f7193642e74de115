import { randomBytes } from 'node:crypto'
import type { NewChatDelivery } from './delivery.ts'
import type { ChatDeps } from './ports.ts'

/** Discord takes 25 characters. */
const KEY_BYTES = 12

/** Gives each post that is stored for sending a name of its own, by which the platform or we know it after its answer was lost. */
export function nameEachPost(deps: ChatDeps): ChatDeps {
  const { deliveries } = deps.store
  const enqueue: typeof deliveries.enqueue = (rows, at) =>
    deliveries.enqueue(
      rows.map((row) => named(row, at)),
      at,
    )
  return { ...deps, store: { ...deps.store, deliveries: { ...deliveries, enqueue } } }
}

function named(row: NewChatDelivery, since: number): NewChatDelivery {
  const { content } = row
  if (content.kind !== 'send' && content.kind !== 'document') return row
  return { ...row, content: { ...content, post: { key: randomBytes(KEY_BYTES).toString('hex'), since } } }
}
