import { setTimeout as sleep } from 'node:timers/promises'
import { decodeTap } from '../../src/chat/callback.ts'
import type { Random } from '../random.ts'
import type { ChannelPerson, ShownPost } from './platform.ts'

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
/** A tap that the platform could bring to nobody is tried again. */
const PATIENCE_MS = 4_000

/** Puts the channel before somebody. */
export function createChannelHand(person: ChannelPerson, random: Random, delayMs: number): ChannelHand {
  const tapped = new Map<string, string[]>()
  const shown = new Map<string, Set<string>>()
  const triedAt = new Map<string, number>()
  const added: string[] = []
  let isStopped = false

  const consider = (post: ShownPost) => {
    const yes = post.buttons.filter((data) => YES.test(data))
    const tap = yes[0] === undefined ? undefined : decodeTap(yes[0])
    if (tap?.kind !== 'choice' && tap?.kind !== 'question') return
    shown.set(tap.askId, (shown.get(tap.askId) ?? new Set()).add(post.id))
    const data = random.pick(yes)
    const what = `${post.id} ${data.replace(/\.\d+$/, '')}`
    const before = triedAt.get(what) ?? Number.NEGATIVE_INFINITY
    if (performance.now() - before < PATIENCE_MS) return
    triedAt.set(what, performance.now())
    setTimeout(
      () => {
        if (isStopped) return
        try {
          person.taps(post, data)
          tapped.set(tap.askId, [...(tapped.get(tap.askId) ?? []), data])
          // Fingers slip: the same once more, perhaps with another answer. It must not count.
          if (random.chance(0.15)) {
            const slip = random.pick(yes)
            person.taps(post, slip)
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
    for (; !isStopped; await sleep(LOOK_MS)) for (const post of person.sees()) if (post.byBot) consider(post)
  })()
  return {
    tapped,
    shown,
    added,
    add: () => {
      const title = `Later ${added.length + 1}`
      added.push(title)
      person.asks(`add ${title}`)
    },
    stop: async () => {
      isStopped = true
      await looking
    },
  }
}

/** Somebody in the same channel whom nobody has named, with everything that the platform lets them do. */
export function createStranger(person: ChannelPerson, random: Random) {
  return () => {
    const asks = person.sees().filter(({ byBot, buttons }) => byBot && buttons.length > 0)
    const one = asks.length > 0 ? random.pick(asks) : undefined
    switch (random.pick(['tap', 'sign', 'write', 'reply', 'command', 'private'] as const)) {
      case 'tap':
        if (one) person.taps(one, random.pick(one.buttons))
        return
      case 'sign':
        if (one) person.approvesBySign(one)
        return
      case 'reply':
        if (one) person.writes('!approve', one)
        return
      case 'command':
        try {
          person.commands(random.pick(['stop', 'skip', 'approve', 'status']))
        } catch {
          // The menu is not there yet.
        }
        return
      case 'private':
        person.writesInPrivate('/stop')
        return
      case 'write':
        person.asks(random.pick(['stop', 'skip', 'add Theirs', 'approve']))
    }
  }
}
