import { REST } from '@discordjs/rest'
import { ActionRowBuilder, ButtonBuilder, ButtonStyle, Client, Events, GatewayIntentBits, Partials } from 'discord.js'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { type Discord, startDiscord } from '../support/discord/server.ts'
import { APPLICATION, CHANNEL, GUILD } from '../support/discord/world.ts'

// The stand-in is held to Discord by the library that most bots are made with, and refuses what Discord refuses.

let discord: Discord
beforeEach(async () => {
  discord = await startDiscord()
})
afterEach(() => discord.close())

test('discord.js connects, hears, answers, and its buttons are tapped', async () => {
  const anna = discord.person({ id: '470000000000000011', name: 'Anna' })
  const client = new Client({
    intents: [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMessages, GatewayIntentBits.DirectMessages],
    partials: [Partials.Channel],
    rest: { api: discord.api },
  })
  const tapped = Promise.withResolvers<string>()
  client.on(Events.MessageCreate, async (message) => {
    if (message.author.bot) return
    const button = new ButtonBuilder().setCustomId('a:approve').setLabel('Approve').setStyle(ButtonStyle.Success)
    await message.reply({
      content: '**Sure?**',
      components: [new ActionRowBuilder<ButtonBuilder>().addComponents(button)],
      allowedMentions: { parse: [] },
    })
  })
  client.on(Events.InteractionCreate, async (interaction) => {
    if (!interaction.isButton()) return
    await interaction.update({ content: 'Approved', components: [] })
    tapped.resolve(interaction.customId)
  })
  await client.login(discord.token)
  await expect.poll(() => client.isReady(), { interval: 10 }).toBe(true)
  const asked = anna.says('hello <@900000000000000003>', { channel: anna.direct() })
  await expect
    .poll(() => anna.sees(anna.direct()), { interval: 10 })
    .toMatchObject([
      { id: asked.id },
      { text: 'Sure?', buttons: [{ text: 'Approve', data: 'a:approve' }], repliesTo: asked.id },
    ])
  const tap = anna.taps('Approve')
  expect(await tapped.promise).toBe('a:approve')
  expect(tap.interaction.response).toMatchObject({ type: 7 })
  await client.rest.put(`/applications/${APPLICATION}/guilds/${GUILD}/commands`, {
    body: [{ name: 'status', description: 'What runs' }],
  })
  expect(discord.world.commands).toHaveLength(1)
  await client.destroy()
})

