import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Config } from '../../src/config/types.ts'
import { latest } from '../support/bot-api/conversation.ts'
import type { Person } from '../support/bot-api/people.ts'
import { type BotApi, startBotApi } from '../support/bot-api/server.ts'
import { createHome, type Home } from '../support/home.ts'
import { openPhoneApp, type PhoneApp, reads, told } from '../support/phone.ts'

const file = (...titles: string[]) =>
  `# Tasks\n\n${titles.map((title, i) => `## Task ${i + 1}: ${title}\n**Claude Instruction:**\nrehearse: edit ${i + 1}.txt "x"\n`).join('\n')}`

let api: BotApi
let home: Home
let anna: Person
let house: PhoneApp | undefined
/** What was asked of Claude, and what it answers, in order. */
let asked: string[]
let answers: string[]

beforeEach(async () => {
  api = await startBotApi()
  anna = api.person({ id: 4711, name: 'Anna' })
  asked = []
  answers = []
})
afterEach(async () => {
  await house?.stop()
  house = undefined
  await api.close()
  home.remove()
})

async function open(tasks: string, config = '', change?: (config: Config) => void) {
  home = createHome(tasks, config)
  house = await reopen(change)
}
const reopen = (change?: (config: Config) => void, allowed = [4711]) =>
  openPhoneApp(home, api, {
    allowed,
    ...(change && { change }),
    ask: async (prompt) => {
      asked.push(prompt)
      return answers.shift() ?? ''
    },
  })

const buttonsOf = (id: number) =>
  latest(anna.sees().messages.find((message) => message.id === id) as ReturnType<Person['says']>)
    .keyboard?.flat()
    .map(({ text }) => text) ?? []
/** On a slow machine the button is let go before the start has come through. */
const SOON = ['Started', undefined]
const plansNoted = () => (house?.events ?? []).filter(({ data }) => data?.about === 'plan').map(({ text }) => text)
const runs = () => house?.api.view.runs({ limit: 10 }) ?? []

test('a plan from words: a document, changed in words, started once, and its messages follow', async () => {
  await open('', 'watch: true\n')
  answers = [file('Log in'), file('Log in', 'Log out')]
  anna.says('/plan A login, please')
  await told(anna, 'Claude is writing a plan')
  const first = await told(anna, 'A plan of 1 task')
  expect(asked[0]).toContain('A login, please')
  // Who sees no cards is told in words: the terminal, the dashboard, other systems.
  expect(plansNoted()).toEqual([
    expect.stringMatching(/^A plan of 1 task:\nStart writes tasks\/\S+\.md\n\n• Log in\nDecide in the chat\.$/),
  ])
  expect(anna.sees().messages.find(({ file }) => file)).toMatchObject({
    versions: [{ text: expect.stringMatching(/^Draft 1: tasks\/\S+\.md$/) }],
  })
  const documents = () => anna.sees().messages.flatMap(({ file }) => (file ? [file.name] : []))
  expect(documents()).toEqual([expect.stringMatching(/^\d{4}-\d\d-\d\d\.md$/)])
  expect(buttonsOf(first.id)).toEqual(['Start', 'Change', 'Discard'])
  const stale = latest(first).keyboard?.flat()[0]?.callback_data as string
  expect(stale.length).toBeLessThanOrEqual(64)

  anna.taps('Change')
  await told(anna, 'What should be different')
  anna.says('A logout, too')
  await reads(anna, first, /Changed by Anna \(Telegram\)[\s\S]*A logout, too/)
  const second = await told(anna, 'A plan of 2 tasks (version 2)')
  expect(asked[1]).toContain('A logout, too')
  expect(buttonsOf(first.id)).toEqual([])

  const refused = await anna.forges(stale, first.id).answer()
  expect(refused).toMatchObject({ text: 'Already changed by Anna (Telegram).' })
  expect(readdirSync(join(home.dir, 'tasks'))).toEqual(['today.md'])

  const taps = [anna.taps('Start', { message: second.id }), anna.taps('Start', { message: second.id })]
  const words = await Promise.all(taps.map((tap) => tap.answer()))
  expect(SOON).toContain(words[0]?.text)
  expect(words[1]?.text).toBe('Already started by Anna (Telegram).')
  await reads(anna, second, /Started by Anna \(Telegram\)/)
  expect(buttonsOf(second.id)).toEqual([])
  await told(anna, '2 of 2 done')
  const [name = ''] = readdirSync(join(home.dir, 'tasks')).filter((one) => one !== 'today.md')
  expect(home.read(`tasks/${name}`)).toContain('## Task 2: Log out')
  expect(runs()).toHaveLength(1)
  // What a plan wrote is not offered again.
  expect(anna.sees().messages.filter((message) => latest(message).text.includes('new task'))).toEqual([])
  expect(house?.errors).toEqual([])
})

