import { setTimeout as sleep } from 'node:timers/promises'
import { type AskedElsewhere, KEPT_ELSEWHERE, type KeptElsewhere, type ShownElsewhere } from '../core/elsewhere.ts'
import type { KeptValues } from '../core/kept-values.ts'
import type { Elapsed } from './clock.ts'
import { createEventsBetween, type HearEvents, type OwnEvents } from './events-between.ts'
import { createHearing } from './hearing.ts'
import type { AskedCall, CallAnswer, CrossedEvent, Crossing, SeenDoing } from './postgres/crossing.ts'

/** An event that this machine may take. */
type Open = CrossedEvent & { isLate: boolean; isMine: boolean }
type TakeHeard = (crossing: Crossing, event: Open) => Promise<void>

/** What crosses between this machine and the others. It works from the moment on at which this one has joined them. */
export interface Across {
  /** This machine has joined; undefined: it has left, or nobody knows. */
  use: (crossing: Crossing | undefined) => void
  /** What a machine does every few seconds: keeps what it hears for, and looks. */
  round: () => Promise<void>
  /** What this machine does has changed: the others are shown it soon. */
  changed: () => void
  /** Looks once more in that time, or sooner. */
  lookIn: (ms: number) => void
  /** Something has crossed. */
  look: () => Promise<void>
  /** Gives back what it hears for. */
  stop: () => Promise<void>
  /** Works with the database; throws where it is away. */
  with: <T>(work: (crossing: Crossing) => Promise<T>) => Promise<T>
  hearFor: (bot: string, take: TakeHeard) => void
  hears: (bot: string) => boolean
  /** No other machine can hear for it at this moment, whether the database answers or not. */
  isSure: (bot: string) => boolean
  /** Another one hears for it as well: true where it is left to that one. */
  yield: (bot: string) => boolean
  /** Is told when one was left to another machine so. */
  onYield: (listener: () => void) => void
  /** Settles with the next answer of the database. */
  back: () => Promise<void>
  /** Settles when it is known who hears, or that the database cannot say. */
  known: () => Promise<void>
  /** The database does not answer. */
  away: () => void
  /** What this machine does, and how its API is called. */
  serve: (local: LocalApi) => void
  /** What the others do, as far as it is known. */
  others: () => readonly SeenDoing[]
  /** Counts up when that has changed. */
  changes: () => number
  /** Calls the API of another machine. Throws where it does not answer. */
  call: (machine: string, call: AskedCall) => Promise<CallAnswer>
  /** Reads what another one shows. */
  read: (doing: Record<string, unknown>) => ReturnType<LocalApi['read']>
  /** Asks of others that are shown in chats here, for the rest to know. */
  carry: (asks: readonly string[]) => void
  /** Is called after each look. */
  onLook: (listener: () => void) => void
  /** Hears what happens on the others, first what is remembered of it, until the returned function is called. */
  follow: (listener: HearEvents) => () => void
}

/** The API of this machine, for the others. */
export interface LocalApi {
  doing: () => Record<string, unknown>
  /** What another one shows: what cannot be read of it is left out. */
  read: (doing: Record<string, unknown>) => Promise<{ sessions: ShownElsewhere[]; asks: AskedElsewhere[] }>
  answer: (call: AskedCall) => Promise<CallAnswer>
  events: OwnEvents
}

/** A person waits for it. */
const ANSWER_MS = 8_000
const LOOK_MS = 250
/** Much may happen at once. */
const SHOWN_MS = 300
/** In one of so many rounds it is looked even if nobody said anything. */
const ROUNDS = 3
/** What others do is kept for whoever looks from outside; not each cent that it cost them. */
const KEEP_MS = 2_000
/** A process that was killed and started again waits that long until its former self is out of the way. */
const UNKNOWN_MS = 20_000