describe('it refuses as Discord does', () => {
  const rest = () => new REST({ version: '10', api: discord.api, retries: 0 }).setToken(discord.token)
  const post = (body: object) => rest().post(`/channels/${CHANNEL}/messages`, { body })
  const button = (custom_id: string, label = 'x') => ({ type: 2, style: 1, label, custom_id })

  test.each([
    [{ content: 'x'.repeat(2_001) }, 50_035, 'Must be 2000 or fewer in length.'],
    [{ content: '  ' }, 50_006, 'Cannot send an empty message'],
    [{ embeds: [{ description: 'x'.repeat(4_097) }] }, 50_035, 'Must be 4096 or fewer in length.'],
    [
      { embeds: [{ description: 'x'.repeat(4_000) }, { description: 'x'.repeat(2_001) }] },
      50_035,
      'MAX_EMBED_SIZE_EXCEEDED',
    ],
    [{ content: 'x', components: [{ type: 1, components: [button('a'), button('a')] }] }, 50_035, 'duplicated'],
    [{ content: 'x', components: [{ type: 1, components: [button('y'.repeat(101))] }] }, 50_035, '100 or fewer'],
    [{ content: 'x', components: Array(6).fill({ type: 1, components: [button('a')] }) }, 50_035, 'between 0 and 5'],
    [{ content: 'x', nonce: 'y'.repeat(26) }, 50_035, '25 or fewer'],
    [{ content: 'x', flags: 1 << 6 }, 50_035, 'BITFIELD_NOT_ALLOWED'],
    [{ content: 'x', allowed_mentions: { parse: ['users'], users: ['1'] } }, 50_035, 'mutually exclusive'],
    [{ content: 'x', message_reference: { message_id: '1' } }, 50_035, 'Unknown message'],
  ])('%#', async (body, code, words) => {
    const error = await post(body).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code })
    expect(JSON.stringify((error as { rawError: object }).rawError)).toContain(words)
  })

  test('one message of two with the same enforced nonce, and two without', async () => {
    const once = { content: 'x', nonce: 'n1', enforce_nonce: true }
    expect(await post(once)).toEqual(await post(once))
    await post({ content: 'x', nonce: 'n1' })
    expect(discord.world.channel(CHANNEL).messages).toHaveLength(2)
  })

  test('more posts than a channel takes, with how long to wait', async () => {
    await discord.close()
    discord = await startDiscord({ pace: { count: 2, withinMs: 60_000 } })
    const headers = { Authorization: `Bot ${discord.token}`, 'Content-Type': 'application/json' }
    const call = () =>
      fetch(`${discord.api}/v10/channels/${CHANNEL}/messages`, { method: 'POST', headers, body: '{"content":"x"}' })
    expect((await call()).headers.get('x-ratelimit-remaining')).toBe('1')
    await call()
    const refused = await call()
    expect([refused.status, await refused.json()]).toMatchObject([
      429,
      { retry_after: expect.any(Number), global: false },
    ])
  })

  test('an answer that comes twice, late, or to nothing', async () => {
    const anna = discord.person({ id: '470000000000000011', name: 'Anna' })
    await post({ content: 'x', components: [{ type: 1, components: [button('a', 'Yes')] }] })
    const { interaction } = anna.taps('Yes')
    const answer = (id: string) =>
      rest().post(`/interactions/${id}/${interaction.token}/callback`, { body: { type: 6 }, auth: false })
    await answer(interaction.id)
    await expect(answer(interaction.id)).rejects.toMatchObject({ code: 40_060 })
    await expect(answer('1')).rejects.toMatchObject({ code: 10_062 })
    const late = anna.taps('Yes').interaction
    late.at -= 3_001
    await expect(
      rest().post(`/interactions/${late.id}/${late.token}/callback`, { body: { type: 6 }, auth: false }),
    ).rejects.toMatchObject({ code: 10_062 })
  })

  test.each([
    [4004, { op: 2, d: { token: 'wrong', intents: 1 } }],
    [4013, { op: 2, d: { token: undefined, intents: 1 << 28 } }],
    [4014, { op: 2, d: { token: undefined, intents: 1 << 15 } }],
    [4003, { op: 3, d: {} }],
    [4002, undefined],
  ])('the gateway closes with %i', async (code, payload) => {
    const socket = new WebSocket(`${discord.root.replace('http', 'ws')}/gateway/?v=10&encoding=json`)
    const closed = new Promise<number>((resolve) => socket.on('close', resolve))
    const token = payload && 'token' in payload.d ? (payload.d.token ?? discord.token) : undefined
    socket.on('open', () => socket.send(payload ? JSON.stringify({ ...payload, d: { ...payload.d, token } }) : '{'))
    expect(await closed).toBe(code)
  })
})

test('a session that is resumed while its old connection still stands goes on with the new one', async () => {
  const heard: string[][] = [[], []]
  const connect = (nth: number, begin: object) => {
    const socket = new WebSocket(`${discord.root.replace('http', 'ws')}/gateway/?v=10&encoding=json`)
    socket.on('open', () => socket.send(JSON.stringify(begin)))
    socket.on('message', (data) => {
      const { t, d } = JSON.parse(String(data)) as { t: string | null; d: { session_id?: string; id?: string } }
      heard[nth]?.push(t === 'READY' ? String(d.session_id) : String(t))
    })
    return socket
  }
  const intents = 1 | (1 << 9)
  const old = connect(0, { op: 2, d: { token: discord.token, intents } })
  await expect.poll(() => heard[0]?.at(-1), { interval: 5 }).toBe('GUILD_CREATE')
  const isClosed = new Promise((resolve) => old.on('close', resolve))
  connect(1, { op: 6, d: { token: discord.token, session_id: heard[0]?.[1], seq: 2 } })
  await isClosed
  await expect.poll(() => heard[1]?.at(-1), { interval: 5 }).toBe('RESUMED')
  const anna = discord.person({ id: '470000000000000011', name: 'Anna' })
  for (let i = 0; i < 10; i++) {
    anna.says(`there? ${i}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  await expect.poll(() => heard[1]?.filter((t) => t === 'MESSAGE_CREATE').length, { interval: 5 }).toBe(10)
})