test('a plan that cannot be run is mended once, then told with its problems and without Start; Drop ends it', async () => {
  await open('')
  answers = ['## Task 1: Nothing to do\n', '## Task 1: Still nothing\n']
  anna.says('/plan Something')
  const message = await told(anna, 'A plan that cannot run as it is')
  expect(asked).toHaveLength(2)
  expect(latest(message).text).toContain('has no Claude Instruction')
  expect(buttonsOf(message.id)).toEqual(['Change', 'Discard'])
  expect((await anna.taps('Discard').answer()).text).toBe('Discarded')
  await reads(anna, message, 'Discarded by Anna')
  anna.replies(message.id, 'Do something else')
  await told(anna, 'no longer open')
})

test('a document with the caption /plan, and a reply to the plan as a change', async () => {
  await open('')
  answers = [file('From the document'), file('Changed')]
  anna.sends({ name: 'goals.md', content: 'Goals: ship the login.\n', caption: '/plan keep it short' })
  const first = await told(anna, 'A plan of 1 task')
  expect(asked[0]).toContain('ship the login')
  expect(asked[0]).toContain('keep it short')
  anna.replies(first.id, 'In one task')
  await told(anna, 'version 2')
  await reads(anna, first, 'Changed by Anna')
})

test('a plan survives a restart, and of two people one starts', async () => {
  await open('')
  answers = [file('Log in')]
  anna.says('/plan A login')
  const message = await told(anna, 'A plan of 1 task')
  await house?.stop()
  const ben = api.person({ id: 4712, name: 'Ben' })
  ben.says('/status')
  house = await reopen(undefined, [4711, 4712])
  const data = latest(message).keyboard?.flat()[0]?.callback_data as string
  const [own] = ben.sees().messages
  const answered = await Promise.all([anna.taps('Start').answer(), ben.forges(data, own?.id ?? 0).answer()])
  expect(answered.filter(({ text = '' }) => /already|just tapped/.test(text))).toHaveLength(1)
  await told(anna, '1 of 1 done')
  expect(runs()).toHaveLength(1)
})

test('a Start that was done right before a kill reads as started in the next life', async () => {
  await open('')
  answers = [file('Log in')]
  anna.says('/plan A login')
  const message = await told(anna, 'A plan of 1 task')
  const [button] = latest(message).keyboard?.flat() ?? []
  const { db, read, setMeta } = (house as PhoneApp).store
  const updateId = 999_999_999
  const from = { id: 4711, is_bot: false, first_name: 'Anna' }
  const tapped = { message_id: message.id, chat: { id: 4711, type: 'private' } }
  const query = { id: '1', from, message: tapped, chat_instance: 'c', data: button?.callback_data }
  // What the store holds then: the tap without its end, the claim, and no plan any more.
  db.prepare("INSERT INTO updates (channel, id, received_at, json) VALUES ('telegram', ?, ?, ?)").run(
    updateId,
    Date.now(),
    JSON.stringify({ update_id: updateId, callback_query: query }),
  )
  const claims = { all: { updateId: String(updateId), by: { surface: 'telegram', id: '4711', name: 'Anna' } } }
  setMeta(
    'cards',
    (read.meta<object[]>('cards') ?? []).map((card) => ({ ...card, claims })),
  )
  setMeta('plans', [])
  await house?.stop()
  house = await reopen()
  await reads(anna, message, 'Started by Anna')
  expect(buttonsOf(message.id)).toEqual([])
})

