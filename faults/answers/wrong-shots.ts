import { CHOICES } from '../../src/core/asks/choices.ts'
import type { Command } from '../../src/core/commands/commands.ts'
import type { Random } from '../random.ts'
import { type AnswersHouse, API_TOKEN, FOREIGN_GROUP, GROUP, WEBHOOK_SECRET } from './house.ts'
import { buttonsOf, heardByMessage, heardByTap, type Seat } from './phone.ts'
import { heardAtTerminal, heardByHttp } from './right-shots.ts'
import { type AskRecord, type Heard, nothing, type Shot } from './shots.ts'

/** Something that must not count. */
export interface WrongShot extends Shot {
  /** Who may not be here hears nothing; who may, a word. An edit of an old message needs none. */
  hears: 'a word' | 'nothing'
}

/** A request to a house that is closed reaches nobody. */
const requested = (what: string, fire: () => Promise<Heard>): WrongShot => ({ what, hears: 'nothing', fire })

interface Ports {
  house: AnswersHouse
  record: AskRecord
  /** Asks that are decided already. */
  past: readonly AskRecord[]
  random: Random
  seat: Seat
}

type Kind = (ports: Ports) => WrongShot | undefined

/** A wrong act against an ask: by the wrong person, in the wrong chat, altered, stale, or meaning nothing. */
export function wrongShot(ports: Ports): WrongShot {
  for (;;) {
    const shot = ports.random.pick(KINDS)(ports)
    if (shot) return shot
  }
}

const silent = (what: string, act: () => unknown): WrongShot => ({
  what,
  hears: 'nothing',
  fire: async () => {
    act()
    return nothing
  },
})
const refused = (what: string, fire: () => Promise<Heard>): WrongShot => ({ what, hears: 'a word', fire })

/** Callback data that does decide the ask, for who may. */
function realData({ house, record, random }: Ports): string {
  const data = buttonsOf(house, record, GROUP).flatMap(({ callback_data: one }) => (one === undefined ? [] : [one]))
  return data.length > 0 ? random.pick(data) : `${record.ask.id}:approve`
}

const COMMANDS = [
  '/approve',
  '/reject no',
  '/answer 1',
  '/skip',
  '/stop',
  '/retry',
  '/pause',
  '/start',
  '/undo 1',
  'yes',
  '1',
]

/** A stranger, in their own chat and in the group where the ask stands. */
const byStranger: Kind = (ports) => {
  const { house, record, random } = ports
  const { mallory } = house
  const inGroup = record.messages.get(GROUP) ?? 0
  const data = realData(ports)
  const words = random.pick(COMMANDS)
  return random.pick([
    silent('a stranger taps in the group', () => mallory.forges(data, inGroup, { chat: GROUP })),
    silent('a stranger forges a tap', () => mallory.forges(data, mallory.says('hello').id)),
    silent('a stranger replies in the group', () => mallory.replies(inGroup, words, { chat: GROUP })),
    silent(`a stranger writes ${words}`, () => mallory.says(words)),
    silent(`a stranger writes ${words} in the group`, () => mallory.says(words, { chat: GROUP })),
  ])
}

/** Who may, where they may not. */
const inWrongChat: Kind = (ports) => {
  const { house, random } = ports
  const person = random.pick(house.allowed)
  const chat = FOREIGN_GROUP
  const words = random.pick(COMMANDS.filter((one) => one.startsWith('/')))
  return random.pick([
    silent('a tap in a foreign group', () => person.forges(realData(ports), person.says('hi', { chat }).id, { chat })),
    silent(`${words} in a foreign group`, () => person.says(words, { chat })),
  ])
}

/** Updates that nobody's client sends for a decision: an edited message, a tap without a message, an anonymous admin. */
const oddUpdate: Kind = (ports) => {
  const { house, random, record } = ports
  const { api } = house
  const [anna] = house.allowed
  const from = { id: anna.id, is_bot: false, first_name: anna.name }
  const chat = { id: anna.id, type: 'private', first_name: anna.name }
  const text = random.pick(['/approve', '/skip', 'yes'])
  const message = { message_id: record.messages.get(anna.id) ?? 1, from, chat, date: 1, text }
  const data = realData(ports)
  const admin = { id: 1087968824, is_bot: true, first_name: 'Group', username: 'GroupAnonymousBot' }
  const group = { id: GROUP, type: 'supergroup', title: 'Team' }
  return random.pick([
    silent('a message edited into a command', () => api.updates.push({ edited_message: { ...message, edit_date: 2 } })),
    silent('a tap without its message', () =>
      api.updates.push({ callback_query: { id: '1', from, inline_message_id: 'x', chat_instance: 'c', data } }),
    ),
    silent('an anonymous admin', () =>
      api.updates.push({ message: { ...message, from: admin, sender_chat: group, chat: group } }),
    ),
    silent('a post of a channel', () =>
      api.updates.push({
        channel_post: { message_id: 1, chat: { id: -100_5, type: 'channel', title: 'C' }, date: 1, text },
      }),
    ),
  ])
}

