import type { Receiver } from '../config/types.ts'
import type { BatonEvent } from '../core/types.ts'
import type { Face } from '../daemon/face.ts'
import { createIntake } from './intake.ts'
import { createLane } from './lane.ts'
import { post } from './post.ts'
import type { OutgoingStore } from './queue.ts'
import { targetsOf } from './receiver.ts'
import { createRest } from './rest.ts'

export interface NotifyPorts {
  receivers: readonly Receiver[]
  face: Pick<Face, 'follow' | 'view'>
  events: (options: { after?: number; runId?: string; limit?: number }) => BatonEvent[]
  lastEventSeq: () => number
  store: OutgoingStore
  /** Any value without its secrets. */
  redact: (value: unknown) => unknown
  version: string
  /** A receiver is away, or (undefined) takes again what it is told; once each. */
  onTrouble: (receiver: string, text: string | undefined) => void
  /** Something was given up. When it becomes a note, its data must say `about: 'notify'`, or it would be told, too. */
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

/** Tells other systems what happens: each its own queue, so that none waits for another, and the worker for none. */
export function createNotify(ports: NotifyPorts): Notify {
  const { face, store, onTrouble, onLost, onError, fetch = globalThis.fetch, timeoutMs = 15_000 } = ports
  const { wallClock = Date.now, now = () => performance.now(), random = Math.random } = ports
  const targets = targetsOf(ports.receivers)
  const { events, lastEventSeq, redact } = ports
  const intake = createIntake({ targets, store, events, lastEventSeq, view: face.view, redact })
  const lanes = targets.map((target) =>
    createLane({
      target,
      store,
      post: (request, signal) => post(request, signal, { fetch, timeoutMs }),
      wallClock,
      now,
      random,
      userAgent: `Baton/${ports.version}`,
      onTrouble: (text) => onTrouble(target.name, text),
      onLost: (count, why) => onLost(target.name, count, why),
    }),
  )
  const rest = createRest()
  let ending = false
  let running: Promise<void> | undefined

  /** One batch after the other, with a turn for everybody else in between. */
  const takeAll = async () => {
    for (let isMore = true; isMore; ) {
      isMore = intake.take()
      for (const lane of lanes) lane.wake()
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
      const gone = intake.open()
      if (gone > 0) onLost('a receiver that is no longer configured', gone, 'it was taken out of `notify`')
      if (targets.length === 0) return
      unfollow = face.follow(rest.end)
      for (const lane of lanes) lane.start()
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
        intake.close()
      } catch (error) {
        onError(error)
      }
      await Promise.all(lanes.map((lane) => lane.stop(graceMs)))
    },
  }
}
