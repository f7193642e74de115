import { expect } from 'vitest'
import { openDiscord } from '../../../src/messengers/discord.ts'
import type { Messenger } from '../../../src/messengers/messenger.ts'
import { redactor } from '../../../src/redact/redact.ts'
import { createHome, type Home } from '../home.ts'
import { openRehearsedApp, type TestApp } from '../rehearsed-app.ts'
import type { DiscordPerson, SeenOnDiscord } from './people.ts'
import { type Discord, type DiscordOptions, startDiscord } from './server.ts'
import { CHANNEL } from './world.ts'

/** An agent of a busy machine is slow to begin. */
const PATIENCE_MS = process.env.CI ? 60_000 : 15_000
export const ANNA_ID = '470000000000000011'

/** A Baton with its bot on a stand-in of Discord, and Anna, who may use it. */
export interface DiscordHouse {
  home: Home
  discord: Discord
  anna: DiscordPerson
  app: () => TestApp
  messenger: () => Messenger
  /** What went wrong, and what people at the terminal were told. */
  errors: unknown[]
  said: string[]
  open: () => Promise<void>
  close: () => Promise<void>
  /** The newest message of the bot with these words, in the channel and its threads. */
  message: (words: string, channel?: string) => SeenOnDiscord | undefined
  told: (words: string, channel?: string) => Promise<SeenOnDiscord>
  heard: () => Promise<void>
  /** Settles when Baton knows that this message was posted: a sign on it counts from then on. */
  known: (id: string) => Promise<void>
  end: () => Promise<void>
}

/** Opens one; `config` is the text of its config.yaml, beside who may use the bot. */
export async function openDiscordHouse(
  tasks: string,
  { config = '', channel = CHANNEL, users = [ANNA_ID], ...options }: HouseOptions = {},
): Promise<DiscordHouse> {
  const discord = await startDiscord(options)
  const anna = discord.person({ id: ANNA_ID, name: 'Anna' })
  const place = channel === '' ? '' : `, channel: "${channel}"`
  const home = createHome(tasks, `discord: {users: [${users.map((id) => `"${id}"`).join(', ')}]${place}}\n${config}`)
  const errors: unknown[] = []
  const said: string[] = []
  let app: TestApp
  let messenger: Messenger
  const log = {
    info: () => {},
    warn: (_: object, text: string) => said.push(text),
    error: (fields: object) => errors.push(fields),
  }
  const all = (where?: string) =>
    [...discord.world.channels.values()]
      .filter(({ id }) => where === undefined || id === where)
      .flatMap(({ id }) => anna.sees(id))
      .filter(({ byBot }) => byBot)
      .sort((a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1))
  const message = (words: string, where?: string) => all(where).findLast(({ text }) => text.includes(words))
  const house: DiscordHouse = {
    home,
    discord,
    anna,
    errors,
    said,
    app: () => app,
    messenger: () => messenger,
    message,
    open: async () => {
      const opened = await openRehearsedApp(home.dir, {
        change: (config) => {
          config.chat.progressMs = 200
          config.timezone = 'UTC'
        },
        ...{ secretValues: [discord.token], errors },
      })
      app = opened.app
      // Its chats are known already, and not greeted.
      if (!options.isGreeting) app.store.setMeta('discord:since', 0)
      messenger = openDiscord(discord.token, {
        config: opened.config,
        app: { ...app, report: async () => undefined, reached: () => {} } as never,
        redact: redactor([discord.token, 'correct-horse-battery']),
        log,
        secrets: { discordToken: discord.token, discordApiUrl: discord.api, telegramAllowedUsers: [] },
        version: '0',
        say: (text) => said.push(text),
      })
      messenger.start()
      app.runner.begin()
    },
    close: async () => {
      await messenger.stop()
      await app.runner.stop()
    },
    told: async (words, where) => {
      const seen = () => message(words, where) ?? all(where).map(({ text }) => text)
      await expect
        .poll(seen, { interval: 20, timeout: PATIENCE_MS })
        .toMatchObject({ text: expect.stringContaining(words) })
      return message(words, where) as SeenOnDiscord
    },
    heard: async () => {
      await expect.poll(() => messenger.health().ok, { interval: 20, timeout: 15_000 }).toBe(true)
      if (channel !== '')
        await expect.poll(() => discord.world.commands.length, { interval: 20, timeout: 15_000 }).toBeGreaterThan(0)
    },
    known: async (id) => {
      const find = app.store.db.prepare('SELECT 1 FROM slots WHERE message_id = ?')
      await expect.poll(() => find.get(id) !== undefined, { interval: 10, timeout: 15_000 }).toBe(true)
    },
    end: async () => {
      await house.close()
      await discord.close()
      home.remove()
    },
  }
  await house.open()
  await house.heard()
  return house
}

export interface HouseOptions extends DiscordOptions {
  config?: string
  /** Empty: in private. */
  channel?: string
  users?: string[]
  isGreeting?: true
}
