import { decodeTap } from '../../src/chat/callback.ts'
import type { Ask, BatonEvent } from '../../src/core/types.ts'
import { type ChatMessage, latest } from '../../test/support/bot-api/conversation.ts'
import type { Desk } from './desk.ts'
import type { Hand } from './hand.ts'

/** What a chat must have been told, in the order in which it happened. */
interface Wanted {
  what: string
  is: (message: ChatMessage) => boolean
  /** It may be missing: it was decided elsewhere before anybody could be told. */
  optional?: boolean
  /** A message that already exists may come to say it: its place is that of the earlier words. */
  byEdit?: boolean
}

const AGAIN = /Sent again: the first message may not have arrived/
const firstText = (message: ChatMessage) => message.versions[0]?.text ?? ''
const says = (words: string) => (message: ChatMessage) => firstText(message).includes(words)
const dataOf = (message: ChatMessage) =>
  (message.versions[0]?.keyboard ?? []).flat().flatMap(({ callback_data: data }) => data ?? [])

/** What is wrong with what a chat was told: something missing, out of order, or twice without a word about it. */
export function toldFaults(messages: readonly ChatMessage[], wanted: readonly Wanted[]): string[] {
  const faults: string[] = []
  const ofBot = messages.filter((message) => message.from.isBot)
  const used = new Set<number>()
  let last = 0
  for (const one of wanted) {
    const found = ofBot.find((message) => !used.has(message.id) && one.is(message))
    if (!found) {
      if (!one.optional) faults.push(`never told: ${one.what}`)
      continue
    }
    used.add(found.id)
    if (one.byEdit) continue
    if (found.id < last) faults.push(`told out of order: ${one.what}`)
    last = Math.max(last, found.id)
  }
  for (const [what, ones] of Map.groupBy(wanted, (one) => one.what)) {
    const isMarked = ({ versions }: ChatMessage) => versions.some(({ text }) => AGAIN.test(text))
    const unmarked = ofBot.filter((message) => ones[0]?.is(message) && !isMarked(message))
    if (unmarked.length > ones.length) faults.push(`told twice without a word about it: ${what}`)
  }
  return faults
}

/** What the events of a run must have told each chat. */
export function wantedOf(events: readonly BatonEvent[], asks: ReadonlyMap<string, Ask>, total: number): Wanted[] {
  return events.flatMap((event): Wanted[] => {
    const ask = event.askId === undefined ? undefined : asks.get(event.askId)
    switch (event.type) {
      case 'ask.opened': {
        const is = (message: ChatMessage) => dataOf(message).some((data) => data.startsWith(`${event.askId}:`))
        return [{ what: `the ask “${ask?.title}”`, is, optional: ask?.answer?.by.surface !== 'telegram' }]
      }
      case 'task.done':
        return [
          {
            what: `task ${event.task} is done`,
            is: ({ versions }) => versions.some(({ text }) => text.includes(`Task ${event.task} of ${total} is done`)),
            byEdit: true,
          },
        ]
      case 'task.interrupted':
        return [{ what: event.text, is: says(event.text) }]
      case 'run.ended':
        return [{ what: 'the end of the run', is: says('🏁 ') }]
      default:
        return []
    }
  })
}

/** What every task that the phone added must have told. */
export const wantedOfAdds = (hand: Hand): Wanted[] =>
  hand.added.map((title) => ({
    what: `that “${title}” was added`,
    is: (message) => new RegExp(`: ${title}(\\n|$)`).test(firstText(message)),
  }))

/** Answers that were lost, invented or changed, and messages that still offer what is decided. */
export function answerFaults(asks: readonly Ask[], hands: readonly Hand[], desk?: Desk): string[] {
  return asks.flatMap((ask) => {
    const { answer } = ask
    if (!answer) return [`${ask.state} and not answered: ${ask.title}`]
    const written = JSON.stringify([answer.choice, answer.answers])
    if (answer.by.surface === 'telegram') {
      const wasTapped = hands.some((hand) => JSON.stringify(answerOf(ask, hand.tapped.get(ask.id))) === written)
      if (desk?.taken.has(ask.id)) return [`the first answer did not count: ${ask.title}`]
      return wasTapped ? [] : [`another answer than the tapped one: ${ask.title}: ${written}`]
    }
    const said = desk?.said.get(ask.id)
    return JSON.stringify([said?.choice, said?.answers]) === written ? [] : [`answered by nobody: ${ask.title}`]
  })
}

/** The answer that these taps make together. */
function answerOf(ask: Ask, taps: readonly string[] = []): unknown[] {
  const read = taps.map(decodeTap)
  const [first] = read
  if (first?.kind === 'choice') return [first.choice, undefined]
  const answers = (ask.questions ?? []).map(({ question, options }, i) => {
    const tap = read.find((one) => one?.kind === 'question' && one.tap.question === i)
    const option = tap?.kind === 'question' && 'option' in tap.tap ? options[tap.tap.option] : undefined
    return [question, option?.label]
  })
  return ['answer', Object.fromEntries(answers)]
}

/** A message that came only once and still has buttons for what is decided. */
export function buttonFaults(messages: readonly ChatMessage[], asks: readonly Ask[]): string[] {
  return asks.flatMap((ask) => {
    const shown = messages.filter((message) => dataOf(message).some((data) => data.startsWith(`${ask.id}:`)))
    const [only] = shown
    if (!only || shown.length > 1 || latest(only).keyboard === undefined) return []
    return [`decided, and its message has buttons still: ${ask.title}`]
  })
}
