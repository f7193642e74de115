import type { Command } from '../../src/core/commands/commands.ts'
import type { Actor } from '../../src/core/types.ts'
import type { Random } from '../random.ts'
import { prepareDialog } from './dialog.ts'
import { type AnswersHouse, API_TOKEN, type HttpReply, WEBHOOK_SECRET } from './house.ts'
import { buttonsOf, heardByMessage, heardByTap, type Seat } from './phone.ts'
import { decisionOf, isSaidInWords, linesFor, wantedAnswers, wantedChoice, wordsFor } from './right-choices.ts'
import { type AskRecord, type Decision, type Heard, lost, type Shot } from './shots.ts'

export const BERND: Actor = { surface: 'terminal', id: 'bernd', name: 'bernd' }

/** Who a person on the phone is in the history. */
const onPhone = ({ person }: Seat): Actor => ({ surface: 'telegram', id: String(person.id), name: person.name })

type Way = (ports: Ports) => Promise<Shot | undefined>

interface Ports {
  house: AnswersHouse
  record: AskRecord
  random: Random
  /** A free place at a phone. */
  seat: Seat
  /** Others answer at the same moment. */
  hasRivals: boolean
}

const WAYS: readonly Way[] = [phone, phone, phone, http, terminal, webhook]

/** A right answer in one of the ways in which people and programs give one, all but its last step done. */
export async function rightShot(ports: Ports): Promise<Shot> {
  for (;;) {
    const shot = await ports.random.pick(WAYS)(ports)
    if (shot) return shot
  }
}

async function phone(ports: Ports): Promise<Shot | undefined> {
  const { house, record, random, seat } = ports
  const { ask, messages } = record
  const messageId = messages.get(seat.chat) ?? 0
  if (ask.kind === 'question') {
    const wanted = wantedAnswers(random, record)
    const fire = await prepareDialog({ house, record, random, seat }, wanted)
    return fire && shot(`${seat.person.name} answers on the phone`, onPhone(seat), decisionOf(wanted), fire)
  }
  const decision = wantedChoice(random, ask)
  const { choice, text } = decision
  const reply = (words: string) => () =>
    heardByMessage(house, seat.person.replies(messageId, words, { chat: seat.chat }))
  const command = choice === 'reject' || choice === 'deny' || choice === 'send-back' ? '/reject' : '/approve'
  const isCommand = choice !== 'skip' && choice !== 'retry' && choice !== 'allow-task'
  const button = text === undefined && buttonsOf(house, record, seat.chat).find((b) => b.text === labelOf(ask, choice))
  const how = random.pick(['tap', 'tap', 'reply', 'command'] as const)
  if (how === 'tap' && button) {
    const tap = async () =>
      heardByTap(house, seat.person.forges(button.callback_data ?? '', messageId, { chat: seat.chat }))
    return shot(`${seat.person.name} taps ${button.text}`, onPhone(seat), decision, tap)
  }
  if (how === 'command' && isCommand) {
    return shot(`${seat.person.name} writes ${command}`, onPhone(seat), decision, reply(`${command} ${text ?? ''}`))
  }
  if (how !== 'reply' || !isSaidInWords(ask, decision)) return undefined
  const words = wordsFor(random, ask, decision)
  return shot(`${seat.person.name} replies “${words}”`, onPhone(seat), decision, reply(words))
}

const labelOf = ({ options }: AskRecord['ask'], choice: Decision['choice']) =>
  options.find((option) => option.choice === choice)?.label

/** What to decide, with words that say it where there are any. */
function wantedFor(random: Random, record: AskRecord): { decision: Decision; words?: string } {
  const { ask } = record
  if (ask.kind === 'question') {
    const wanted = wantedAnswers(random, record)
    return { decision: decisionOf(wanted), words: linesFor(random, wanted) }
  }
  const decision = wantedChoice(random, ask)
  return { decision, ...(isSaidInWords(ask, decision) && { words: wordsFor(random, ask, decision) }) }
}

async function http({ house, record, random }: Ports): Promise<Shot> {
  const { ask } = record
  const { decision, words } = wantedFor(random, record)
  const answer = words !== undefined && random.chance(0.4) ? words : decision
  const body = { answer, ...(random.chance(0.7) && { hash: ask.hash }) }
  // The same request twice under one key is one act.
  const key = random.chance(0.3) ? `k${random.int(0, 1e9)}` : undefined
  const post = async () =>
    heardByHttp(await house.http({ path: `/api/asks/${ask.id}`, body, token: API_TOKEN, ...(key && { key }) }))
  const fire = async () =>
    key ? ((await Promise.all([post(), post()])).find(({ is }) => is !== 'lost') ?? lost) : post()
  return shot('a program answers over HTTP', { surface: 'http', id: 'api', name: 'API' }, decision, fire)
}

async function webhook({ house, record, random, hasRivals }: Ports): Promise<Shot | undefined> {
  // Who names a task by its number means whatever is asked about it by then: the next ask, when a rival was first.
  if (hasRivals) return undefined
  const { ask } = record
  const { decision, words } = wantedFor(random, record)
  const { choice, text } = decision
  const params = { task: ask.task, project: ask.project }
  const command =
    choice === 'approve' || choice === 'allow' || choice === 'accept'
      ? { command: 'approve', params }
      : choice === 'reject' || choice === 'deny'
        ? { command: 'reject', params: { ...params, ...(text !== undefined && { text }) } }
        : words !== undefined && { command: 'answer', params: { ...params, response: words } }
  if (!command) return undefined
  const fire = async () =>
    heardByHttp(await house.http({ path: '/webhook/command', body: { ...command, secret: WEBHOOK_SECRET } }))
  return shot(`a flow says ${command.command}`, { surface: 'http', id: 'webhook', name: 'webhook' }, decision, fire)
}

async function terminal({ house, record, random, hasRivals }: Ports): Promise<Shot> {
  const { ask } = record
  const { decision, words } = wantedFor(random, record)
  const target = hasRivals || random.chance(0.5) ? { askId: ask.id, hash: ask.hash } : { task: ask.task }
  const act: Command =
    words !== undefined && random.chance(0.5)
      ? { type: 'words', target, text: words }
      : { type: 'answer', target, ...decision }
  return shot('Bernd answers at the terminal', BERND, decision, () => heardAtTerminal(house, act, ask.project))
}

/** Does an act as `baton approve` does, and says what came of it. */
export async function heardAtTerminal({ local }: AnswersHouse, act: Command, queue: string): Promise<Heard> {
  const { ok, text } = await local.submit(act, BERND, { queue })
  // Nobody took it up: it is done later.
  if (text.startsWith('Stored, but nobody')) return { is: 'lost', words: text }
  return { is: ok ? 'accepted' : 'refused', words: text }
}

/** What a program was told. */
export function heardByHttp(reply: HttpReply | undefined): Heard {
  // A connection that broke leaves open what became of it; an answer that blames the server is counted by the house.
  if (!reply || reply.status >= 500) return lost
  const { error, message } = reply.body as { error?: string | { message: string }; message?: string }
  const words = typeof error === 'object' ? error.message : (error ?? message ?? '')
  return { is: reply.status === 200 && reply.body.status === 'ok' ? 'accepted' : 'refused', words }
}

const shot = (what: string, by: Actor, decision: Decision, fire: () => Promise<Heard>): Shot => ({
  what: `${what}: ${JSON.stringify(decision)}`,
  claim: { by, decision },
  fire,
})