/** Makes it; `kept`: whether it heard for a bot, for a start without the database. */
export function createAcross(kept: KeptValues, onError: (error: unknown) => void, elapsed?: Elapsed): Across {
  const bots = new Map<string, TakeHeard>()
  const hearing = createHearing(kept, elapsed)
  const yielders: (() => void)[] = []
  const answering = new Set<string>()
  let crossing: Crossing | undefined
  let local: LocalApi | undefined
  let others: readonly SeenDoing[] = []
  let changes = 0
  let rounds = 0
  /** What is kept may be of the life before. */
  let keptChanges = -1
  let keptAt: number | undefined
  /** What the others were shown last. */
  let shown: string | undefined
  let willShow = false
  const timers = new Set<NodeJS.Timeout>()
  let looking: Promise<void> | undefined
  let again = false
  const woken = new Set<() => void>()
  const events = createEventsBetween()
  let carried: readonly string[] = []
  const lookers: (() => void)[] = []

  const settled = Promise.withResolvers<void>()
  let answered = Promise.withResolvers<void>()
  const answer = async (at: Crossing, { id, call }: { id: string; call: AskedCall }) => {
    if (!local || answering.has(id)) return
    answering.add(id)
    try {
      await at.answer(id, await local.answer(call))
    } finally {
      answering.delete(id)
    }
  }
  const keep = () => {
    const now = Date.now()
    if (changes === keptChanges || (keptAt !== undefined && Math.abs(now - keptAt) < KEEP_MS)) return
    keptChanges = changes
    keptAt = now
    try {
      kept.set(KEPT_ELSEWHERE, { at: now, machines: others } satisfies KeptElsewhere)
    } catch (error) {
      // What crosses does not wait for a full disk.
      onError(error)
    }
  }
  const lookOnce = async (at: Crossing) => {
    for (const wake of woken) wake()
    if (bots.size > 0) for (const event of await at.heard([...bots.keys()])) await bots.get(event.bot)?.(at, event)
    if (!local) return
    for (const call of await at.calls()) answer(at, call).catch(onError)
    willShow = false
    // Nobody is there to be told. What happened is taken first and told last: whoever hears of it finds what it is about.
    const publish = others.length > 0 ? await events.take(at, local.events) : undefined
    const doing = { ...local.doing(), bots: [...bots.keys()], carries: carried }
    const text = JSON.stringify(doing)
    const isNew = text !== shown && (await at.show(doing))
    shown = text
    const isNews = (await publish?.()) === true
    if (isNew || isNews) await at.tell()
    const tellHere = await events.read(at)
    const seen = await at.others()
    if (JSON.stringify(seen) !== JSON.stringify(others)) changes++
    others = seen
    keep()
    tellHere()
    for (const looker of lookers) looker()
  }
  const look = (): Promise<void> => {
    again = true
    looking ??= (async () => {
      while (again && crossing) {
        again = false
        await lookOnce(crossing)
      }
    })().finally(() => {
      looking = undefined
    })
    return looking
  }
  const lookIn = (ms: number) => {
    const timer = setTimeout(() => {
      timers.delete(timer)
      look().catch(() => undefined)
    }, ms)
    timers.add(timer)
  }
  const need = () => {
    if (!crossing) throw new Error('There is no connection to the database that machines share.')
    return crossing
  }

  return {
    use: (next) => {
      if (crossing !== next) shown = undefined
      crossing = next
    },
    async round() {
      if (!crossing) return
      await hearing.renew(crossing, bots.keys())
      settled.resolve()
      answered.resolve()
      answered = Promise.withResolvers()
      // Whoever has something to say says so; this is for what was missed.
      if (rounds++ % ROUNDS === 0) await look()
    },
    changed() {
      if (!willShow) lookIn(SHOWN_MS)
      willShow = true
    },
    lookIn,
    look,
    async stop() {
      for (const timer of timers) clearTimeout(timer)
      events.stop()
      const at = crossing
      crossing = undefined
      if (at && bots.size > 0) await at.stopHearing()
    },
    with: async (work) => work(need()),
    hearFor: (bot, take) => void bots.set(bot, take),
    hears: hearing.hears,
    isSure: hearing.isSure,
    yield(bot) {
      const isLeft = hearing.yield(bot)
      if (isLeft) for (const listener of yielders) listener()
      return isLeft
    },
    onYield: (listener) => void yielders.push(listener),
    back: () => answered.promise,
    known: () => Promise.race([settled.promise, sleep(UNKNOWN_MS, undefined, { ref: false })]),
    away: settled.resolve,
    serve: (given) => {
      local = given
    },
    others: () => others,
    changes: () => changes,
    async call(machine, call) {
      const at = need()
      const id = await at.ask(machine, call)
      for (const until = performance.now() + ANSWER_MS; performance.now() < until; ) {
        const answer = await at.answerTo(id)
        if (answer) return answer
        let wake: () => void = () => undefined
        const word = new Promise<void>((resolve) => {
          wake = resolve
        })
        woken.add(wake)
        await Promise.race([word, sleep(LOOK_MS)])
        woken.delete(wake)
      }
      throw new Error(`${machine} does not answer.`)
    },
    read: async (doing) => (local ? local.read(doing) : { sessions: [], asks: [] }),
    carry(asks) {
      if (JSON.stringify(asks) === JSON.stringify(carried)) return
      carried = asks
      lookIn(0)
    },
    onLook: (listener) => void lookers.push(listener),
    follow(listener) {
      const unfollow = events.follow(listener)
      look().catch(() => undefined)
      return unfollow
    },
  }
}
