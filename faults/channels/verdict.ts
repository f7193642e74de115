import { decodeTap } from '../../src/chat/callback.ts'
import type { Ask } from '../../src/core/types.ts'
import { openStore } from '../../src/store/store.ts'
import type { FaultHome } from '../home.ts'
import type { Jobs } from '../jobs.ts'
import { findFaults, isAskedAgain } from '../verdict.ts'
import type { ChannelHand } from './hands.ts'
import type { ChannelPlatform } from './platform.ts'

export interface ChannelHouse {
  home: FaultHome
  platform: ChannelPlatform
  jobs: Jobs
  hand: ChannelHand
  secrets: readonly string[]
  later: string
}

/** Everything that is wrong after a run, its daemon gone. */
export function channelFaults(house: ChannelHouse): string[] {
  const { home, jobs, platform } = house
  const asks = readAsks(home)
  const given = asks.flatMap(({ id, answer }) => {
    if (!answer) return []
    const { choice, answers } = answer
    return [[id, { type: 'answer' as const, target: {}, choice, ...(answers && { answers }) }] as const]
  })
  return [
    ...findFaults(home, jobs, { answers: new Map(given), contradictions: [] }),
    ...asks.flatMap((ask) => askFaults(house, ask, asks)),
    ...toldFaults(house),
    ...addFaults(house),
    ...platform.toldTo(platform.ids.mallory).map((text) => `a stranger was told: ${text}`),
    ...secretFaults(house),
    ...platform.earlyPosts(),
  ]
}

function readAsks({ stateDir }: FaultHome): Ask[] {
  const store = openStore<unknown>(stateDir)
  try {
    return store.read.runs().flatMap((run) => store.read.asksOfRun(run.id))
  } finally {
    store.close()
  }
}

/** How a post begins that may be there twice. */
const AGAIN = 'Sent again'

function askFaults({ hand, platform }: ChannelHouse, ask: Ask, asks: readonly Ask[]): string[] {
  const { answer } = ask
  if (ask.state === 'withdrawn' && !hand.shown.has(ask.id) && isAskedAgain(ask, asks)) return []
  if (!answer)
    return [`${ask.state}, not answered and ${hand.shown.has(ask.id) ? 'shown' : 'shown to nobody'}: ${ask.title}`]
  if (answer.by.surface !== platform.surface || answer.by.id !== platform.ids.anna)
    return [`decided by ${answer.by.name}: ${ask.title}`]
  const taps = (hand.tapped.get(ask.id) ?? []).map(decodeTap)
  const isTapped = taps.some((tap) => {
    if (tap?.kind === 'choice') return tap.choice === answer.choice
    if (tap?.kind !== 'question' || !('option' in tap.tap)) return false
    const question = ask.questions?.[tap.tap.question]
    const label = question?.options[tap.tap.option]?.label
    return question !== undefined && label !== undefined && answer.answers?.[question.question] === label
  })
  const shown = [...(hand.shown.get(ask.id) ?? [])]
  const now = platform.posts().filter(({ id }) => shown.includes(id))
  const isMarked = now.some(({ text }) => text.includes(AGAIN))
  return [
    ...(isTapped ? [] : [`another answer than the tapped ones: ${ask.title}`]),
    ...(now.length > 1 && !isMarked ? [`asked twice: ${ask.title}`] : []),
    ...(now.length === 1 && now[0]?.buttons.length !== 0 ? [`decided, and its message has buttons: ${ask.title}`] : []),
  ]
}

function toldFaults({ jobs, platform }: ChannelHouse): string[] {
  const texts = platform.posts().map(({ text }) => text)
  const { length } = jobs.titles
  return jobs.titles.flatMap((title, i) => {
    const done = texts.filter((text) => text.includes(`Task ${i + 1} of ${length} is done`))
    if (done.length === 0) return [`never told that ${title} is done`]
    return done.length > 1 && !done.some((text) => text.includes(AGAIN)) ? [`told twice that ${title} is done`] : []
  })
}

/** Titles of the tasks that were added and are in the file. */
export const addedIn = (home: FaultHome, file: string): string[] =>
  [...home.read(file).matchAll(/^##.*?: (\S+ \S+)\s*$/gm)].map(([, title]) => title as string)

function addFaults({ home, hand, later }: ChannelHouse): string[] {
  const there = addedIn(home, later)
  return JSON.stringify(there) === JSON.stringify(hand.added)
    ? []
    : [`added were ${hand.added.join(', ')}; in the file are ${there.join(', ')}`]
}

/** Whatever the platform holds, and in whatever form. */
function secretFaults({ platform, secrets }: ChannelHouse): string[] {
  const all = platform.everything()
  const plain = all.replaceAll('\\\\', '')
  return secrets.filter((secret) => all.includes(secret) || plain.includes(secret)).map((secret) => `shown: ${secret}`)
}
