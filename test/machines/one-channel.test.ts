import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { openMachinesHouse, type TestMachine, type TestMachines } from '../../faults/machines/house.ts'
import { openStore } from '../../src/store/store.ts'
import { type Discord, startDiscord } from '../support/discord/server.ts'
import { CHANNEL } from '../support/discord/world.ts'
import { noPostgres, startPostgres, type TestPostgres } from '../support/postgres.ts'
import { type SlackServer, startSlack } from '../support/slack/server.ts'

const asking = (title: string) =>
  `## Task 1: ${title}\n**Claude Instruction:**\nrehearse: ask "Which one for ${title}?" Left|Right\nrehearse: say done\n`
const SOON = { timeout: 60_000, interval: 100 }

/** A channel that several machines share, as its person sees it. */
interface Channel {
  env: string
  config: string
  surface: 'slack' | 'discord'
  /** All messages. */
  sees: () => { text: string; buttons: unknown[] }[]
  /** Taps the button of the ask with these words. */
  tap: (words: string, button: string) => Promise<void>
  write: (text: string) => Promise<void>
  /** How many connections hear it now. */
  listeners: () => number
  close: () => Promise<void>
}

async function onSlack(): Promise<Channel> {
  const slack: SlackServer = await startSlack()
  const anna = slack.person({ id: 'UANNA', name: 'Anna' })
  slack.channel('C1', ['UANNA'])
  return {
    surface: 'slack',
    env: `SLACK_BOT_TOKEN=${slack.world.botToken}\nSLACK_APP_TOKEN=${slack.world.appToken}\nSLACK_API_URL=${slack.apiUrl}\n`,
    config: 'slack: {channel: C1, users: [UANNA]}\n',
    sees: () => anna.sees('C1'),
    tap: async (words, button) => {
      const ask = anna.sees('C1').find(({ text, buttons }) => buttons.length > 0 && text.includes(words))
      await anna.taps('C1', ask?.ts ?? '', button)
    },
    write: async (text) => void anna.writes('C1', text),
    listeners: () => slack.events.lines() / 2,
    close: () => slack.close(),
  }
}

async function onDiscord(): Promise<Channel> {
  const discord: Discord = await startDiscord({ mayReadContent: true })
  const id = '470000000000000011'
  const anna = discord.person({ id, name: 'Anna' })
  return {
    surface: 'discord',
    env: `DISCORD_TOKEN=${discord.token}\nDISCORD_API_URL=${discord.api}\n`,
    config: `discord: {channel: "${CHANNEL}", users: ["${id}"]}\n`,
    sees: () => [...discord.world.channels.values()].flatMap((one) => anna.sees(one.id)),
    tap: async (_, button) => {
      await anna.taps(button).answer()
    },
    write: async (text) => void anna.says(text),
    listeners: () => discord.gateway.listeners(),
    close: () => discord.close(),
  }
}

describe.skipIf(noPostgres !== undefined).each([
  ['Slack', onSlack],
  ['Discord', onDiscord],
] as const)(`two machines with one channel on %s${noPostgres ? ` (skipped: ${noPostgres})` : ''}`, (_, open) => {
  let postgres: TestPostgres
  let house: TestMachines
  let channel: Channel
  let url = ''
  const machines: TestMachine[] = []
  const named = (name: string) => machines.find((one) => one.name === name) as TestMachine
  const hearer = () => postgres.query(url, 'SELECT machine FROM baton.hearer')
  const other = () => named(hearer() === 'one' ? 'two' : 'one')
  const asked = (words: string) => () =>
    channel.sees().filter(({ text, buttons }) => buttons.length > 0 && text.includes(`Which one for ${words}?`)).length

  beforeAll(async () => {
    postgres = startPostgres()
    url = postgres.createDatabase()
    channel = await open()
    house = openMachinesHouse(url)
    for (const name of ['one', 'two'])
      machines.push(
        await house.start(name, {
          ...{ env: channel.env, config: channel.config },
          // The channel knows Baton.
          prepare: (stateDir) => {
            const store = openStore(stateDir)
            store.setMeta(`${channel.surface}:since`, 0)
            store.close()
          },
        }),
      )
  }, 180_000)
  afterAll(async () => {
    await house?.close()
    await channel?.close()
    postgres?.remove()
    machines.splice(0)
  })
  afterEach(() => expect(channel.listeners()).toBeLessThanOrEqual(1))

  it('hear it once, and a tap reaches the machine that asks', async () => {
    await expect.poll(() => postgres.query(url, 'SELECT count(*) FROM baton.machine'), SOON).toBe('2')
    await expect.poll(hearer, SOON).not.toBe('')
    await expect.poll(channel.listeners, SOON).toBe(1)
    const { name, home } = other()
    home.write('tasks/far.md', asking('far'))
    const following = house.call(home, ['tasks', 'tasks/far.md', '--on', name])
    // By the machine that asks, and by no other.
    await expect.poll(asked('far'), SOON).toBe(1)
    await channel.tap('Which one for far?', 'Left')
    const { code, out } = await following
    expect(out).toContain(`Finished on ${name}: 1 of 1 tasks done`)
    expect(code).toBe(0)
  }, 120_000)

  it('are heard by the other one when the one that hears is killed, with what was written meanwhile', async () => {
    const first = named(hearer())
    const second = other()
    second.home.write('tasks/late.md', asking('late'))
    const following = house.call(second.home, ['tasks', 'tasks/late.md', '--on', second.name])
    await expect.poll(asked('late'), SOON).toBe(1)
    first.daemon.kill('SIGKILL')
    await first.daemon.ended
    await expect.poll(channel.listeners, SOON).toBe(0)
    // Nobody listens: what is written now is read by whoever hears next.
    await channel.write('!status')
    await channel.write('!help')
    const before = channel.sees().length
    await expect.poll(hearer, SOON).toBe(second.name)
    await expect.poll(channel.listeners, SOON).toBe(1)
    await expect.poll(() => channel.sees().length, SOON).toBe(before + 2)
    await channel.tap('Which one for late?', 'Right')
    expect((await following).code).toBe(0)
    // The first one is back, reads the same, and answers nothing of it again.
    const helped = () => channel.sees().filter(({ text }) => text.includes('Baton works through your list')).length
    await first.again()
    second.daemon.kill('SIGTERM')
    await second.daemon.ended
    await expect.poll(hearer, SOON).toBe(first.name)
    await expect.poll(channel.listeners, SOON).toBe(1)
    const later = channel.sees().length
    await channel.write('!status')
    await expect.poll(() => channel.sees().length, SOON).toBeGreaterThan(later + 1)
    expect(helped()).toBe(1)
  }, 180_000)

  it('show what a machine asks that has no access to it, and take the answer there', async () => {
    const { home } = await house.start('three')
    home.write('tasks/bare.md', asking('bare'))
    const following = house.call(home, ['tasks', 'tasks/bare.md', '--on', 'three'])
    await expect.poll(asked('bare'), SOON).toBe(1)
    await channel.tap('Which one for bare?', 'Left')
    const { code, out } = await following
    expect(out).toContain('Finished on three: 1 of 1 tasks done')
    expect(code).toBe(0)
    const texts = () => channel.sees().map(({ text }) => text)
    await expect.poll(() => texts().filter((text) => /three: main done/.test(text)).length, SOON).toBe(1)
    // Who decided it, where it was asked.
    await expect
      .poll(() => texts().filter((text) => /Which one for bare\?.*Answered.*Anna/s.test(text)).length, SOON)
      .toBe(1)
  }, 120_000)
})
