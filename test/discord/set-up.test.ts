import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readConfig } from '../../src/config/read.ts'
import { inviteLink } from '../../src/discord/setup-api.ts'
import { checkDiscord } from '../../src/doctor/discord.ts'
import { type Discord, startDiscord } from '../support/discord/server.ts'
import { APPLICATION, CHANNEL } from '../support/discord/world.ts'
import { runInitWith } from '../support/run-init.ts'

let discord: Discord
beforeEach(async () => {
  discord = await startDiscord()
})
afterEach(() => discord.close())

const ANNA = '470000000000000011'
const look = (over: { token?: string; channel?: string; users?: string[]; apiUrl?: string } = {}) =>
  checkDiscord(
    { discordToken: over.token ?? discord.token, discordApiUrl: over.apiUrl ?? discord.api },
    { discord: { channel: over.channel ?? CHANNEL, users: over.users ?? [ANNA] }, roles: {} },
    fetch,
  )
const found = async (over?: Parameters<typeof look>[0]) =>
  (await look(over)).map(({ status, detail, todo = '' }) => `${status} ${detail} ${todo}`).join('\n')

test('doctor finds nothing to say where all is well', async () => {
  expect((await look()).map(({ status }) => status)).toEqual(['ok', 'ok', 'ok'])
  expect(await found()).toContain('@baton')
})

test('doctor names what is missing, and where to get it', async () => {
  expect(await found({ token: 'wrong' })).toContain('fail the token is not valid')
  expect(await found({ apiUrl: 'http://127.0.0.1:1/api' })).toContain('cannot be reached')
  expect(await found({ users: [] })).toContain('nobody is allowed')
  expect(await found({ channel: '12345678901234567' })).toContain(
    `fail the bot cannot see the channel 12345678901234567 Let the bot in: https://discord.com/oauth2/authorize?client_id=${APPLICATION}`,
  )
  discord.world.permissions = String(((1n << 50n) - 1n) & ~(1n << 3n) & ~(1n << 35n) & ~(1n << 15n))
  expect(await found()).toContain('fail #builds: the bot lacks Attach Files, Create Public Threads')
  discord.world.isWithoutMenu = true
  expect(await found()).toContain('the scope applications.commands is missing')
  expect(await found({ token: 'wrong' })).not.toContain(discord.token)
})

test('init --discord checks the token, prints the link, writes the files and greets', async () => {
  const home = mkdtempSync(join(tmpdir(), 'baton-discord-init-'))
  const { exitCode, said, unanswered } = await runInitWith(
    home,
    [
      [/Bot token \(Enter/, ''],
      [/Discord's bot token/, 'wrong'],
      [/Discord's bot token/, discord.token],
      [/channel for it/, 'no id'],
      [/channel for it/, CHANNEL],
      [/Your own id/, ANNA],
    ],
    { flags: { discord: true }, env: { DISCORD_API_URL: discord.api }, fetch, patienceMs: 100 },
  )
  expect(unanswered).toEqual([])
  expect(exitCode).toBe(0)
  expect(said).toContain('Discord does not know this token.')
  expect(said).toContain('The token belongs to @baton.')
  expect(said).toContain('Message Content Intent is off')
  expect(said).toContain(`client_id=${APPLICATION}&scope=bot+applications.commands`)
  expect(said).toContain('That is not a Discord id')
  expect(said).not.toContain(discord.token)
  expect(readFileSync(join(home, '.env'), 'utf8')).toContain(discord.token)
  const read = await readConfig({ home, env: {} })
  expect('config' in read && read.config.discord).toEqual({ channel: CHANNEL, users: [ANNA] })
  const anna = discord.person({ id: ANNA, name: 'Anna' })
  expect(anna.sees()).toMatchObject([{ text: expect.stringContaining('Baton is set up on') }])
  rmSync(home, { recursive: true, force: true })
})

test('init --discord greets in private where there is no channel, and says that replies need no mention', async () => {
  const home = mkdtempSync(join(tmpdir(), 'baton-discord-init-'))
  const anna = discord.person({ id: ANNA, name: 'Anna' })
  discord.setMayReadContent(true)
  const { said, unanswered } = await runInitWith(
    home,
    [
      [/Bot token \(Enter/, ''],
      [/channel for it/, ''],
      [/Your own id/, ANNA],
    ],
    {
      ...{ flags: { discord: true }, fetch, patienceMs: 100 },
      env: { DISCORD_API_URL: discord.api, DISCORD_TOKEN: discord.token },
    },
  )
  expect(unanswered).toEqual([])
  expect(said).toContain('Message Content Intent is on')
  expect(anna.sees(anna.direct())).toMatchObject([{ text: expect.stringContaining('Baton is set up on') }])
  rmSync(home, { recursive: true, force: true })
})

test('the link of the docs lets the bot in with what init asks for', () => {
  expect(readFileSync(join(import.meta.dirname, '../../docs/discord.md'), 'utf8')).toContain(
    inviteLink('APPLICATION_ID'),
  )
})
