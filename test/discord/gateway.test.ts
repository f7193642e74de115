import { afterEach, beforeEach, expect, test } from 'vitest'
import { connectDiscord } from '../../src/discord/connection.ts'
import { createGateway, type DiscordSession, type Gateway } from '../../src/discord/gateway.ts'
import { type Discord, startDiscord } from '../support/discord/server.ts'
import { CHANNEL } from '../support/discord/world.ts'

let discord: Discord
let gateway: Gateway
let session: DiscordSession | undefined
let heard: string[]
let readies: boolean[]
let trouble: (string | undefined)[]
let isBroken: boolean

const open = (token = discord.token, intents = 1 | (1 << 9)) => {
  gateway = createGateway({
    token,
    rest: connectDiscord({ token: discord.token, apiUrl: discord.api }).rest,
    intents: async () => intents,
    session: () => session,
    keep: (event, next) => {
      if (isBroken) throw new Error('disk full')
      if (event && String(event.t) === 'MESSAGE_CREATE') heard.push((event.d as { content: string }).content)
      session = next
    },
    onReady: (isNew) => readies.push(isNew),
    onTrouble: (text) => trouble.push(text),
    patienceMs: 50,
  })
  gateway.start()
}
const ready = (times: number) => expect.poll(() => readies.length, { interval: 10, timeout: 20_000 }).toBe(times)
const says = (text: string) => discord.person({ id: '470000000000000011', name: 'Anna' }).says(text)
const hears = (...texts: string[]) => expect.poll(() => heard, { interval: 10, timeout: 20_000 }).toEqual(texts)

beforeEach(async () => {
  discord = await startDiscord({ mayReadContent: true, heartbeatMs: 400 })
  session = undefined
  heard = []
  readies = []
  trouble = []
  isBroken = false
})
afterEach(async () => {
  await gateway.stop()
  await discord.close()
})
const CONTENT = 1 | (1 << 9) | (1 << 15)

test.each([
  ['is dropped', () => discord.gateway.drop()],
  ['is asked to connect again', () => discord.gateway.askToReconnect()],
  ['is closed with 4000', () => discord.gateway.drop(4000)],
  ['gets no answer to its heartbeats', () => discord.gateway.freeze(true)],
])('a connection that %s goes on where it was, and misses nothing', async (_, disturb) => {
  open(discord.token, CONTENT)
  await ready(1)
  says('before')
  await hears('before')
  disturb()
  says('meanwhile')
  await ready(2)
  discord.gateway.freeze(false)
  says('after')
  await hears('before', 'meanwhile', 'after')
  expect(readies).toEqual([true, false])
  expect(discord.gateway.counts.identifies).toBe(1)
})

test('a new process goes on with the stored session, after a stop and after a kill', async () => {
  open(discord.token, CONTENT)
  await ready(1)
  await gateway.stop()
  says('between')
  open(discord.token, CONTENT)
  await hears('between')
  expect(readies).toEqual([true, false])
  const stored = session
  says('seen')
  await hears('between', 'seen')
  // A kill: the session as it was stored before the last event came.
  await gateway.stop()
  session = stored
  heard = []
  open(discord.token, CONTENT)
  await hears('seen')
})

test('a session that is over begins anew, and says so', async () => {
  open(discord.token, CONTENT)
  await ready(1)
  await gateway.stop()
  discord.gateway.forget()
  open(discord.token, CONTENT)
  await ready(2)
  expect(readies).toEqual([true, true])
})

test.each([
  ['the token is wrong', () => open('wrong'), 'DISCORD_TOKEN'],
  [
    'the switch for content is off',
    () => {
      discord.setMayReadContent(false)
      open(discord.token, CONTENT)
    },
    'Message Content Intent',
  ],
  ['an intent is unknown', () => open(discord.token, 1 << 28), 'invalid intents'],
])('where %s it stops and says what to set', async (_, begin, words) => {
  begin()
  await expect.poll(() => trouble.at(-1), { interval: 10, timeout: 10_000 }).toContain(words)
  const { connections } = discord.gateway.counts
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  expect(discord.gateway.counts.connections).toBe(connections)
  expect(gateway.health().ok).toBe(false)
})

test('away and back: what was missed comes, and the trouble is told once and taken back', async () => {
  open(discord.token, CONTENT)
  await ready(1)
  await discord.away()
  await expect.poll(() => trouble.length, { interval: 10 }).toBeGreaterThan(0)
  expect(gateway.health().ok).toBe(false)
  says('meanwhile')
  await discord.back()
  await hears('meanwhile')
  expect(trouble.at(-1)).toBeUndefined()
  expect(trouble.filter((text) => text === undefined)).toHaveLength(1)
  expect(JSON.stringify(trouble)).not.toContain(discord.token)
  expect(discord.gateway.counts.identifies).toBe(1)
})

test('what cannot be stored does not count as heard: it comes again', async () => {
  open(discord.token, CONTENT)
  await ready(1)
  isBroken = true
  says('on a full disk')
  await expect.poll(() => trouble.join(), { interval: 10 }).toContain('disk full')
  isBroken = false
  await hears('on a full disk')
})

test('starts of a session are not used up', async () => {
  discord.gateway.setIdentifiesLeft(10)
  open(discord.token, CONTENT)
  await expect.poll(() => trouble.at(-1), { interval: 10, timeout: 10_000 }).toContain('waits until tomorrow')
  expect(discord.gateway.counts.identifies).toBe(0)
  says(CHANNEL)
})
