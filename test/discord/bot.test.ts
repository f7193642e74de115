import { appendFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { commandsOn } from '../../src/core/commands/catalogue.ts'
import { ANNA_ID, type DiscordHouse, type HouseOptions, openDiscordHouse } from '../support/discord/house.ts'
import { CHANNEL, GUILD, ROLE_OPS } from '../support/discord/world.ts'

const COLOURS = `# Tasks
## Task 1: Colours
**Claude Instruction:**
rehearse: ask "Which colour?" Red|Green|Blue
rehearse: bash echo one > one.txt
`
const ADMIT = `# Tasks
## Task 1: Ship it
**Requires Approval:** true
**Claude Instruction:**
rehearse: say done
`

let house: DiscordHouse
const open = async (tasks: string, options?: HouseOptions) => {
  house = await openDiscordHouse(tasks, options)
}
afterEach(async () => {
  await house.end()
  expect(house.errors).toEqual([])
})

test('a question and a permission are asked in the channel by name, and decided by a tap and by words', async () => {
  await open(COLOURS)
  house.anna.commands('start')
  const asked = await house.told('Claude asks', CHANNEL)
  expect(asked.rang).toEqual([ANNA_ID])
  const tap = house.anna.taps('Green')
  // Acknowledged without a word: what was decided is shown by the message.
  expect(await tap.answer()).toBeUndefined()
  expect(tap.interaction.response?.type).toBe(6)
  const decided = await house.told('Answered by Anna', CHANNEL)
  // In place: the same message, without its buttons.
  expect(decided).toMatchObject({ id: asked.id, buttons: [] })
  // Whoever comes too late is told so, and nobody else is.
  const late = house.anna.forges(asked.id, asked.buttons.find(({ text }) => text === 'Green')?.data ?? '')
  await expect.poll(() => late.interaction.followUps, { interval: 20 }).toMatchObject([{ flags: 64 }])
  expect(late.interaction.response?.type).toBe(6)
  expect(late.interaction.followUps[0]?.content).toContain('Answered by Anna')
  const permission = await house.told('Run echo one > one.txt?', CHANNEL)
  house.anna.says('!approve', { replyTo: permission.id })
  await house.told('Allowed by Anna')
  await house.told('1 of 1 done')
})

test('the menu is of the server, and once more for private chats alone, with every command', async () => {
  await open(COLOURS)
  const { world } = house.discord
  await expect.poll(() => world.ownCommands.length, { interval: 20 }).toBeGreaterThan(0)
  const names = commandsOn('chat').map(({ name }) => name)
  expect(world.commands.map(({ name }) => name)).toEqual(names)
  expect(world.ownCommands.map(({ name }) => name)).toEqual(names)
  // Where both were shown, each command would stand there twice.
  for (const { contexts } of world.ownCommands) expect(contexts).toEqual([1])
})

test('of more options than there is room for buttons one is picked from a list', async () => {
  const cities = Array.from({ length: 12 }, (_, i) => `A city with a name that is long ${i + 1}`)
  await open(`# Many\n## Task 1: Cities\n**Claude Instruction:**\nrehearse: ask "Which city?" ${cities.join('|')}\n`)
  house.anna.commands('start')
  const asked = await house.told('Which city?', CHANNEL)
  expect(asked.options.map(({ text }) => text)).toEqual(cities)
  house.anna.taps(`${cities[10]}`)
  expect((await house.told('Answered by Anna')).text).toContain('that is long 11')
})

test('what belongs to a run is told in its thread, and its message follows silently', async () => {
  await open('# Tasks\n## Task 1: One\n**Claude Instruction:**\nrehearse: say hello\n')
  house.anna.commands('start')
  await house.told('1 of 1 done')
  const [thread] = house.anna.threads()
  expect(thread).toMatchObject({ parent_id: CHANNEL })
  const inside = house.anna.sees(thread?.id).map(({ text }) => text)
  expect(inside.join('\n')).toContain('1 of 1 done')
  const root = house.anna.sees(CHANNEL).find(({ id }) => id === thread?.id)
  expect(root).toMatchObject({ silent: true })
  expect(root?.edits).toBeGreaterThan(0)
  // Commands of the menu work in threads, and are answered there.
  house.anna.commands('cost', {}, thread?.id)
  await house.told('Today $0', thread?.id)
})

test('own words are written into a form, which answers once', async () => {
  await open(COLOURS)
  house.anna.commands('start')
  await house.told('Claude asks')
  const opened = house.anna.taps('Other…')
  expect(await opened.form()).toMatchObject({ title: 'Your answer', text: expect.stringContaining('Which colour?') })
  const sent = await house.anna.fillsIn(opened, 'Turquoise <@&1> @everyone')
  expect(await sent.answer()).toBe('Answered.')
  expect((await house.told('Answered by Anna')).text).toContain('Turquoise <@&1> @everyone')
  const again = await house.anna.fillsIn(opened, 'Red')
  expect(await again.answer()).toContain('Anna')
})

test('a stranger changes nothing and learns nothing, in whatever way they try', async () => {
  await open(COLOURS)
  const eve = house.discord.person({ id: '660000000000000066', name: 'Anna' })
  house.anna.commands('start')
  const asked = await house.told('Claude asks')
  const tap = eve.taps('Green')
  expect(await tap.answer()).toBe('You are not among those who may use Baton here. Nothing was changed.')
  // Nobody else sees that.
  expect(tap.interaction.response).toMatchObject({ type: 4, data: { flags: 64 } })
  const command = eve.commands('status')
  expect(await command.answer()).toContain('not among those')
  expect(command.interaction.response).toMatchObject({ type: 4, data: { flags: 64 } })
  expect(house.anna.sees().some(({ text }) => text.includes('not among those'))).toBe(false)
  eve.reacts(asked.id, '👍')
  eve.says('!answer Red', { replyTo: asked.id })
  eve.says(`<@900000000000000003> status`)
  eve.says('/status', { channel: eve.direct() })
  await house.anna.commands('status').answer()
  await house.told('Claude asks')
  expect(house.app().runner.api.view.openAsks()).toHaveLength(1)
  expect(eve.sees(eve.direct()).filter(({ byBot }) => byBot)).toEqual([])
  expect(house.said.filter((text) => text.includes('not allowed'))).not.toEqual([])
})

test('a member of a role that is asked for may decide, others may not, and a sign under the ask says yes', async () => {
  await open(ADMIT.replace('**Requires', '**Role:** ops\n**Requires'), {
    config: `roles: {ops: ["discord-role:${ROLE_OPS}"]}\n`,
  })
  const olga = house.discord.person({ id: '480000000000000012', name: 'Olga', roles: [ROLE_OPS] })
  house.anna.commands('start')
  const asked = await house.told('Start task 1?\n', CHANNEL)
  // It is heard by those who may decide it, and by nobody else.
  expect(asked.rang).toEqual(['480000000000000012'])
  await house.known(asked.id)
  house.anna.reacts(asked.id, '👍')
  await house.told('ops', CHANNEL)
  expect(house.app().runner.api.view.openAsks()).toHaveLength(1)
  // Under another message it is a sign like any other.
  olga.reacts(house.anna.says('look at this').id, '👍')
  olga.reacts(asked.id, '❤️')
  olga.reacts(asked.id, '✅')
  await house.told('Approved by Olga')
})

test('the buttons and what was said outlive a restart, which goes on with the same session', async () => {
  await open(COLOURS)
  house.anna.commands('start')
  const asked = await house.told('Claude asks')
  const { counts } = house.discord.gateway
  expect(counts).toMatchObject({ identifies: 1, resumes: 0 })
  await house.close()
  const missed = house.anna.taps('Red')
  await house.open()
  expect(await missed.answer()).toBeUndefined()
  expect(await house.told('Answered by Anna')).toMatchObject({ id: asked.id })
  expect(counts).toMatchObject({ identifies: 1, resumes: 1 })
  // Nobody says again who the bot is: it still knows when it is called, and which messages are its own.
  house.anna.says('<@900000000000000003> add Mentioned')
  await expect.poll(() => house.home.read('tasks/today.md'), { interval: 20 }).toContain('Mentioned')
  const permission = await house.told('Run echo one', CHANNEL)
  await house.known(permission.id)
  house.anna.reacts(permission.id, '👍')
  await house.told('Allowed by Anna')
  // The message of the run names what it waits for, too, until it is edited.
  expect(house.anna.sees().filter(({ text }) => text.startsWith('❓ Claude asks'))).toHaveLength(1)
})

test('after a gap for which there is no session, what was written and signed is read once', async () => {
  await open(ADMIT)
  house.anna.commands('start')
  const asked = await house.told('Start task 1?\n', CHANNEL)
  await house.known(asked.id)
  await house.close()
  house.discord.gateway.forget()
  for (let i = 0; i < 130; i++) house.discord.person({ id: '660000000000000066', name: 'Eve' }).says(`chatter ${i}`)
  house.anna.says('!status')
  house.anna.reacts(asked.id, '👍')
  await house.open()
  await house.told('Approved by Anna')
  await house.told('Ship it')
  const answers = () =>
    house.anna.sees().filter(({ byBot, repliesTo, text }) => byBot && (repliesTo !== undefined || text.includes('📊')))
  const before = answers().length
  await house.close()
  house.discord.gateway.forget()
  await house.open()
  await house.heard()
  await house.anna.commands('help').answer()
  expect(answers().length).toBeLessThanOrEqual(before + 1)
})

test('after a gap the words and signs of somebody who only has a role count as they would have', async () => {
  await open(ADMIT.replace('**Requires', '**Role:** ops\n**Requires'), {
    config: `roles: {ops: ["discord-role:${ROLE_OPS}"]}\n`,
  })
  const olga = house.discord.person({ id: '480000000000000012', name: 'Olga', roles: [ROLE_OPS] })
  const eve = house.discord.person({ id: '660000000000000066', name: 'Eve', roles: ['900000000000000077'] })
  house.anna.commands('start')
  const asked = await house.told('Start task 1?\n', CHANNEL)
  await house.known(asked.id)
  await house.close()
  house.discord.gateway.forget()
  eve.says('<@900000000000000003> add Hers')
  olga.says('<@900000000000000003> add Written meanwhile')
  // Discord names 25 of those who gave a sign, unless it is asked for more.
  for (let i = 0; i < 30; i++)
    house.discord.person({ id: `7700000000000000${10 + i}`, name: `P${i}` }).reacts(asked.id, '👍')
  eve.reacts(asked.id, '👍')
  olga.reacts(asked.id, '👍')
  await house.open()
  await house.told('Approved by Olga')
  await expect.poll(() => house.home.read('tasks/today.md'), { interval: 20 }).toContain('Written meanwhile')
  expect(house.home.read('tasks/today.md')).not.toContain('Hers')
})

test('a sign under an ask in private is read after a gap, too', async () => {
  await open(ADMIT, { channel: '' })
  const direct = house.anna.direct()
  house.anna.says('/start', { channel: direct })
  const asked = await house.told('Start task 1?', direct)
  await house.known(asked.id)
  await house.close()
  house.discord.gateway.forget()
  house.anna.reacts(asked.id, '👍', direct)
  await house.open()
  await house.told('Approved by Anna', direct)
})

test('a channel that is closed to the bot keeps nothing in private from being read after a gap', async () => {
  await open(ADMIT)
  const direct = house.anna.direct()
  house.anna.says('/cost', { channel: direct })
  await house.told('Today $0', direct)
  await house.close()
  house.discord.gateway.forget()
  const { world } = house.discord
  world.channel(CHANNEL).isClosed = true
  house.anna.says('/add Written meanwhile', { channel: direct })
  await house.open()
  await expect.poll(() => house.home.read('tasks/today.md'), { interval: 20 }).toContain('Written meanwhile')
})

test('in private it works as in the channel, and what somebody passes on commands nothing', async () => {
  await open(COLOURS, { channel: '' })
  const direct = house.anna.direct()
  house.anna.says('/start', { channel: direct })
  const asked = await house.told('Claude asks', direct)
  expect(asked).toMatchObject({ rang: [ANNA_ID], silent: false })
  house.anna.forwards('/answer Blue', direct)
  await house.told('What should I do with this?', direct)
  house.anna.says('Blue', { channel: direct, replyTo: asked.id })
  await house.told('Answered by Anna', direct)
})

test('a sign in private is that of somebody with a name, which Discord does not send along', async () => {
  await open(ADMIT, { channel: '' })
  const direct = house.anna.direct()
  house.anna.says('/start', { channel: direct })
  const asked = await house.told('Start task 1', direct)
  house.anna.reacts(asked.id, '👍', direct)
  await house.told('Approved by Anna (Discord)', direct)
})

test('talk in the channel is left alone, and what is addressed is not', async () => {
  await open(COLOURS, { mayReadContent: true })
  house.anna.commands('start')
  await house.told('Claude asks')
  house.anna.says('Shall we have lunch? start with soup')
  house.anna.says('yes')
  house.anna.says('<@900000000000000003> status')
  await house.told('Waiting for you')
  // In another channel of the same server nothing is done, and only she is told.
  const { id: elsewhere } = house.discord.world.addChannel({ id: '900000000000000099', type: 0, guild_id: GUILD })
  const misplaced = house.anna.commands('stop', {}, elsewhere)
  expect(await misplaced.answer()).toBe('Baton does not listen in this channel.')
  expect(misplaced.interaction.response).toMatchObject({ data: { flags: 64 } })
  house.anna.says('<@900000000000000003> stop', { channel: elsewhere })
  expect(house.anna.sees(elsewhere).filter(({ byBot }) => byBot)).toEqual([])
  const replies = house.anna.sees().filter(({ byBot, text }) => byBot && text.includes('What should I do with this?'))
  expect(replies).toEqual([])
  expect(house.app().runner.api.view.openAsks()).toHaveLength(1)
})

test('a file comes in, and of a log that is larger than Discord takes the end goes out', async () => {
  await open('# Tasks\n## Task 1: One\n**Claude Instruction:**\nrehearse: say hello\n', { channel: '' })
  const direct = house.anna.direct()
  house.anna.sends({ name: 'plan.txt', bytes: Buffer.from('Größe'), type: 'text/plain' }, '', direct)
  const saved = await house.told('Saved as .baton/inbox/plan', direct)
  const path = /Saved as (\S+)/.exec(saved.text)?.[1] ?? ''
  expect(house.home.read(path)).toBe('Größe')
  // Of an image, too, each byte arrives.
  const bytes = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0xff])
  house.anna.sends({ name: 'screen.png', bytes, type: 'image/png' }, '', direct)
  const image = await house.told('Saved as .baton/inbox/screen', direct)
  const there = /Saved as (\S+)/.exec(image.text)?.[1] ?? ''
  expect(readFileSync(join(house.home.dir, there))).toEqual(bytes)
  house.anna.says('/start', { channel: direct })
  await house.told('1 of 1 done', direct)
  const { view } = house.app().runner.api
  const taskId = view.tasks(view.runs()[0]?.id ?? '')[0]?.id ?? ''
  const log = await house.app().artifacts.logTail(taskId, 1)
  appendFileSync(log?.file ?? '', `${'Größe '.repeat(12)}\n`.repeat(150_000))
  appendFileSync(log?.file ?? '', 'the very end\n')
  house.anna.says('/logs', { channel: direct })
  const shown = await house.told('As much of it as fits is in task-1.log', direct)
  expect(shown.text).not.toContain('could not be sent')
  const [sent] = house.anna.sees(direct).flatMap(({ byBot, files }) => (byBot ? files : []))
  expect([sent?.content.slice(0, 6), sent?.content.slice(-14)]).toEqual(['Größe ', '\nthe very end\n'])
})

