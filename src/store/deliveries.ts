import type { DatabaseSync } from 'node:sqlite'
import type { Delivery, DeliveryQueue } from '../outbox/delivery.ts'
import { transactionOn } from './transaction.ts'

type Body = Record<string, unknown> & { documentId?: number }

/** Prepares the queue of `channel`. Every function is durable when it returns (outside a transaction). */
export function createDeliveries<C>(db: DatabaseSync, channel: string): DeliveryQueue<C> {
  const insert = db.prepare(
    "INSERT INTO deliveries (channel, target, slot, key, state, created_at, json) VALUES (?, ?, ?, ?, 'waiting', ?, ?) ON CONFLICT DO NOTHING",
  )
  const one = db.prepare('SELECT target, slot, state, json FROM deliveries WHERE id = ?')
  const change = db.prepare('UPDATE deliveries SET state = ?, json = ? WHERE id = ?')
  const waiting = db.prepare(
    `SELECT id, target, slot, key, created_at, json,
       (SELECT message_id FROM slots s WHERE s.channel = d.channel AND s.target = d.target AND s.slot = d.slot) AS message_id
     FROM deliveries d WHERE channel = ? AND target = ? AND state = 'waiting' ORDER BY id LIMIT ?`,
  )
  // From one target to the next by the index: how much waits does not matter.
  const nextTarget = db.prepare(
    "SELECT target FROM deliveries WHERE channel = ? AND target > ? AND state = 'waiting' ORDER BY target LIMIT 1",
  )
  const removeOld = db.prepare(
    "DELETE FROM deliveries WHERE channel = ? AND target = ? AND state = 'waiting' AND created_at < ?",
  )
  const removeOthers = db.prepare(
    `DELETE FROM deliveries WHERE channel = ? AND state = 'waiting' AND target NOT IN (SELECT value FROM json_each(?))`,
  )
  const setSlot = db.prepare(
    'INSERT INTO slots (channel, target, slot, message_id) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET message_id = excluded.message_id',
  )
  const getSlot = db.prepare('SELECT message_id FROM slots WHERE channel = ? AND target = ? AND slot = ?')
  const forgetSlot = db.prepare('DELETE FROM slots WHERE channel = ? AND target = ? AND slot = ?')
  const findSlot = db.prepare('SELECT slot FROM slots WHERE channel = ? AND target = ? AND message_id = ?')
  const moveRows = db.prepare(
    "UPDATE deliveries SET target = ?, json = json_set(json, '$.begun', json('false')) WHERE channel = ? AND target = ? AND state = 'waiting'",
  )
  const findWaiting = db.prepare(
    "SELECT 1 FROM deliveries WHERE channel = ? AND target = ? AND slot = ? AND state = 'waiting' LIMIT 1",
  )
  const moveSlots = db.prepare('UPDATE OR REPLACE slots SET target = ? WHERE channel = ? AND target = ?')

  const rowsOf = (limitPerTarget: number) => {
    const rows: ReturnType<typeof waiting.all> = []
    for (let found = nextTarget.get(channel, ''); found; found = nextTarget.get(channel, String(found.target)))
      rows.push(...waiting.all(channel, String(found.target), limitPerTarget))
    return rows.sort((a, b) => Number(a.id) - Number(b.id))
  }
  const row = (id: number) => {
    const found = one.get(id)
    if (!found) throw new Error(`There is no delivery ${id}`)
    return {
      target: String(found.target),
      slot: found.slot === null ? undefined : String(found.slot),
      body: JSON.parse(String(found.json)) as Body,
    }
  }
  const update = (id: number, state: 'waiting', fields: Record<string, unknown>) => {
    change.run(state, JSON.stringify({ ...row(id).body, ...fields }), id)
  }
  // What was said, and documents most of all, is not kept once it is over: only that it is.
  const end = (id: number, state: 'done' | 'dropped', fields: Record<string, unknown>) => {
    change.run(state, JSON.stringify(fields), id)
  }

  return {
    enqueue(deliveries, at) {
      let before: number | undefined
      for (const delivery of deliveries) {
        const { target, slot, key, at: happenedAt = at, ...body } = delivery
        const documentId = delivery.followsDocument ? before : undefined
        const json = JSON.stringify({ ...body, begun: false, inDoubt: false, attempts: 0, documentId })
        before = Number(insert.run(channel, target, slot ?? null, key ?? null, happenedAt, json).lastInsertRowid)
      }
    },
    pending: (limitPerTarget) =>
      rowsOf(limitPerTarget).map((found) => {
        const { documentId, ...body } = JSON.parse(String(found.json)) as Body
        const lost = documentId !== undefined && String(one.get(documentId)?.state ?? 'dropped') === 'dropped'
        return {
          ...body,
          id: Number(found.id),
          target: String(found.target),
          ...(found.slot !== null && { slot: String(found.slot) }),
          ...(found.key !== null && { key: String(found.key), at: Number(found.created_at) }),
          // A message that was named by its id stays the one that is meant.
          ...(body.messageId === undefined && found.message_id !== null && { messageId: String(found.message_id) }),
          ...(lost && { documentLost: true }),
        } as unknown as Delivery<C>
      }),
    begin: (id) => update(id, 'waiting', { begun: true, attempts: Number(row(id).body.attempts ?? 0) + 1 }),
    done(id, { messageId }) {
      const { target, slot } = row(id)
      end(id, 'done', {})
      if (slot !== undefined && messageId !== undefined) setSlot.run(channel, target, slot, messageId)
    },
    failed(id, { at, ...failure }) {
      const { begun, attempts = 0 } = row(id).body
      // What was never begun counts its tries here.
      const tries = begun ? {} : { attempts: Number(attempts) + 1 }
      update(id, 'waiting', { ...tries, begun: false, failedAt: at, ...failure })
    },
    dropped(id, reason, error) {
      const { target, slot } = row(id)
      end(id, 'dropped', { reason, error })
      if (slot !== undefined && reason === 'gone') forgetSlot.run(channel, target, slot)
    },
    moved(target, newTarget) {
      moveRows.run(newTarget, channel, target)
      moveSlots.run(newTarget, channel, target)
    },
    giveUp: (target, before) => Number(removeOld.run(channel, target, before).changes),
    keepOnly: (targets) => Number(removeOthers.run(channel, JSON.stringify(targets)).changes),
    together: transactionOn(db),
    messageIn: (target, slot) => {
      const found = getSlot.get(channel, target, slot)
      return found ? String(found.message_id) : undefined
    },
    slotOf: (target, messageId) => {
      const found = findSlot.get(channel, target, messageId)
      return found ? String(found.slot) : undefined
    },
    isWaiting: (target, slot) => findWaiting.get(channel, target, slot) !== undefined,
  }
}
