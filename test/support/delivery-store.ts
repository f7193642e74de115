import type { Delivery, DeliveryStore, DropReason, NewDelivery } from '../../src/chat/delivery.ts'

type Row = Omit<Delivery, 'documentLost'> & {
  state: 'pending' | 'done' | 'dropped'
  documentId?: number
  reason?: DropReason
  error?: string
}

export interface MemoryDeliveries extends DeliveryStore {
  rows: Row[]
  enqueue: (...deliveries: NewDelivery[]) => void
  /** The message that a slot stands for. */
  messageIn: (chatId: number, slot: string) => number | undefined
}

/** The queue of deliveries in memory: what the stored one must do, for tests. */
export function createMemoryDeliveries(): MemoryDeliveries {
  const rows: Row[] = []
  const slots = new Map<string, number>()
  const slotKey = (chatId: number, slot: string) => `${chatId} ${slot}`
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
    messageIn: (chatId, slot) => slots.get(slotKey(chatId, slot)),
    pending: (limitPerChat) => {
      const seen = new Map<number, number>()
      return rows
        .filter(({ state, chatId }) => {
          if (state !== 'pending') return false
          const count = (seen.get(chatId) ?? 0) + 1
          seen.set(chatId, count)
          return count <= limitPerChat
        })
        .map(({ state: _, documentId, reason: __, error: ___, ...delivery }) => {
          const sentUnder = delivery.slot === undefined ? undefined : slots.get(slotKey(delivery.chatId, delivery.slot))
          const messageId = delivery.messageId ?? sentUnder
          const documentLost = documentId !== undefined && row(documentId).state === 'dropped'
          return { ...delivery, ...(messageId !== undefined && { messageId }), ...(documentLost && { documentLost }) }
        })
    },
    begin: (id) => change(id, { begun: true, attempts: row(id).attempts + 1 }),
    done: (id, { messageId }) => {
      const { chatId, slot } = row(id)
      change(id, { state: 'done', begun: false })
      if (slot !== undefined && messageId !== undefined) slots.set(slotKey(chatId, slot), messageId)
    },
    failed: (id, { at, waitMs, inDoubt, flood, error }) => {
      change(id, { begun: false, failedAt: at, waitMs, inDoubt, flood, error })
    },
    dropped: (id, reason, error) => {
      const { chatId, slot } = row(id)
      change(id, { state: 'dropped', begun: false, reason, error })
      if (slot !== undefined && reason === 'gone') slots.delete(slotKey(chatId, slot))
    },
    moved: (chatId, newChatId) => {
      for (const r of rows)
        if (r.chatId === chatId && r.state === 'pending') change(r.id, { chatId: newChatId, begun: false })
      for (const [key, messageId] of slots) {
        if (key.startsWith(`${chatId} `)) slots.set(key.replace(String(chatId), String(newChatId)), messageId)
      }
    },
  }
}