/** Data that no button of the message carries. */
const alteredTap: Kind = ({ house, record, past, random, seat }) => {
  const { ask, messages } = record
  const old = past.length > 0 ? random.pick(past) : undefined
  const choices = CHOICES.filter((choice) => !ask.options.some((option) => option.choice === choice))
  const wrongChoice = random.pick(choices.filter((choice) => choice !== 'answer' || ask.kind !== 'question'))
  const other = `${ask.id.slice(0, -1)}${ask.id.endsWith('a') ? 'b' : 'a'}`
  const data = random.pick([
    `${other}:approve`,
    `${ask.id}:${wrongChoice}`,
    `${ask.id}:p0.77`,
    `${ask.id}:f9`,
    `${ask.id}:t7.0`,
    `${ask.id}:APPROVE`,
    `${ask.id}: approve`,
    `${ask.id}:approve:allow`,
    ask.id,
    'approve',
    ':approve',
    '!do:approve',
    '!card:abc:1',
    ...(old ? [`${old.ask.id}:${random.pick(['approve', 'allow', 'retry', 'p0.0', 'o0'])}`] : []),
  ])
  const tap = async () => heardByTap(house, seat.person.forges(data, messages.get(seat.chat) ?? 0, { chat: seat.chat }))
  return refused(`a tap with altered data ${data}`, tap)
}

/** Words and buttons of what is already decided. */
const stale: Kind = ({ house, past, random, seat }) => {
  if (past.length === 0) return undefined
  const { ask, messages } = random.pick(past.slice(-8))
  const { person, chat } = seat
  const message = messages.get(chat) ?? 0
  const choice = random.pick(ask.options).choice
  const { id, hash } = ask
  const terminal = () => heardAtTerminal(house, { type: 'answer', target: { askId: id, hash }, choice }, ask.project)
  return random.pick([
    refused(`a stale tap ${id}:${choice} of ${ask.kind} “${ask.title}”`, async () =>
      heardByTap(house, person.forges(`${id}:${choice}`, message, { chat })),
    ),
    refused('a stale reply', async () => heardByMessage(house, person.replies(message, 'yes', { chat }))),
    refused('a stale /approve', async () => heardByMessage(house, person.replies(message, '/approve', { chat }))),
    requested('a stale request', async () =>
      heardByHttp(await house.http({ path: `/api/asks/${id}`, body: { answer: { choice }, hash }, token: API_TOKEN })),
    ),
    refused('a stale answer at the terminal', terminal),
  ])
}

/** Requests without the right credentials, about something else, or impossible. */
const wrongRequest: Kind = ({ house, record: { ask }, random }) => {
  const path = `/api/asks/${ask.id}`
  const choice = random.pick(ask.options).choice
  const answer = ask.kind === 'question' ? '1' : { choice }
  const post = (what: string, request: { path: string; body: unknown; token?: string }) =>
    requested(`a request ${what}`, async () => heardByHttp(await house.http(request)))
  const command = random.pick(['approve', 'reject', 'answer', 'skip', 'stop', 'retry'])
  const webhook = {
    command,
    secret: 'not-the-secret',
    params: { task: ask.task, project: ask.project, response: 'yes' },
  }
  const token = API_TOKEN
  return random.pick([
    post('without a token', { path, body: { answer } }),
    post('with a wrong token', { path, body: { answer }, token: `${API_TOKEN}x` }),
    post('with another hash', { path, body: { answer, hash: `${ask.hash}0` }, token }),
    post('about an unknown ask', { path: `${path}0`, body: { answer }, token }),
    post('with an impossible choice', { path, body: { answer: { choice: impossible(ask, random) } }, token }),
    post('with half an answer', { path, body: { answer: { answers: { 'What?': 'yes' } } }, token }),
    post('with a wrong secret', { path: '/webhook/command', body: webhook }),
    post('about another task', {
      path: '/webhook/command',
      body: { ...webhook, command: 'approve', secret: WEBHOOK_SECRET, params: { task: 999, project: ask.project } },
    }),
  ])
}

/** The same from the terminal: what is meant is checked for everybody. */
const wrongAtTerminal: Kind = ({ house, record: { ask }, random }) => {
  const { choice } = random.pick(ask.options)
  const act = random.pick<Command>([
    { type: 'answer', target: { askId: ask.id, hash: `${ask.hash.slice(0, -1)}_` }, choice },
    { type: 'answer', target: { askId: `${ask.id}x` }, choice },
    { type: 'answer', target: { task: 998 }, choice },
    { type: 'answer', target: { askId: ask.id }, choice: impossible(ask, random) },
    { type: 'answer', target: { askId: ask.id }, choice: 'answer', answers: {} },
    { type: 'words', target: { askId: ask.id, hash: ask.hash }, text: '  ' },
    { type: 'approve', target: { askId: 'no-such-ask' } },
  ])
  return refused(`at the terminal ${JSON.stringify(act)}`, () => heardAtTerminal(house, act, ask.project))
}

/** Words that decide nothing here. */
const vagueWords: Kind = ({ house, record: { ask, messages }, random, seat }) => {
  const { person, chat } = seat
  const message = messages.get(chat) ?? 0
  const write = (words: string, replyTo = message) =>
    refused(`“${words}” in the chat`, async () => heardByMessage(house, person.replies(replyTo, words, { chat })))
  if (ask.kind === 'approval') return write(random.pick(['maybe later', 'yes but', '1', 'allow?']))
  if (ask.kind === 'question' || ask.kind === 'failure') return write('/approve')
  return refused('/approve 997', async () => heardByMessage(house, person.says('/approve 997', { chat })))
}

function impossible({ options }: AskRecord['ask'], random: Random) {
  return random.pick(CHOICES.filter((choice) => !options.some((option) => option.choice === choice)))
}

const KINDS: readonly Kind[] = [
  byStranger,
  inWrongChat,
  oddUpdate,
  alteredTap,
  alteredTap,
  stale,
  stale,
  wrongRequest,
  wrongRequest,
  wrongAtTerminal,
  vagueWords,
]
