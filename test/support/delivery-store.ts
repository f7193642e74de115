import type { ChatCall, ChatDelivery, NewChatDelivery } from '../../src/chat/delivery.ts'
import type { DeliveryStore, DropReason } from '../../src/outbox/delivery.ts'

type Row = Omit<ChatDelivery, 'documentLost'> & {
  state: 'pending' | 'done' | 'dropped'
  documentId?: number
  reason?: DropReason
  error?: string
}

export interface MemoryDeliveries extends DeliveryStore<ChatCall> {
  rows: Row[]
  enqueue: (...deliveries: NewChatDelivery[]) => void
  /** The message that a slot stands for. */
  messageIn: (target: string, slot: string) => string | undefined
}

/** The queue of deliveries in memory: what the stored one must do, for tests. */
export function createMemoryDeliveries(): MemoryDeliveries {
  const rows: Row[] = []
  const slots = new Map<string, string>()
  const slotKey = (target: string, slot: string) => `${target} ${slot}`
  const row = (id: number) => rows[id - 1] as Row
  const change = (id: number, fields: Partial<Row>) => {
    rows[id - 1] = { ...row(id), ...fields }
  }

  return {
    rows,
    enqueue: (...deliveries) => {
      for (const delivery of deliveries) {
        const documentId = delivery.followsDocument ? rows.at(-1)?.id : undefined
        rows.push({
          ...delivery,
          id: rows.length + 1,
          state: 'pending',
          begun: false,
          inDoubt: false,
          attempts: 0,
          ...(documentId !== undefined && { documentId }),
        })
      }
    },
    messageIn: (target, slot) => slots.get(slotKey(target, slot)),
    pending: (limitPerTarget) => {
      const seen = new Map<string, number>()
      return rows
        .filter(({ state, target }) => {
          if (state !== 'pending') return false
          const count = (seen.get(target) ?? 0) + 1
          seen.set(target, count)
          return count <= limitPerTarget
        })
        .map(({ state: _, documentId, reason: __, error: ___, ...delivery }) => {
          const sentUnder = delivery.slot === undefined ? undefined : slots.get(slotKey(delivery.target, delivery.slot))
          const messageId = delivery.messageId ?? sentUnder
          const documentLost = documentId !== undefined && row(documentId).state === 'dropped'
          return { ...delivery, ...(messageId !== undefined && { messageId }), ...(documentLost && { documentLost }) }
        })
    },
    begin: (id) => change(id, { begun: true, attempts: row(id).attempts + 1 }),
    done: (id, { messageId }) => {
      const { target, slot } = row(id)
      change(id, { state: 'done', begun: false })
      if (slot !== undefined && messageId !== undefined) slots.set(slotKey(target, slot), messageId)
    },
    failed: (id, { at, waitMs, inDoubt, flood, error }) => {
      const tries = row(id).begun ? {} : { attempts: row(id).attempts + 1 }
      change(id, { ...tries, begun: false, failedAt: at, waitMs, inDoubt, flood, error })
    },
    dropped: (id, reason, error) => {
      const { target, slot } = row(id)
      change(id, { state: 'dropped', begun: false, reason, error })
      if (slot !== undefined && reason === 'gone') slots.delete(slotKey(target, slot))
    },
    // Nothing of a chat is ever too old.
    giveUp: () => 0,
    together: (work) => work(),
    moved: (target, newTarget) => {
      for (const r of rows)
        if (r.target === target && r.state === 'pending') change(r.id, { target: newTarget, begun: false })
      for (const [key, messageId] of slots) {
        if (!key.startsWith(`${target} `)) continue
        slots.delete(key)
        slots.set(key.replace(target, newTarget), messageId)
      }
    },
  }
}
