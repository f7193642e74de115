import { expect, test } from 'vitest'
import { createChannels } from '../../src/discord/channels.ts'
import { connectDiscord } from '../../src/discord/connection.ts'
import { createTaps } from '../../src/discord/taps.ts'
import { createDiscordTransport } from '../../src/discord/transport.ts'
import { transportContract } from '../contracts/transport.ts'
import type { Trouble } from '../support/bot-api/faults.ts'
import type { Heard } from '../support/discord/people.ts'
import { startDiscord } from '../support/discord/server.ts'
import { APPLICATION, CHANNEL } from '../support/discord/world.ts'

const CALLS = { send: 'post message', edit: 'patch message' }
const ANNA = '470000000000000011'
const TROUBLES: Record<'lost' | 'busy' | 'form', Trouble> = {
  lost: { kind: 'reset', when: 'after' },
  busy: { kind: 'flood', retryAfterS: 0.2 },
  form: { kind: 'status', code: 400, description: 'Invalid Form Body' },
}

transportContract('discord', async () => {
  const discord = await startDiscord()
  const anna = discord.person({ id: ANNA, name: 'Anna' })
  const connect = (apiUrl: string) => {
    const connection = connectDiscord({ token: discord.token, apiUrl })
    const taps = createTaps(connection)
    return {
      taps,
      transport: createDiscordTransport({ connection, channels: createChannels(connection), taps, apiUrl }),
    }
  }
  const { taps, transport } = connect(discord.api)
  // Nobody listens at this port.
  const nowhere = connect('http://127.0.0.1:1/api').transport
  let next: 'there' | 'nowhere' | 'revoked' = 'there'
  const valid = discord.token
  const send: typeof transport.send = async (...call) => {
    const how = next
    next = 'there'
    if (how === 'nowhere') return nowhere.send(...call)
    if (how === 'revoked') discord.setToken('another')
    return transport.send(...call).finally(() => discord.setToken(valid))
  }
  const heard = new Map<string, Heard>()
  const forms = new Map<string, { title: string; text: string; data: string }>()
  return {
    transport: {
      ...transport,
      send,
      openForm: async (tapId, form) => {
        const isOpen = (await transport.openForm?.(tapId, form)) ?? false
        const seen = isOpen ? await heard.get(tapId)?.form() : undefined
        if (seen) forms.set(tapId, seen)
        return isOpen
      },
    },
    chatId: `dm:${ANNA}`,
    personId: ANNA,
    sharedChatId: '900000000000000002',
    secret: discord.token,
    seen: () =>
      anna.sees(anna.direct()).map(({ id, text, buttons, options, silent, repliesTo, files }) => ({
        ...{ id, text, silent, data: [...options, ...buttons].map(({ data }) => data) },
        ...(repliesTo !== undefined && { repliesTo }),
        ...(files[0] && { document: files[0] }),
      })),
    fail: (mishap, kind) => {
      if (mishap === 'unreached') next = 'nowhere'
      else if (mishap === 'revoked') next = 'revoked'
      else if (mishap === 'blocked') anna.blocks()
      else discord.faults.add({ methods: [CALLS[kind]], trouble: TROUBLES[mishap] })
    },
    removes: (id) => anna.deletes(id, anna.direct()),
    tap: (id, data) => {
      const tap = anna.forges(id, data, anna.direct())
      const { id: tapId, token } = tap.interaction
      heard.set(tapId, tap)
      taps.heard({ id: tapId, token, applicationId: APPLICATION, kind: 'button' })
      return { tapId, answer: tap.answer }
    },
    form: (tapId) => forms.get(tapId),
    showsWords: false,
    close: () => discord.close(),
  }
})

test('what belongs into a thread that is gone, was never begun or is closed is said in the channel', async () => {
  const discord = await startDiscord()
  const anna = discord.person({ id: ANNA, name: 'Anna' })
  const connection = connectDiscord({ token: discord.token, apiUrl: discord.api })
  const taps = createTaps(connection)
  const { send } = createDiscordTransport({ connection, channels: createChannels(connection), taps })
  const never = new AbortController().signal
  const say = (text: string, thread?: string) => {
    const message = { body: [text], silent: true }
    return send(CHANNEL, { message, ...(thread !== undefined && { thread }) }, 'full', never)
  }
  const [closed, gone, unbegun] = [await say('run 1'), await say('run 2'), await say('run 3')]
  for (const root of [closed, gone]) expect(await say('inside', root)).toContain(`@${root}`)
  discord.world.channel(closed).isClosed = true
  discord.world.channels.delete(gone)
  anna.deletes(unbegun)
  for (const [i, root] of [closed, gone, unbegun].entries()) await say(`still said ${i}`, root)
  const seen = anna.sees().map(({ text }) => text)
  expect(seen.slice(-3)).toEqual(['still said 0', 'still said 1', 'still said 2'])
  await discord.close()
})
