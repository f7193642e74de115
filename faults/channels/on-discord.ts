import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { startDiscord } from '../../test/support/discord/server.ts'
import { BOT, CHANNEL } from '../../test/support/discord/world.ts'
import { earlyOnes, type ShownPost, type StartPlatform } from './platform.ts'

/** The stand-in of Discord. */
export const startOnDiscord: StartPlatform = async (weather) => {
  const discord = await startDiscord({ faults: weather, heartbeatMs: 1_000 })
  const { world, gateway } = discord
  const interactions = () => [...world.interactions.values()]
  return {
    surface: 'discord',
    env: `DISCORD_TOKEN=${discord.token}\nDISCORD_API_URL=${discord.api}\n`,
    config: (userIds) =>
      `discord: {channel: "${CHANNEL}", users: [${userIds.map((id) => JSON.stringify(id)).join(', ')}]}\n`,
    secret: discord.token,
    known: 'discord:since',
    ids: { anna: '470000000000000011', mallory: '660000000000000066' },
    person: (who) => {
      const person = discord.person(who)
      const shown = ({ id, channel, text, byBot, buttons }: ReturnType<typeof person.sees>[number]): ShownPost => ({
        ...{ id, channel, text, byBot },
        buttons: buttons.map(({ data }) => data),
      })
      return {
        ...who,
        sees: () =>
          [CHANNEL, ...person.threads().map(({ id }) => id)].flatMap((channel) => person.sees(channel)).map(shown),
        taps: ({ id, channel }, data) => void person.forges(id, data, channel),
        writes: (text, to) => void person.says(text, to && { channel: to.channel, replyTo: to.id }),
        asks: (words) => void person.says(`<@${BOT}> ${words}`),
        writesInPrivate: (text) => void person.says(text, { channel: person.direct() }),
        approvesBySign: ({ id, channel }) => person.reacts(id, '👍', channel),
        commands: (words) => {
          const [verb = '', ...rest] = words.split(' ')
          person.commands(verb, rest.length > 0 ? { files: rest.join(' ') } : {})
        },
      }
    },
    isReady: () => world.commands.length > 0,
    isHeard: gateway.isConnected,
    hasGap: ({ stateDir }) => {
      const db = new DatabaseSync(join(stateDir, 'baton.db'), { readOnly: true, timeout: 1_000 })
      try {
        const found = db.prepare("SELECT json FROM meta WHERE key = 'discord:unread'").get()
        return found !== undefined && found.json !== 'null'
      } finally {
        db.close()
      }
    },
    begin: async (outage, random) => {
      if (outage === 'cut') gateway.drop()
      if (outage === 'closed') gateway.drop(random.pick([1000, 4000, 4007, 4009]))
      if (outage === 'asked') gateway.askToReconnect()
      if (outage === 'frozen') gateway.freeze(true)
      if (outage === 'away') await discord.away()
    },
    end: async (outage) => {
      if (outage === 'away') await discord.back()
      gateway.freeze(false)
    },
    forget: gateway.forget,
    posts: () =>
      [...world.channels.values()]
        .flatMap(({ messages }) => messages)
        .filter(({ author, deleted }) => author.bot && !deleted)
        .map(({ id, channel_id: channel, content, embeds, components }) => ({
          ...{ id, channel, byBot: true },
          text: [content, ...embeds.map((one) => one.description ?? '')].join('\n'),
          buttons: components.flatMap((row) => row.components.map((part) => String(part.custom_id))),
        })),
    everything: () =>
      JSON.stringify([
        [...world.channels.values()].map(({ name, messages }) => [name, messages.filter(({ author }) => author.bot)]),
        [...world.files.values()].map(String),
        interactions().map(({ response, followUps }) => [response, followUps]),
        world.commands,
      ]),
    // Who taps sees that it was in vain; that alone is said.
    toldTo: (personId) =>
      interactions()
        .filter(({ userId }) => userId === personId)
        .flatMap(({ response, followUps }) => [response?.data?.content, ...followUps.map(({ content }) => content)])
        .filter((text) => text !== undefined)
        .map(String)
        .filter((text) => !text.startsWith('You are not among those')),
    earlyPosts: () =>
      earlyOnes(
        discord.calls.map(({ method, path, at, status, retryAfterMs }) => ({
          ...{ key: `${method} ${path}`, at, isPost: method === 'POST' },
          retryAfterMs: status === 429 ? retryAfterMs : undefined,
        })),
      ),
    counts: () => ({ identifies: gateway.counts.identifies, resumes: gateway.counts.resumes }),
    close: discord.close,
  }
}
