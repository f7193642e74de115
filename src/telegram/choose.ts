import type { Delivery } from '../chat/delivery.ts'

/** What is known beside the stored queue. Times are monotonic milliseconds. */
export interface Traffic {
  now: number
  /** Chats with a call under way. */
  busy: ReadonlySet<number>
  /** When a delivery may be tried again. */
  notBefore: (delivery: Delivery) => number
  /** When a chat got its last silent edit. */
  lastSilentAt: ReadonlyMap<number, number>
  /** Between two silent edits in a chat: others in the queue are joined meanwhile. */
  silentGapMs: (chatId: number) => number
}

export interface Plan {
  /** To be sent now, at most one for each chat. */
  send: Delivery[]
  /** Edits that a later one of the same message makes needless. */
  superseded: Delivery[]
  /** When to look again; absent: when something changes. */
  wakeAt?: number
}

/** Decides what goes out next; pure. `pending` is oldest first. */
export function choose(pending: Delivery[], traffic: Traffic): Plan {
  const plan: Plan = { send: [], superseded: [] }
  const wakes: number[] = []
  for (const [chatId, all] of Map.groupBy(pending, (delivery) => delivery.chatId)) {
    if (traffic.busy.has(chatId)) continue
    // What holds a chat back after a 429 stays until that is over, needless or not.
    const isHolding = (delivery: Delivery) => delivery.flood === true && traffic.notBefore(delivery) > traffic.now
    const superseded = supersededOf(all).filter((delivery) => !isHolding(delivery))
    plan.superseded.push(...superseded)
    const queue = all.filter((delivery) => !superseded.includes(delivery))
    const floodedUntil = Math.max(0, ...queue.filter((d) => d.flood).map(traffic.notBefore))
    const next = nextOf(queue)
    if (!next) continue
    const dueAt = Math.max(floodedUntil, traffic.notBefore(next), silentDueAt(next, traffic))
    if (dueAt <= traffic.now) plan.send.push(next)
    else wakes.push(dueAt)
  }
  if (wakes.length > 0) plan.wakeAt = Math.min(...wakes)
  return plan
}

const isChange = (delivery: Delivery) => delivery.shipment.kind === 'edit' || delivery.shipment.kind === 'delete'

/** Only the last edit of a message counts; one that is due with sound is never lost to a silent one. */
function supersededOf(queue: Delivery[]): Delivery[] {
  return queue.filter(
    (delivery, i) =>
      delivery.shipment.kind === 'edit' &&
      queue
        .slice(i + 1)
        .some((later) => later.slot === delivery.slot && isChange(later) && (later.urgent || !delivery.urgent)),
  )
}

/** Strictly in order, except that what needs a person overtakes silent progress; a message still comes before its edits. */
function nextOf(queue: Delivery[]): Delivery | undefined {
  const urgent = queue.find((delivery) => delivery.urgent)
  if (!urgent) return queue[0]
  const sameMessage = queue.find((delivery) => urgent.slot !== undefined && delivery.slot === urgent.slot)
  return sameMessage ?? urgent
}

function silentDueAt(delivery: Delivery, { lastSilentAt, silentGapMs }: Traffic): number {
  if (delivery.urgent || delivery.shipment.kind !== 'edit') return 0
  const last = lastSilentAt.get(delivery.chatId)
  return last === undefined ? 0 : last + silentGapMs(delivery.chatId)
}
