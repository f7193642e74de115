import type { Carrier } from './carrier.ts'
import type { Delivery } from './delivery.ts'

/** What is known beside the stored queue. Times are monotonic milliseconds. */
export interface Traffic<T> {
  now: number
  /** Targets with a call under way. */
  busy: ReadonlySet<string>
  /** When a delivery may be tried again. */
  notBefore: (delivery: Delivery<T>) => number
  /** When a target got its last silent change. */
  lastSilentAt: ReadonlyMap<string, number>
  silentGapMs: (target: string) => number
  /** Nothing goes to a target before this; default: at any time. */
  closedUntil?: (target: string) => number
  effectOf: Carrier<T>['effectOf']
}

export interface DeliverySchedule<T> {
  /** To be sent now, at most one for each target. */
  send: Delivery<T>[]
  /** Changes that a later one of the same message makes needless. */
  superseded: Delivery<T>[]
  /** When to look again; absent: when something changes. */
  wakeAt?: number
}

/** Decides what goes out next; pure. `pending` is oldest first. */
export function scheduleDeliveries<T>(pending: Delivery<T>[], traffic: Traffic<T>): DeliverySchedule<T> {
  const plan: DeliverySchedule<T> = { send: [], superseded: [] }
  const wakes: number[] = []
  for (const [target, all] of Map.groupBy(pending, (delivery) => delivery.target)) {
    if (traffic.busy.has(target)) continue
    // What holds a target back because it was asked to stays until that is over, needless or not.
    const isHolding = (delivery: Delivery<T>) => delivery.flood === true && traffic.notBefore(delivery) > traffic.now
    const superseded = supersededOf(all, traffic).filter((delivery) => !isHolding(delivery))
    plan.superseded.push(...superseded)
    const queue = all.filter((delivery) => !superseded.includes(delivery))
    const floodedUntil = Math.max(0, ...queue.filter((d) => d.flood).map(traffic.notBefore))
    const next = nextOf(queue)
    if (!next) continue
    const closedUntil = traffic.closedUntil?.(target) ?? 0
    const dueAt = Math.max(floodedUntil, closedUntil, traffic.notBefore(next), silentDueAt(next, traffic))
    if (dueAt <= traffic.now) plan.send.push(next)
    else wakes.push(dueAt)
  }
  if (wakes.length > 0) plan.wakeAt = Math.min(...wakes)
  return plan
}

/** Only the last edit of a message counts; one that is due with sound is never lost to a silent one. */
function supersededOf<T>(queue: Delivery<T>[], { effectOf }: Traffic<T>): Delivery<T>[] {
  const creates = ({ content }: Delivery<T>) => effectOf(content) === 'creates'
  return queue.filter(
    (delivery, i) =>
      effectOf(delivery.content) === 'changes' &&
      queue
        .slice(i + 1)
        .some((later) => later.slot === delivery.slot && !creates(later) && (later.urgent || !delivery.urgent)),
  )
}

/** Strictly in order, except that what needs a person overtakes silent progress; a message still comes before its edits. */
function nextOf<T>(queue: Delivery<T>[]): Delivery<T> | undefined {
  const urgent = queue.find((delivery) => delivery.urgent)
  if (!urgent) return queue[0]
  const sameMessage = queue.find((delivery) => urgent.slot !== undefined && delivery.slot === urgent.slot)
  return sameMessage ?? urgent
}

function silentDueAt<T>(delivery: Delivery<T>, { lastSilentAt, silentGapMs, effectOf }: Traffic<T>): number {
  if (delivery.urgent || effectOf(delivery.content) !== 'changes') return 0
  const last = lastSilentAt.get(delivery.target)
  return last === undefined ? 0 : last + silentGapMs(delivery.target)
}
