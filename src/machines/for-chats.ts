import type { AskedElsewhere, AskRef, RunElsewhere, SaidElsewhere } from '../core/elsewhere.ts'
import type { Reply } from '../core/inputs.ts'
import { notPossible } from '../core/reply.ts'
import type { Actor } from '../core/types.ts'
import type { Across } from './across.ts'
import type { AskedCall, SeenDoing } from './postgres/crossing.ts'
import { createSharedBot, type SharedBot } from './shared-bot.ts'

/** What other machines do and ask, for chats that they do not have themselves. */
export interface AsksElsewhere {
  /** What belongs here, and on which surfaces. */
  here: { ask: AskedElsewhere; machine: string; surfaces: string[] }[]
  /** Runs of the same machines, to be told of there. */
  runs: { run: RunElsewhere; surfaces: string[] }[]
  /** What each machine that is there asks at the moment. */
  open: ReadonlyMap<string, ReadonlySet<string>>
}

/** The other machines, as chats see them. */
export interface MachinesForChats {
  bot: (surface: string, token: string) => SharedBot
  /** Settles when it is known who hears. */
  known: () => Promise<void>
  /** Machines that ask something on that surface of theirs. */
  asking: (surface: string) => Promise<string[]>
  /** What the others work on or did lately. */
  runs: () => Promise<RunElsewhere[]>
  /** Undefined: nothing has changed since it was last asked. `isAnyway`: also then. */
  asks: (isAnyway: boolean) => Promise<AsksElsewhere | undefined>
  /** Says which asks are shown here, and on which surfaces. */
  carry: (asks: readonly { ask: string; surfaces: readonly string[] }[]) => void
  /** Is called now and then, and as soon as something has changed. */
  onLook: (listener: () => void) => void
  /** Answers an ask of another machine, in the name of somebody here. */
  answer: (to: AskRef, said: SaidElsewhere, by: Actor, key: string) => Promise<Reply>
  /** What every other machine answers; undefined: it does not, at the moment. */
  askAll: (path: string) => Promise<{ machine: string; answer: unknown }[]>
  /** What one of them answers; undefined: nothing, at the moment. */
  ask: (machine: string, path: string) => Promise<unknown>
}

/** Makes it. */
export function createMachinesForChats(across: Across): MachinesForChats {
  const bots = new Map<string, string>()
  /** What is shown here, also when another machine listens by now. */
  let carriedHere: ReadonlyMap<string, readonly string[]> = new Map()
  let seenBefore: string | undefined
  const isThere = ({ silentSince }: SeenDoing) => silentSince === undefined
  const call = async (machine: string, call: AskedCall) => {
    if (across.others().some((one) => one.machine === machine && !isThere(one))) throw new Error('Nobody would answer.')
    return across.call(machine, call)
  }
  const ask = async (machine: string, path: string): Promise<unknown> => {
    try {
      const { status, text } = await call(machine, { method: 'GET', path })
      return status === 200 ? JSON.parse(text) : undefined
    } catch {
      return undefined
    }
  }
  /** What it asks; nothing is loaded for machines that ask nothing. */
  const workOf = async ({ doing }: SeenDoing): ReturnType<Across['read']> =>
    Array.isArray(doing.asks) && doing.asks.length > 0 ? across.read(doing) : { sessions: [], asks: [] }
  return {
    bot(surface, token) {
      const bot = createSharedBot(across, surface, token)
      bots.set(surface, bot.name)
      return bot
    },
    known: across.known,
    async asking(surface) {
      const bot = bots.get(surface)
      // An older one says nothing of its bots, and had to have the same.
      const having = across
        .others()
        .filter((one) => isThere(one) && namesIn(one, 'bots')?.includes(bot ?? '') !== false)
      const asked = await Promise.all(
        having.map(async (one) => ((await workOf(one)).asks.length > 0 ? [one.machine] : [])),
      )
      return asked.flat()
    },
    async runs() {
      const all = across.others().map(async ({ machine, doing, silentSince }) => {
        const { sessions } = await across.read(doing)
        return sessions.map(
          (run): RunElsewhere => ({
            ...{ ...run, machine },
            ...(silentSince !== undefined && { silentSince }),
          }),
        )
      })
      return (await Promise.all(all)).flat()
    },
    async asks(isAnyway) {
      const heard = [...bots].filter(([, bot]) => across.hears(bot))
      const seen = `${across.changes()} ${heard.map(([surface]) => surface)}`
      if (seen === seenBefore && !isAnyway) return undefined
      const there = across.others().filter(isThere)
      const here: AsksElsewhere['here'] = []
      const runs: AsksElsewhere['runs'] = []
      const open = new Map<string, ReadonlySet<string>>()
      for (const one of there) {
        const { machine } = one
        const own = namesIn(one, 'bots')
        // One with a bot of its own there asks on that one.
        const lacking = heard.filter(([surface]) => own?.some((bot) => bot.startsWith(`${surface}-`)) === false)
        const { asks, sessions } = lacking.length > 0 ? await across.read(one.doing) : await workOf(one)
        open.set(machine, new Set(asks.map(({ id }) => id)))
        const surfaces = lacking.map(([surface]) => surface)
        if (surfaces.length > 0) for (const run of sessions) runs.push({ run: { ...run, machine }, surfaces })
        for (const ask of asks) {
          const isCarried = (bot: string) =>
            there.some((other) => namesIn(other, 'carries')?.includes(carriedAs(bot, ask.id)))
          const free = lacking.filter(([, bot]) => !isCarried(bot)).map(([surface]) => surface)
          const shown = carriedHere.get(ask.id) ?? free
          if (shown.length > 0) here.push({ ask, machine, surfaces: [...shown] })
        }
      }
      seenBefore = seen
      return { here, runs, open }
    },
    carry(asks) {
      carriedHere = new Map(asks.map(({ ask, surfaces }) => [ask, surfaces]))
      across.carry(
        asks.flatMap(({ ask, surfaces }) =>
          surfaces.flatMap((surface) => {
            const bot = bots.get(surface)
            return bot === undefined ? [] : [carriedAs(bot, ask)]
          }),
        ),
      )
    },
    onLook: across.onLook,
    async answer({ machine, ask, hash }, said, by, key) {
      try {
        const path = `/api/asks/${encodeURIComponent(ask)}`
        const { status, text } = await call(machine, { method: 'POST', path, body: { ...said, hash }, key, by })
        if (status !== 200) throw new Error(`It answered ${status}.`)
        return JSON.parse(text) as Reply
      } catch {
        return notPossible(`${machine} does not answer at the moment. Try again in a while.`)
      }
    },
    askAll: (path) =>
      Promise.all(across.others().map(async ({ machine }) => ({ machine, answer: await ask(machine, path) }))),
    ask,
  }
}

const carriedAs = (bot: string, ask: string) => `${bot} ${ask}`

/** Names that a machine shows under a key; undefined: it knows nothing of that. */
function namesIn({ doing }: SeenDoing, key: 'bots' | 'carries'): string[] | undefined {
  const list = doing[key]
  return Array.isArray(list) ? list.filter((one) => typeof one === 'string') : undefined
}
