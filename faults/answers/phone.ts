import { type ChatMessage, type InlineButton, latest } from '../../test/support/bot-api/conversation.ts'
import type { Person, Tap } from '../../test/support/bot-api/people.ts'
import { type AnswersHouse, eventually, GROUP } from './house.ts'
import { type AskRecord, type Heard, lost, type ShownAsk } from './shots.ts'

/** Longer than a daemon needs to come back and catch up. */
const ANSWER_MS = 8_000
const LATE_WORD_MS = 3_000

/** An allowed person in a chat where the ask stands. */
export interface Seat {
  person: Person
  chat: number
}

/** Where people sit: each in their own chat, and both in the group. */
export function seatsOf({ allowed: [anna, bert] }: AnswersHouse): Seat[] {
  return [
    { person: anna, chat: anna.id },
    { person: bert, chat: bert.id },
    { person: anna, chat: GROUP },
    { person: bert, chat: GROUP },
  ]
}

/** Waits until the ask stands in every chat where it belongs; undefined when it does not come. */
export async function messagesOf(house: AnswersHouse, ask: ShownAsk): Promise<Map<number, number> | undefined> {
  const chats = [...house.allowed.map(({ id }) => id), GROUP]
  return eventually(() => {
    const found = chats.map((chat) => [chat, messageWith(house, ask.id, chat)?.id] as const)
    return found.every((one): one is readonly [number, number] => one[1] !== undefined) ? new Map(found) : undefined
  }, ANSWER_MS)
}

function messageWith({ api }: AnswersHouse, askId: string, chat: number): ChatMessage | undefined {
  return api.conversation(chat).messages.findLast((message) =>
    latest(message)
      .keyboard?.flat()
      .some(({ callback_data: data }) => data?.startsWith(`${askId}:`)),
  )
}

/** The buttons of an ask in a chat as they are now, row by row; none once it is decided. */
export function buttonsOf({ api }: AnswersHouse, { messages }: AskRecord, chat: number): InlineButton[] {
  const message = api.conversation(chat).messages.find(({ id }) => id === messages.get(chat))
  return message ? (latest(message).keyboard?.flat() ?? []) : []
}

/** The text of an ask's message as it is now. */
export function textOf({ api }: AnswersHouse, { messages }: AskRecord, chat: number): string {
  const message = api.conversation(chat).messages.find(({ id }) => id === messages.get(chat))
  return message ? latest(message).text : ''
}

/** What who tapped was told: at the button, or in the chat where that took too long. */
export async function heardByTap(house: AnswersHouse, tap: Tap): Promise<Heard> {
  const { chatId, messageId } = tap.record
  const before = house.api.conversation(chatId).messages.at(-1)?.id ?? 0
  const answer = await tap.answer(ANSWER_MS).catch(() => undefined)
  if (!answer) return lost
  const { text = '', alert } = answer
  if (text !== '') return { is: alert ? 'refused' : 'accepted', words: text }
  const word = await eventually(
    () => house.api.conversation(chatId).messages.find(({ id, replyTo }) => id > before && replyTo === messageId),
    LATE_WORD_MS,
  )
  return word ? { is: 'refused', words: latest(word).text } : lost
}

/** What who wrote was told: a reply to their message. */
export async function heardByMessage({ api }: AnswersHouse, { id, chatId }: ChatMessage): Promise<Heard> {
  const reply = await eventually(
    () => api.conversation(chatId).messages.findLast(({ from, replyTo }) => from.isBot && replyTo === id),
    ANSWER_MS,
  )
  if (!reply) return lost
  const words = latest(reply).text
  return { is: /^(\w+ · )?✅/.test(words) ? 'accepted' : 'refused', words }
}
