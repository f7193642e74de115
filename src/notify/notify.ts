import type { Receiver } from '../config/types.ts'
import type { BatonEvent } from '../core/types.ts'
import type { DaemonApi } from '../daemon/api/api.ts'
import { createOutbox } from '../outbox/outbox.ts'
import { carryByPost, PATIENCE } from './carry.ts'
import { createEnqueuer } from './enqueue.ts'
import { createInterruptibleSleep } from './interruptible-sleep.ts'
import { post } from './post.ts'
import { targetsOf } from './receiver.ts'
import type { Notice, NotifyStore } from './store.ts'

export interface NotifyPorts {
  receivers: readonly Receiver[]
  api: Pick<DaemonApi, 'follow' | 'view'>
  events: (options: { after?: number; runId?: string; limit?: number }) => BatonEvent[]
  lastEventSeq: () => number
  store: NotifyStore
  /** Any value without its secrets. */
  redact: (value: unknown) => unknown
  version: string
  /** A receiver is away, or (undefined) accepts notifications again; once each. */
  onTrouble: (receiver: string, text: string | undefined) => void
  /** Something was given up. When it becomes a note, its data must say `about: 'notify'`, or it would be sent, too. */
  onLost: (receiver: string, count: number, why: string) => void
  onError: (error: unknown) => void
  fetch?: typeof fetch
  timeoutMs?: number
  /** Epoch milliseconds. */
  wallClock?: () => number
  /** Monotonic milliseconds. */
  now?: () => number
  random?: () => number
}

export interface Notify {
  start: () => void
  /** Takes in what happened until now, and sends for up to `graceMs` as long as receivers take it. */
  stop: (graceMs?: number) => Promise<void>
}

/** Events come in bursts; taking them in together costs one commit. */
const GATHER_MS = 50
const TROUBLE_PAUSE_MS = 2_000
const LONGEST_BACKOFF_MS = 600_000

/** Notifies other systems of what happens: each its own queue, so that none waits for another, and the worker for none. */
export function createNotify(ports: NotifyPorts): Notify {
  const { api, store, onTrouble, onLost, onError, fetch = globalThis.fetch, timeoutMs = 15_000 } = ports
  const { wallClock = Date.now, now = () => performance.now(), random = Math.random } = ports
  const targets = targetsOf(ports.receivers)
  const { events, lastEventSeq, redact } = ports
  const enqueuer = createEnqueuer({ targets, store, events, lastEventSeq, view: api.view, redact })
  const nameOf = (id: string) => targets.find((target) => target.id === id)?.name ?? 'a receiver'
  const inTrouble = new Set<string>()
  const outbox = createOutbox<Notice>({
    carrier: carryByPost({
      targets,
      post: (request, signal) => post(request, signal, { fetch, timeoutMs }),
      wallClock,
      userAgent: `Baton/${ports.version}`,
    }),
    store: store.deliveries,
    // Once, whatever it is about.
    onTrouble: (text, id) => {
      if (inTrouble.has(id) === (text !== undefined)) return
      if (text === undefined) inTrouble.delete(id)
      else inTrouble.add(id)
      onTrouble(nameOf(id), text)
    },
    onDropped: ({ target }, _reason, why) => onLost(nameOf(target), 1, why),
    onGivenUp: (id, count) => onLost(nameOf(id), count, `could not be reached for ${PATIENCE.ms / 86_400_000} days`),
    maxBackoffMs: LONGEST_BACKOFF_MS,
    // The request has a limit of its own, which says more.
    callTimeoutMs: timeoutMs + 1_000,
    ...{ wallClock, now, random },
  })
  const rest = createInterruptibleSleep()
  let ending = false
  let running: Promise<void> | undefined

  /** One batch after the other, with a turn for everybody else in between. */
  const takeAll = async () => {
    for (let isMore = true; isMore; ) {
      isMore = enqueuer.take()
      outbox.wake()
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  const run = async () => {
    let told: string | undefined
    while (!ending) {
      try {
        await takeAll()
        await rest.for(undefined)
        if (!ending) await new Promise((resolve) => setTimeout(resolve, GATHER_MS))
        told = undefined
      } catch (error) {
        // A full disk stays full for a while: said once.
        if (String(error) !== told) onError(error)
        told = String(error)
        await new Promise((resolve) => setTimeout(resolve, TROUBLE_PAUSE_MS))
      }
    }
  }

  let unfollow: (() => void) | undefined
  return {
    start() {
      if (running) return
      const gone = enqueuer.open()
      if (gone > 0) onLost('a receiver that is no longer configured', gone, 'it was taken out of `notify`')
      if (targets.length === 0) return
      unfollow = api.follow(rest.end)
      outbox.start()
      running = run()
    },
    async stop(graceMs = 2_000) {
      if (!running) return
      ending = true
      unfollow?.()
      rest.end()
      await running
      try {
        await takeAll()
        enqueuer.close()
      } catch (error) {
        onError(error)
      }
      await outbox.stop(graceMs, { drain: true })
    },
  }
}
