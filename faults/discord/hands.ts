import { setTimeout as sleep } from 'node:timers/promises'
import { decodeTap } from '../../src/chat/callback.ts'
import type { DiscordPerson, Heard, SeenOnDiscord } from '../../test/support/discord/people.ts'
import { BOT, CHANNEL } from '../../test/support/discord/world.ts'
import type { Random } from '../random.ts'

/** Somebody in the channel who taps on whatever is asked, and adds tasks. */
export interface ChannelHand {
  /** What was tapped on each ask, by its id. */
  tapped: Map<string, string[]>
  /** Every message that ever asked it. */
  shown: Map<string, Set<string>>
  added: string[]
  add: () => void
  stop: () => Promise<void>
}

/** Every one of them says yes; of a question any option is taken. */
const YES = /:(approve|allow|accept|retry|p\d+\.\d+)$/
const LOOK_MS = 50
/** A tap that Discord could bring to nobody is tried again. */
const PATIENCE_MS = 4_000

export const everySeen = (person: DiscordPerson): SeenOnDiscord[] =>
  [CHANNEL, ...person.threads().map(({ id }) => id)].flatMap((channel) => person.sees(channel))

/** Puts the channel before somebody. */
export function createChannelHand(person: DiscordPerson, random: Random, delayMs: number): ChannelHand {
  const tapped = new Map<string, string[]>()
  const shown = new Map<string, Set<string>>()
  const triedAt = new Map<string, number>()
  const added: string[] = []
  let isStopped = false

  const consider = ({ id, channel, buttons }: SeenOnDiscord) => {
    const yes = buttons.map(({ data }) => data).filter((data) => YES.test(data))
    const tap = yes[0] === undefined ? undefined : decodeTap(yes[0])
    if (tap?.kind !== 'choice' && tap?.kind !== 'question') return
    shown.set(tap.askId, (shown.get(tap.askId) ?? new Set()).add(id))
    const data = random.pick(yes)
    const what = `${id} ${data.replace(/\.\d+$/, '')}`
    const before = triedAt.get(what) ?? Number.NEGATIVE_INFINITY
    if (performance.now() - before < PATIENCE_MS) return
    triedAt.set(what, performance.now())
    setTimeout(
      () => {
        if (isStopped) return
        try {
          person.forges(id, data, channel)
          tapped.set(tap.askId, [...(tapped.get(tap.askId) ?? []), data])
          // Fingers slip: the same once more, perhaps with another answer. It must not count.
          if (random.chance(0.15)) {
            const slip = random.pick(yes)
            person.forges(id, slip, channel)
            tapped.set(tap.askId, [...(tapped.get(tap.askId) ?? []), slip])
          }
        } catch {
          // The message is gone.
        }
      },
      random.int(0, delayMs),
    )
  }
  const looking = (async () => {
    for (; !isStopped; await sleep(LOOK_MS)) for (const seen of everySeen(person)) if (seen.byBot) consider(seen)
  })()
  return {
    tapped,
    shown,
    added,
    add: () => {
      const title = `Later ${added.length + 1}`
      added.push(title)
      person.says(`<@${BOT}> add ${title}`)
    },
    stop: async () => {
      isStopped = true
      await looking
    },
  }
}

/** Somebody in the same channel whom nobody has named, with everything that Discord lets them do. */
export function createStranger(person: DiscordPerson, random: Random) {
  const tried: Heard[] = []
  const act = () => {
    const asks = everySeen(person).filter(({ byBot, buttons }) => byBot && buttons.length > 0)
    const one = asks.length > 0 ? random.pick(asks) : undefined
    const data = one && random.pick(one.buttons).data
    switch (random.pick(['tap', 'react', 'write', 'reply', 'command', 'private'] as const)) {
      case 'tap':
        if (one && data) tried.push(person.forges(one.id, data, one.channel))
        return
      case 'react':
        if (one) person.reacts(one.id, '👍', one.channel)
        return
      case 'reply':
        if (one) person.says('!approve', { channel: one.channel, replyTo: one.id })
        return
      case 'command':
        try {
          tried.push(person.commands(random.pick(['stop', 'skip', 'approve', 'status'])))
        } catch {
          // The menu is not there yet.
        }
        return
      case 'private':
        person.says('/stop', { channel: person.direct() })
        return
      case 'write':
        person.says(`<@${BOT}> ${random.pick(['stop', 'skip', 'add Theirs', 'approve'])}`)
    }
  }
  return { act, tried }
}