test('a new task file is offered: Start begins it once, Later takes the buttons away; a broken one is told', async () => {
  await open(file('Old'), 'watch: true\n')
  await expect.poll(() => house?.store.read.meta('watch:main')).toMatchObject({ 'tasks/today.md': {} })
  home.write('tasks/new.md', file('One', 'Two'))
  const offer = await told(anna, '2 new tasks in tasks/new.md')
  expect(latest(offer).text).toContain('• One')
  expect(buttonsOf(offer.id)).toEqual(['Start', 'Later'])
  const data = latest(offer).keyboard?.flat()[0]?.callback_data as string
  expect(SOON).toContain((await anna.taps('Start').answer()).text)
  await reads(anna, offer, /Started by Anna \(Telegram\)/)
  expect((await anna.forges(data, offer.id).answer()).text).toBe('Already started by Anna (Telegram).')
  await told(anna, '2 of 2 done')
  expect(runs()).toHaveLength(1)

  home.write('tasks/later.md', file('Three'))
  const later = await told(anna, '1 new task in tasks/later.md')
  anna.taps('Later')
  await reads(anna, later, 'Postponed by Anna')
  expect(buttonsOf(later.id)).toEqual([])
  expect(anna.sees().messages.filter((message) => latest(message).text.includes('/start tasks/'))).toEqual([])

  home.write('tasks/broken.md', '## Task 1: No instruction\n')
  const broken = await told(anna, 'tasks/broken.md cannot run as it is')
  expect(latest(broken).text).toContain('Task 1 has no Claude Instruction')
  expect(buttonsOf(broken.id)).toEqual([])
})

test('what was added by Baton is not offered as new, what somebody wrote is', async () => {
  await open(file('Old'), 'watch: true\n')
  await expect.poll(() => house?.store.read.meta('watch:main')).toMatchObject({ 'tasks/today.md': {} })
  anna.says('/add Fix the favicon')
  await told(anna, 'Added to tasks/today.md')
  const seen = () => house?.store.read.meta<Record<string, object>>('watch:main')?.['tasks/today.md']
  const before = JSON.stringify(seen())
  await expect.poll(() => JSON.stringify(seen())).not.toBe(before)
  home.write('tasks/new.md', file('By hand'))
  await told(anna, '1 new task in tasks/new.md')
  const offers = anna.sees().messages.filter((message) => /new task/.test(latest(message).text))
  expect(offers.map((message) => latest(message).text.split('\n')[0])).toEqual(['🆕 1 new task in tasks/new.md'])
})

test('a note in daily/ is offered to plan from', async () => {
  home = createHome('', 'watch: true\n')
  home.write('daily/old.md', 'Old goals.\n')
  house = await reopen()
  await expect.poll(() => house?.store.read.meta('watch:notes of main')).toMatchObject({ 'daily/old.md': {} })
  answers = [file('From the note')]
  home.write('daily/goals.md', 'Ship the login.\n')
  const offer = await told(anna, 'New note: daily/goals.md')
  anna.taps('Plan')
  await reads(anna, offer, 'Planned by Anna')
  await told(anna, 'A plan of 1 task')
  expect(asked[0]).toContain('Ship the login.')
})

test('the morning says what is planned, with Start; the evening what was done', async () => {
  const now = new Date()
  const minute = now.getUTCHours() * 60 + now.getUTCMinutes()
  home = createHome(file('One'))
  // A message is due when its time passes: here it passed while the house was closed.
  const set = (kind: 'morningMinute' | 'eveningMinute') => (config: Config) => {
    config.daily = { [kind]: minute }
  }
  house = await reopen(set('morningMinute'))
  const pretend = (kind: string) => {
    const key = `daily:${kind}:${minute}`
    const passed = house?.store.read.meta<Record<string, number>>(key)
    const early = Object.fromEntries(
      Object.entries(passed ?? {}).map(([name, at]) => [name, typeof at === 'number' ? at - 7_200_000 : at]),
    )
    house?.store.setMeta(key, early)
  }
  pretend('morning')
  await house.stop()
  house = await reopen(set('morningMinute'))
  const morning = await told(anna, '1 task planned')
  expect(latest(morning).text).toContain('• One')
  expect(SOON).toContain((await anna.taps('Start').answer()).text)
  await reads(anna, morning, 'Started by Anna')
  await told(anna, '1 of 1 done')
  await house.stop()
  house = await reopen(set('eveningMinute'))
  pretend('evening')
  await house.stop()
  house = await reopen(set('eveningMinute'))
  await told(anna, /1 done[\s\S]*✓ 1: One/)
  const texts = anna.sees().messages.map((message) => latest(message).text)
  expect(texts.filter((text) => text.includes('1 task planned'))).toHaveLength(1)
})