test('what comes while a gap is still being read does not hide where it began, and comes after it', async () => {
  await open(ADMIT)
  const add = (title: string) => house.anna.says(`<@900000000000000003> add ${title}`)
  add('First')
  await expect.poll(() => house.home.read('tasks/today.md'), { interval: 20 }).toContain('First')
  // Long enough ago that no overlap covers it.
  const before = (ms: number) => String(BigInt(house.discord.world.snowflake()) - (BigInt(ms) << 22n))
  house.app().store.setMeta('discord:heard', before(300_000))
  await house.close()
  house.discord.gateway.forget()
  add('Second').id = before(60_000)
  house.discord.faults.add({ methods: ['put applications'], trouble: { kind: 'slow', delayMs: 800 } })
  const opening = house.open()
  await expect.poll(() => house.discord.gateway.counts.identifies, { interval: 5 }).toBe(2)
  await expect.poll(() => house.discord.gateway.isConnected(), { interval: 5 }).toBe(true)
  add('Third')
  await opening
  const added = () => [...new Set(house.home.read('tasks/today.md').match(/First|Second|Third/g))]
  await expect.poll(added, { interval: 20, timeout: 15_000 }).toEqual(['First', 'Second', 'Third'])
})

test('a post whose answer was lost is there once, without a word about it', async () => {
  await open(ADMIT)
  house.discord.faults.add({ methods: ['post message'], trouble: { kind: 'reset', when: 'after' }, times: 2 })
  house.anna.commands('start')
  await house.told('Start task 1', CHANNEL)
  house.anna.taps('Approve')
  await house.told('1 of 1 done')
  const texts = house.anna.sees(CHANNEL).map(({ text }) => text)
  expect(texts.some((text) => text.includes('Sent again'))).toBe(false)
  const firstLines = texts.map((text) => text.split('\n')[0])
  expect(firstLines).toEqual([...new Set(firstLines)])
})
