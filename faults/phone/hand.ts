import { setTimeout as sleep } from 'node:timers/promises'
import { decodeTap } from '../../src/chat/callback.ts'
import { type ChatMessage, latest } from '../../test/support/bot-api/conversation.ts'
import type { Person } from '../../test/support/bot-api/people.ts'
import type { Random } from '../random.ts'
import { LATER } from './home.ts'

/** A hand on a phone: taps once on whatever is asked, writes now and then, and knows what it did. */
export interface Hand {
  /** What was tapped on each ask, by its id; of several questions each has its own tap. */
  tapped: Map<string, string[]>
  /** Titles of the tasks that were added, in order. */
  added: string[]
  /** Adds a task in words. */
  add: () => void
  stop: () => Promise<void>
}

const LOOK_MS = 40
/** Every one of them says yes; of a question any option is taken. */
const YES = /:(approve|allow|accept|retry|p\d+\.\d+)$/

/** Puts the phone into somebody's hand; taps come up to `delayMs` after they became possible. */
export function createHand(person: Person, random: Random, { delayMs }: { delayMs: number }): Hand {
  const tapped = new Map<string, string[]>()
  const waiting = new Set<string>()
  const added: string[] = []
  let isStopped = false

  const consider = (message: ChatMessage): void => {
    const buttons = (latest(message).keyboard ?? []).flat().flatMap(({ callback_data: data }) => data ?? [])
    const yes = buttons.filter((data) => YES.test(data))
    const tap = yes[0] === undefined ? undefined : decodeTap(yes[0])
    if (tap?.kind !== 'choice' && tap?.kind !== 'question') return
    const { askId } = tap
    const data = random.pick(yes)
    const what = data.replace(/\.\d+$/, '')
    if (waiting.has(what)) return
    waiting.add(what)
    setTimeout(
      () => {
        if (isStopped) return
        tapped.set(askId, [...(tapped.get(askId) ?? []), data])
        person.forges(data, message.id)
        // Fingers slip: the same once more, perhaps with another answer. It must not count.
        if (random.chance(0.15)) person.forges(random.pick(yes), message.id)
      },
      random.int(0, delayMs),
    )
  }

  const looking = (async () => {
    while (!isStopped) {
      for (const message of person.sees().messages) if (message.from.isBot) consider(message)
      await sleep(LOOK_MS)
    }
  })()

  return {
    tapped,
    added,
    add: () => {
      const title = `Later ${person.id} ${added.length + 1}`
      added.push(title)
      person.says(`/add ${title}`)
    },
    stop: async () => {
      isStopped = true
      await looking
    },
  }
}

/** Titles of the tasks in the file that the phone adds to, in order. */
export function addedTasks(read: (path: string) => string): string[] {
  return [...read(LATER).matchAll(/^## .*?(Later \d+ \d+)$/gm)].map(([, title = '']) => title)
}
