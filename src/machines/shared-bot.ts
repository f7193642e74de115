import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { keepNewest } from '../keep-newest.ts'
import type { Across } from './across.ts'
import { type Addressee, type CrossedEvent, LATE_MS } from './postgres/crossing.ts'

/** What a chat platform sent is about this message, in this chat. */
type About = CrossedEvent['about']

/** What one machine needs to hear for several, and to be heard for. */
export interface SharedBotPorts {
  /** Whether a message is one of this machine's. */
  isOwn: (about: About) => boolean
  /** Puts an event that another machine heard into this one's inbox; `isBack`: this one heard it before, and left it to others. */
  take: (event: unknown, isBack: boolean) => void
  /** The platform tells within so long that another program hears with the same token; absent: it never does. */
  tellsOfOthersMs?: number
}

/** A bot that several machines use: one of them hears, and each handles what is about its own messages. */
export interface SharedBot {
  /** How the machines know it. */
  name: string
  /** Whether this machine is the one that hears. */
  mayHear: () => boolean
  /** The platform says that another program hears with the same token: true where this machine leaves it to that one. */
  yield: () => boolean
  /** Whether this machine handles an event; false: it was given to the one that does. */
  claim: (id: string, event: unknown, about: About, other?: string) => Promise<boolean>
  /** From now on events that others heard are taken. */
  begin: (ports: SharedBotPorts) => void
}

/** A bot as machines know it: its token is for nobody to read. */
const nameOf = (surface: string, token: string): string =>
  `${surface}-${createHash('sha256').update(`baton ${token}`).digest('hex').slice(0, 24)}`

/** Of events of a few days: nobody writes so many. */
const MOST_LEFT = 10_000

/**
 * Makes it for a bot. Where the database is away, whoever heard last continues to, and handles what it hears. As soon as another
 * machine may have taken over, which the database would say, it first waits for the platform to tell of that one.
 */
export function createSharedBot(across: Across, surface: string, token: string): SharedBot {
  const bot = nameOf(surface, token)
  let ports: SharedBotPorts | undefined
  /** Heard here and left to whoever knows it, which may turn out to be this machine: its inbox has seen it already. */
  const left = new Map<string, true>()
  /** Taken from those that heard it. */
  const own = new Map<string, true>()
  across.hearFor(bot, async (crossing, event) => {
    if (!ports) return
    const isKnown = event.isMine || ports.isOwn(event.about)
    // What nobody knows in time comes back to whoever hears, who says so.
    const isBack = !isKnown && event.isLate && across.hears(bot)
    if (!isKnown && !isBack) return
    if (!(await crossing.take(event))) return
    keepNewest(own, event.id, true, MOST_LEFT)
    ports.take(event.event, isBack || left.delete(event.id))
    await crossing.stored(event)
  })
  /** Settles with whether it was asked in vain, and it is handled here all the same. */
  const isForHereAnyway = async (wasSure: boolean): Promise<boolean> => {
    // Without an answer it is better handled here than by nobody.
    if (wasSure || ports?.tellsOfOthersMs === undefined) return true
    await sleep(ports.tellsOfOthersMs, undefined, { ref: false })
    return across.hears(bot)
  }
  return {
    name: bot,
    mayHear: () => across.hears(bot),
    yield: () => across.yield(bot),
    async claim(id, event, about, other) {
      const isOwn = about.messageId === undefined || ports?.isOwn(about) === true
      const to: Addressee = other !== undefined ? { machine: other } : isOwn ? { here: true } : { anybody: true }
      if (!isOwn && other === undefined) across.lookIn(LATE_MS + 300)
      if (own.has(id)) return true
      const wasSure = across.isSure(bot)
      const claimed = () => across.with((crossing) => crossing.claim({ bot, id, event, about }, to))
      let isHere = await claimed().catch(() => undefined)
      // Another one may have heard it, too: only the database knows.
      while (isHere === undefined) {
        if (await isForHereAnyway(wasSure)) return true
        await across.back()
        isHere = await claimed().catch(() => undefined)
      }
      if (!isHere) keepNewest(left, id, true, MOST_LEFT)
      return isHere
    },
    begin: (given) => {
      ports = given
    },
  }
}
