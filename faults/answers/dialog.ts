import type { Random } from '../random.ts'
import { type AnswersHouse, eventually } from './house.ts'
import { buttonsOf, heardByMessage, heardByTap, type Seat, textOf } from './phone.ts'
import type { WantedAnswer } from './right-choices.ts'
import type { AskRecord, Heard } from './shots.ts'

interface Ports {
  house: AnswersHouse
  record: AskRecord
  random: Random
  seat: Seat
}

/**
 * Goes through the questions of an ask with the buttons and replies of one chat, up to the last step, which is given back;
 * undefined when a step does not show.
 */
export async function prepareDialog(
  ports: Ports,
  wanted: readonly WantedAnswer[],
): Promise<(() => Promise<Heard>) | undefined> {
  for (const [i, answer] of wanted.entries()) {
    const next = wanted[i + 1]
    const last = await prepareStep(ports, answer)
    if (!last) return undefined
    if (!next) return () => last()()
    last()
    if (
      !(await eventually(() => textOf(ports.house, ports.record, ports.seat.chat).includes(next.question) || undefined))
    )
      return undefined
  }
  return undefined
}

/** Does something at once; what it gives back waits for the word about it. */
type Send = () => () => Promise<Heard>

/** Ticks what should be ticked; what is left is the one step that answers the question. */
async function prepareStep(ports: Ports, answer: WantedAnswer): Promise<Send | undefined> {
  const { house, record, random, seat } = ports
  const { chat, person } = seat
  const messageId = record.messages.get(chat) ?? 0
  const button = (find: (text: string, i: number) => boolean) =>
    buttonsOf(house, record, chat).find(({ text }, i) => find(text, i))?.callback_data
  const tap =
    (data: string | undefined): Send =>
    () => {
      const tapped = person.forges(data ?? '', messageId, { chat })
      return () => heardByTap(house, tapped)
    }
  const reply =
    (to: number, text: string): Send =>
    () => {
      const message = person.replies(to, text, { chat })
      return () => heardByMessage(house, message)
    }
  if (answer.isMulti) {
    for (const option of answer.picks) {
      // The answer of a tick has no words; what it did shows at the button.
      person.forges(button((_, i) => i === option) ?? '', messageId, { chat })
      const isTicked = () => buttonsOf(house, record, chat)[option]?.text.startsWith('☑') || undefined
      if (!(await eventually(isTicked))) return undefined
    }
  }
  const { words } = answer
  if (words === undefined) {
    const [pick = 0] = answer.picks
    return tap(button((text, i) => (answer.isMulti ? text === 'Done' : i === pick)))
  }
  if (random.chance(0.5)) return reply(messageId, words)
  // Other… opens a field, and the reply goes to that message.
  const before = house.api.conversation(chat).messages.at(-1)?.id ?? 0
  person.forges(button((text) => text === 'Other…') ?? '', messageId, { chat })
  const field = await eventually(() =>
    house.api.conversation(chat).messages.find(({ id, forceReply }) => id > before && forceReply !== undefined),
  )
  return field && reply(field.id, words)
}
