import { decodeTap } from '../../src/chat/callback.ts'
import type { Ask } from '../../src/core/types.ts'
import { openStore } from '../../src/store/store.ts'
import type { Heard } from '../../test/support/discord/people.ts'
import type { Discord } from '../../test/support/discord/server.ts'
import type { FaultHome } from '../home.ts'
import type { Jobs } from '../jobs.ts'
import { findFaults } from '../verdict.ts'
import type { ChannelHand } from './hands.ts'

export interface ChannelHouse {
  home: FaultHome
  discord: Discord
  jobs: Jobs
  hand: ChannelHand
  personId: string
  strangers: readonly Heard[]
  secrets: readonly string[]
  later: string
}

/** Everything that is wrong after a run, its daemon gone. */
export function channelFaults(house: ChannelHouse): string[] {
  const { home, jobs } = house
  const asks = readAsks(home)
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
    ...asks.flatMap((ask) => askFaults(house, ask)),
    ...toldFaults(house),
    ...addFaults(house),
    ...strangerFaults(house),
    ...secretFaults(house),
    ...earlyPosts(house),
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

const AGAIN = 'Sent again: the first message may not have arrived'
const messagesOf = ({ discord }: ChannelHouse) =>
  [...discord.world.channels.values()].flatMap(({ messages }) => messages).filter(({ deleted }) => !deleted)

function askFaults(house: ChannelHouse, ask: Ask): string[] {
  const { hand, personId } = house
  const { answer } = ask
  if (!answer) return [`${ask.state} and not answered: ${ask.title}`]
  if (answer.by.surface !== 'discord' || answer.by.id !== personId)
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
  const now = messagesOf(house).filter(({ id }) => shown.includes(id))
  const isMarked = now.some(({ content, embeds }) => JSON.stringify([content, embeds]).includes(AGAIN.slice(0, 10)))
  return [
    ...(isTapped ? [] : [`another answer than the tapped ones: ${ask.title}`]),
    ...(now.length > 1 && !isMarked ? [`asked twice: ${ask.title}`] : []),
    ...(now.length === 1 && now[0]?.components.length !== 0
      ? [`decided, and its message has buttons: ${ask.title}`]
      : []),
  ]
}

function toldFaults(house: ChannelHouse): string[] {
  const texts = messagesOf(house).map(
    ({ content, embeds }) => `${content}\n${embeds.map((one) => one.description).join('\n')}`,
  )
  const { length } = house.jobs.titles
  return house.jobs.titles.flatMap((title, i) => {
    const done = texts.filter((text) => text.includes(`Task ${i + 1} of ${length} is done`))
    if (done.length === 0) return [`never told that ${title} is done`]
    return done.length > 1 && !done.some((text) => text.includes('Sent again'))
      ? [`told twice that ${title} is done`]
      : []
  })
}

function addFaults({ home, hand, later }: ChannelHouse): string[] {
  const there = [...home.read(later).matchAll(/^##.*?: (\S+ \S+)\s*$/gm)].map(([, title]) => title)
  return JSON.stringify(there) === JSON.stringify(hand.added)
    ? []
    : [`added were ${hand.added.join(', ')}; in the file are ${there.join(', ')}`]
}

const strangerFaults = ({ strangers }: ChannelHouse): string[] =>
  strangers.flatMap(({ interaction: { response, followUps } }) => {
    const told = [response?.data?.content, ...followUps.map(({ content }) => content)].filter(
      (text) => text !== undefined,
    )
    return told.every((text) => String(text).startsWith('You are not among those'))
      ? []
      : [`a stranger was told: ${told}`]
  })

/** Whatever stands on Discord, and in whatever form. */
function secretFaults({ discord, secrets, strangers }: ChannelHouse): string[] {
  const { channels, files, interactions, commands } = discord.world
  const all = JSON.stringify([
    ...[...channels.values()].map(({ name, messages }) => [name, messages.filter(({ author }) => author.bot)]),
    ...[...files.values()].map(String),
    ...[...interactions.values()].map(({ response, followUps }) => [response, followUps]),
    ...[commands, strangers.map(({ interaction }) => interaction.followUps)],
  ])
  const plain = all.replaceAll('\\\\', '')
  return secrets.filter((secret) => all.includes(secret) || plain.includes(secret)).map((secret) => `shown: ${secret}`)
}

/** Posts to a channel that came before the wait was over that the last refusal had asked for. */
function earlyPosts({ discord: { calls } }: ChannelHouse): string[] {
  const until = new Map<string, number>()
  return calls.flatMap(({ method, path, at, status, retryAfterMs }) => {
    const key = `${method} ${path}`
    const early = (until.get(key) ?? 0) - at
    if (status === 429 && retryAfterMs !== undefined) until.set(key, at + retryAfterMs)
    return method === 'POST' && early > 30 ? [`${method} ${Math.round(early)} ms before it might`] : []
  })
}
