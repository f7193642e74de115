import { hostname } from 'node:os'
import { join } from 'node:path'
import writeFileAtomic from 'write-file-atomic'
import { readEnvText } from '../config/env-file.ts'
import { askDiscord, type DiscordRequest, inviteLink, MAY_READ_CONTENT } from '../discord/setup-api.ts'
import type { Prompter } from './dialogue.ts'
import { textOf, writeEnv } from './files.ts'
import type { InitFlags } from './flags.ts'
import type { ServicePlace } from './systemd-unit.ts'

interface OfferPorts {
  flags: InitFlags
  place: ServicePlace
  env: NodeJS.ProcessEnv
  fetch: typeof fetch
}

const STEPS = `
To get a bot on Discord: open discord.com/developers, press New Application, then on its Bot page press Reset Token.
“Message Content Intent” on that page lets it also read replies in threads without a mention.`
const ID = /^\d{15,20}$/
const TRIES = 3

/** Sets up Discord where it is wanted: checks the token, prints the link that lets the bot in, and greets. Keeps what config.yaml says already. */
export async function offerDiscord({ flags, place, env, fetch }: OfferPorts, talk: Prompter): Promise<void> {
  const { home } = place
  const file = join(home, 'config.yaml')
  const text = textOf(file)
  if (flags.yes || !flags.discord) return
  if (/^discord:/m.test(text)) return talk.say('config.yaml has `discord` already; it is kept as it is.')
  const stored = readEnvText(textOf(join(home, '.env'))).values
  const apiUrl = env.DISCORD_API_URL || stored.DISCORD_API_URL || undefined
  const bot = await askBot({ given: env.DISCORD_TOKEN || stored.DISCORD_TOKEN, apiUrl, fetch }, talk)
  if (!bot) return talk.say('Discord was left out; run init again for it.')
  talk.say(`Somebody who manages your server opens this link and lets the bot in:\n  ${inviteLink(bot.id)}`)
  talk.say('Ids are copied by a right click, once Developer Mode is switched on (Settings, Advanced).')
  const channel = await askId('Id of the channel for it (Enter: it writes to you in private):', talk)
  const user = await askId('Your own id:', talk)
  const users = user === undefined ? '[]' : `["${user}"]`
  const where = channel === undefined ? '' : `\n  channel: "${channel}"`
  await writeFileAtomic(file, `${text.replace(/\n*$/, '\n')}\ndiscord:${where}\n  users: ${users}\n`)
  await writeEnv(home, { DISCORD_TOKEN: bot.token })
  const isGreeted = await greet({ token: bot.token, apiUrl, fetch }, { channel, user, home })
  talk.say(
    isGreeted ? 'The bot has just written there.' : 'The bot could not write there yet: let it in, then see doctor.',
  )
}

async function askBot(
  { given, ...server }: { given: string | undefined; apiUrl: string | undefined; fetch: typeof fetch },
  talk: Prompter,
): Promise<{ token: string; id: string } | undefined> {
  if (!given) talk.say(STEPS)
  for (let turn = 0; turn < TRIES; turn++) {
    const token = turn === 0 && given ? given : await talk.ask('Bot token (Enter to skip):')
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

async function askId(question: string, talk: Prompter): Promise<string | undefined> {
  for (let turn = 0; turn < TRIES; turn++) {
    const typed = await talk.ask(question)
    if (!typed) return undefined
    if (ID.test(typed)) return typed
    talk.say('That is no id of Discord: it has 17 to 20 digits.')
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
