import { setTimeout as sleep } from 'node:timers/promises'
import type { Ask, BatonEvent } from '../../src/core/types.ts'
import { openStore } from '../../src/store/store.ts'
import type { Person } from '../../test/support/bot-api/people.ts'
import type { BotApi } from '../../test/support/bot-api/server.ts'
import type { FaultHome } from '../home.ts'
import type { Jobs } from '../jobs.ts'
import { findFaults } from '../verdict.ts'
import type { Desk } from './desk.ts'
import { addedTasks, type Hand } from './hand.ts'
import { readRecords } from './records.ts'
import { answerFaults, buttonFaults, toldFaults, wantedOf, wantedOfAdds } from './verdict.ts'

/** Everything that belongs to one daemon, its phones and its tasks. */
export interface PhoneApp {
  home: FaultHome
  api: BotApi
  jobs: Jobs
  phones: readonly { person: Person; hand: Hand }[]
  desk?: Desk
}

const LOOK_MS = 100
/** What follows from what was just stored is on its way by then. */
const QUIET_LOOKS = 8

/** Waits until the run is over, everything was said, and everything that people did was taken; false: it never was. */
export async function untilQuiet({ home, api }: PhoneApp, limitMs: number): Promise<boolean> {
  const until = performance.now() + limitMs
  let looks = 0
  for (; performance.now() < until; await sleep(LOOK_MS)) {
    const records = readRecords(home)
    const isQuiet = records?.isEnded && records.unhandled === 0 && records.waiting === 0
    looks = isQuiet && api.updates.unconfirmed().length === 0 ? looks + 1 : 0
    if (looks >= QUIET_LOOKS) return true
  }
  return false
}

/** Everything that is wrong with a house after its run, its daemon gone. */
export function houseFaults(house: PhoneApp): string[] {
  const { home, jobs, phones, desk } = house
  const { events, asks } = readHistory(home)
  const byId = new Map(asks.map((ask) => [ask.id, ask]))
  const wanted = wantedOf(events, byId, jobs.titles.length)
  const hands = phones.map(({ hand }) => hand)
  const answers = new Map(
    asks.flatMap(({ id, answer }) =>
      answer
        ? [
            [
              id,
              {
                type: 'answer' as const,
                target: {},
                choice: answer.choice,
                ...(answer.answers && { answers: answer.answers }),
              },
            ],
          ]
        : [],
    ),
  )
  return [
    ...findFaults(home, jobs, { answers, contradictions: [] }),
    ...answerFaults(asks, hands, desk),
    ...addFaults(home, hands),
    ...phones.flatMap(({ person, hand }) => {
      const { messages } = person.sees()
      return [
        ...toldFaults(messages, wanted),
        ...toldFaults(messages, wantedOfAdds(hand)),
        ...buttonFaults(messages, asks),
      ].map((fault) => `${person.name}: ${fault}`)
    }),
  ]
}

/** How many updates were sent to the bot, and how many of them it says it has stored. */
export function countUpdates({ home, api }: PhoneApp): { sent: number; stored: number } {
  return { sent: api.updates.all().length, stored: readRecords(home)?.stored ?? 0 }
}

/** Each task that was added is there once, and in its order. */
function addFaults(home: FaultHome, hands: readonly Hand[]): string[] {
  const there = addedTasks(home.read)
  return hands.flatMap(({ added }) => {
    const mine = there.filter((title) => added.includes(title))
    return JSON.stringify(mine) === JSON.stringify(added)
      ? []
      : [`added were ${added.join(', ')}; in the file are ${mine.join(', ')}`]
  })
}

function readHistory({ stateDir }: FaultHome): { events: BatonEvent[]; asks: Ask[] } {
  const store = openStore<unknown>(stateDir)
  try {
    const asks = store.read.runs().flatMap((run) => store.read.asksOfRun(run.id))
    return { events: store.read.events({ limit: 1_000_000 }), asks }
  } finally {
    store.close()
  }
}
