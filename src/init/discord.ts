import { hostname } from 'node:os'
import { askDiscord, type DiscordRequest, inviteLink, MAY_READ_CONTENT } from '../discord/setup-api.ts'
import { askForId, CHANNEL_QUESTION, type ChatOfferPorts, openChatSection, TRIES_OF_CHAT } from './chat-section.ts'
import type { Prompter } from './dialogue.ts'

const STEPS = `
To get a bot on Discord: open discord.com/developers, press New Application, then on its Bot page press Reset Token.
“Message Content Intent” on that page lets it also read replies in threads without a mention.`
const ID = { form: /^\d{15,20}$/, otherwise: 'That is not a Discord id: those have 17 to 20 digits.' }

/** Sets up Discord where it is wanted: checks the token, prints the link that lets the bot in, and greets. Keeps what config.yaml says already. Gives what to do there once Baton runs. */
export async function offerDiscord(ports: ChatOfferPorts, talk: Prompter): Promise<string | undefined> {
  const section = openChatSection('discord', ports, talk)
  if (!section) return undefined
  const { place, fetch } = ports
  const apiUrl = section.variable('DISCORD_API_URL')
  const bot = await askBot({ given: section.variable('DISCORD_TOKEN'), apiUrl, fetch }, talk)
  if (!bot) return leftOut(talk)
  talk.say(`Somebody who manages your server opens this link and lets the bot in:\n  ${inviteLink(bot.id)}`)
  talk.say('To copy an id, turn on Developer Mode (Settings, Advanced), then right-click.')
  const channel = await askForId({ question: CHANNEL_QUESTION, ...ID }, talk)
  const user = await askForId({ question: 'Your own id:', ...ID }, talk)
  // A number of this length would not survive in YAML.
  const written = (id: string | undefined) => (id === undefined ? undefined : `"${id}"`)
  await section.write({ channel: written(channel), users: written(user) ?? '' }, { DISCORD_TOKEN: bot.token })
  const isGreeted = await greet({ token: bot.token, apiUrl, fetch }, { channel, user, home: place.home })
  talk.say(
    isGreeted ? 'The bot has just written there.' : 'The bot could not write there yet: let it in, then see doctor.',
  )
  return 'on Discord, pick /start from the menu where the bot writes: it greets you and starts nothing'
}

function leftOut(talk: Prompter): undefined {
  talk.say('Discord was left out; run init again for it.')
}

async function askBot(
  { given, ...server }: { given: string | undefined; apiUrl: string | undefined; fetch: typeof fetch },
  talk: Prompter,
): Promise<{ token: string; id: string } | undefined> {
  if (!given) talk.say(STEPS)
  for (let turn = 0; turn < TRIES_OF_CHAT; turn++) {
    const token = turn === 0 && given ? given : await talk.ask("Discord's bot token (Enter to skip):")
    if (!token) return undefined
    const found = await askDiscord<{ id: string; flags?: number; bot?: { username: string } }>(
      { token, ...server },
      '/applications/@me',
    )
    if ('result' in found) {
      talk.say(`The token belongs to @${found.result.bot?.username ?? found.result.id}.`)
      const { id, flags = 0 } = found.result
      talk.say(
        (flags & MAY_READ_CONTENT) !== 0
          ? 'Message Content Intent is on: replies in threads need no mention.'
          : 'Message Content Intent is off: it reads what is written to it with a mention, as a reply or in private, and that is enough.',
      )
      return { token, id }
    }
    talk.say(
      'refused' in found ? 'Discord does not know this token.' : `Discord cannot be reached: ${found.unreachable}.`,
    )
  }
  return undefined
}

async function greet(
  request: DiscordRequest,
  { channel, user, home }: { channel: string | undefined; user: string | undefined; home: string },
): Promise<boolean> {
  let to = channel
  if (to === undefined && user !== undefined) {
    const opened = await askDiscord<{ id: string }>(request, '/users/@me/channels', { recipient_id: user })
    to = 'result' in opened ? opened.result.id : undefined
  }
  if (to === undefined) return false
  const content = `👋 Baton is set up on ${hostname()}, in ${home.replace(/[\\`*_~|<>@#]/g, '\\$&')}. Nothing runs yet.`
  const body = { content, allowed_mentions: { parse: [] } }
  return 'result' in (await askDiscord(request, `/channels/${to}/messages`, body))
}
