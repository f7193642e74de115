import { backoffMs } from './backoff.ts'
import { paceOf, parcelOf } from './parcel.ts'
import type { Answer } from './post.ts'
import type { OutgoingStore, Waiting } from './queue.ts'
import type { Target } from './receiver.ts'
import { createRest } from './rest.ts'
import { signature } from './sign.ts'
import { verdictOf } from './verdict.ts'

/** What a receiver lost, or that it is away. */
export interface LaneWords {
  /** Undefined: it takes again what it is sent. */
  onTrouble: (text: string | undefined) => void
  /** Items that were given up, and why. */
  onLost: (count: number, why: string) => void
}

export interface LanePorts extends LaneWords {
  target: Target
  store: OutgoingStore
  post: (
    request: { url: string; headers: Record<string, string>; body: string },
    signal: AbortSignal,
  ) => Promise<Answer>
  /** Epoch milliseconds. */
  wallClock: () => number
  /** Monotonic milliseconds. */
  now: () => number
  random: () => number
  userAgent: string
}

/** Sends the queue of one receiver, in order, one request at a time. */
export interface Lane {
  start: () => void
  /** There is something new in the queue. */
  wake: () => void
  /** Goes on sending for up to `graceMs` as long as the receiver takes it. */
  stop: (graceMs: number) => Promise<void>
}

/** A refused item is tried this often, so that one hiccup of a receiver loses nothing. */
const TRIES_OF_REFUSED = 3
/** What is older is given up, but only after real tries: a clock that jumped has not tried. */
const OLDEST_MS = 7 * 86_400_000
const TRIES_OF_OLD = 20
const STORE_PAUSE_MS = 2_000

export function createLane(ports: LanePorts): Lane {
  const { target, store, wallClock, now, random } = ports
  const pace = paceOf(target.format)
  const stopping = new AbortController()
  const rest = createRest()
  /** Sent, but not yet noted as such: never to be sent again in this life. */
  const sent = new Set<number>()
  let notBefore = 0
  let lastEndAt: number | undefined
  /** One of several was refused: which one shows when they go alone. */
  let alone = false
  let inTrouble = false
  let ending = false
  let running: Promise<void> | undefined

  const run = async () => {
    while (!stopping.signal.aborted) {
      const waitMs = await step().catch((error: unknown) => {
        trouble(`what it is told could not be stored: ${String(error)}`)
        return STORE_PAUSE_MS
      })
      if (waitMs === 0) continue
      // At the end nothing is waited for but the pace: the rest is sent in the next life.
      if (ending && (waitMs === undefined || waitMs > pace.gapMs)) return
      await rest.for(waitMs)
    }
  }

  /** Sends what is first, or says how long to wait; undefined: there is nothing. */
  const step = async (): Promise<number | undefined> => {
    if (sent.size > 0) store.done([...sent])
    sent.clear()
    const waiting = store.pending(target.id, alone ? 1 : pace.together)
    const [first] = waiting
    if (!first) return undefined
    const dueInMs = Math.max(leftByLastLife(first), notBefore - now(), (lastEndAt ?? -pace.gapMs) + pace.gapMs - now())
    if (dueInMs > 0) return dueInMs
    const { body, count } = parcelOf(
      target.format,
      waiting.map(({ content }) => content),
    )
    const answer = await ports.post({ url: target.url, headers: headersFor(first, body), body }, stopping.signal)
    if (stopping.signal.aborted) return undefined
    lastEndAt = now()
    return settle(waiting.slice(0, count), answer)
  }

  /** Never longer than the wait itself, whatever became of the clock; what failed in this life is in `notBefore`. */
  const leftByLastLife = ({ failedAt, waitMs }: Waiting): number => {
    if (lastEndAt !== undefined || failedAt === undefined || waitMs === undefined) return 0
    return Math.min(waitMs, failedAt + waitMs - wallClock())
  }

  const settle = (items: readonly Waiting[], answer: Answer): number => {
    const ids = items.map(({ id }) => id)
    const tries = (items[0]?.attempts ?? 0) + 1
    const verdict = verdictOf(answer, wallClock())
    if (verdict.kind === 'done') {
      for (const id of ids) sent.add(id)
      alone = false
      trouble(undefined)
      return 0
    }
    if (verdict.kind === 'refused' && tries >= TRIES_OF_REFUSED) {
      store.done(ids)
      ports.onLost(ids.length, verdict.why)
      return 0
    }
    if (verdict.kind === 'refused') alone = true
    const askedMs = verdict.kind === 'again' ? verdict.waitMs : undefined
    const waitMs = Math.max(askedMs ?? backoffMs(tries, random), 1)
    // To be left alone for a while is not trouble, to be asked again and again is.
    if (askedMs === undefined || tries > 2) trouble(verdict.why)
    notBefore = now() + waitMs
    store.failed(ids, { at: wallClock(), waitMs })
    if (tries >= TRIES_OF_OLD) giveUpOld()
    return waitMs
  }

  const giveUpOld = () => {
    const count = store.giveUp(target.id, wallClock() - OLDEST_MS)
    if (count > 0) ports.onLost(count, `could not be told for ${OLDEST_MS / 86_400_000} days`)
  }

  const headersFor = ({ delivery, attempts, content }: Waiting, body: string): Record<string, string> => {
    const seconds = Math.floor(wallClock() / 1000)
    return {
      'content-type': 'application/json',
      'user-agent': ports.userAgent,
      'x-baton-event': 'event' in content ? content.event.type : content.notification.type,
      'x-baton-delivery': delivery,
      'x-baton-attempt': String(attempts + 1),
      'x-baton-timestamp': String(seconds),
      ...(target.secret !== undefined && { 'x-baton-signature': signature(target.secret, seconds, body) }),
    }
  }

  const trouble = (why: string | undefined) => {
    if (why === undefined && !inTrouble) return
    if (why !== undefined && inTrouble) return
    inTrouble = why !== undefined
    ports.onTrouble(why)
  }

  return {
    start() {
      running ??= run()
    },
    wake: rest.end,
    async stop(graceMs) {
      ending = true
      rest.end()
      const grace = setTimeout(() => {
        stopping.abort()
        rest.end()
      }, graceMs)
      await running
      clearTimeout(grace)
      stopping.abort()
      if (sent.size > 0) store.done([...sent])
    },
  }
}
