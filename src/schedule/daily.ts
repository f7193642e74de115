import type { KeptValues } from '../core/kept-values.ts'
import { dayIn } from './dated-name.ts'
import { look, nextDue } from './due.ts'
import { type Occurrences, occurrencesOf } from './occurrences.ts'
import { type Passed, seenFirst } from './passed.ts'
import { createTicker, type SetTimer } from './ticker.ts'

export type DailyKind = 'morning' | 'evening'

export interface DailyPorts<T> {
  /** Minutes after midnight; absent: no such message. */
  minutes: { morningMinute?: number; eveningMinute?: number }
  timezone?: string
  meta: KeptValues
  now: () => number
  /** Makes the message; `day` is the calendar day that it is about, `YYYY-MM-DD`. */
  compose: (kind: DailyKind, day: string) => Promise<T>
  /** Puts it into a stored queue; called inside the transaction that notes it as said, so it must not wait. */
  send: (kind: DailyKind, message: T) => void
  onError: (error: unknown) => void
  timer?: SetTimer
}

export interface Daily {
  start: () => void
  stop: () => Promise<void>
  /** When the next message is due. */
  next: () => { kind: DailyKind; at: number }[]
}

/** After a night's sleep of the machine the message still helps for a while; at noon nobody needs the morning's plan. */
const LATEST_MS = 3 * 3_600_000

/** The messages of the day, each once, over restarts and whatever the clock does. */
export function createDaily<T>(ports: DailyPorts<T>): Daily {
  const { meta, now, timezone } = ports
  const { morningMinute, eveningMinute } = ports.minutes
  const messages = [
    ...(morningMinute === undefined ? [] : [message('morning', morningMinute, timezone)]),
    ...(eveningMinute === undefined ? [] : [message('evening', eveningMinute, timezone)]),
  ]
  const passedOf = (key: string): Passed => meta.get<Passed>(key) ?? seenFirst(now())
  const next = () =>
    messages
      .flatMap(({ kind, key, occurrences }) => {
        const at = nextDue(passedOf(key), occurrences, now())
        return at === undefined ? [] : [{ kind, at }]
      })
      .sort((a, b) => a.at - b.at)

  const visit = async ({ kind, key, occurrences }: DailyMessage) => {
    const before = passedOf(key)
    const { passed, due } = look(before, occurrences, now(), LATEST_MS)
    if (due === undefined) {
      if (passed !== before) meta.set(key, passed)
      return
    }
    const composed = await ports.compose(kind, dayIn(due, timezone))
    meta.transaction(() => {
      meta.set(key, passed)
      ports.send(kind, composed)
    })
  }

  const ticker = createTicker({
    now,
    nextAt: () => next()[0]?.at,
    onError: ports.onError,
    ...(ports.timer && { timer: ports.timer }),
    async work() {
      for (const one of messages) await visit(one).catch(ports.onError)
    },
  })

  return {
    start() {
      for (const { key } of messages) meta.set(key, passedOf(key))
      if (messages.length > 0) ticker.start()
    },
    stop: ticker.stop,
    next,
  }
}

interface DailyMessage {
  kind: DailyKind
  key: string
  occurrences: Occurrences
}

/** The time of day is part of the key: one that is moved to later on the same day is a new message. */
function message(kind: DailyKind, minute: number, timezone: string | undefined): DailyMessage {
  const cron = `${minute % 60} ${Math.floor(minute / 60)} * * *`
  return { kind, key: `daily:${kind}:${minute}`, occurrences: occurrencesOf(cron, timezone) }
}
