import type { Prompter } from './dialogue.ts'
import type { InitFlags } from './flags.ts'

/** Asks the Bot API whose token this is. */
export type GetMe = (
  token: string,
  apiRoot: string | undefined,
) => Promise<{ username: string } | { refused: true } | { unreachable: string }>

export interface Bot {
  token: string
  /** Absent: it could not be asked. */
  username?: string
}

const TRIES = 5

/**
 * The bot to use: of the flag, as stored, or as typed, and asked who it is. Undefined: none is wanted. `refused`: the
 * flag's token is not valid. `ended`: the conversation broke off.
 */
export async function askToken(options: {
  flags: InitFlags
  talk: Prompter
  apiRoot: string | undefined
  stored: string | undefined
  getMe: GetMe
}): Promise<Bot | undefined | 'refused' | 'ended'> {
  const { flags, talk, apiRoot, stored, getMe } = options
  const given = flags.token ?? stored
  if (given) {
    const bot = await check(given, options)
    if (bot) return bot
    if (flags.yes || flags.token) return 'refused'
  } else if (flags.yes) return undefined

  if (!given) {
    const isFirst = flags.slack || flags.discord
    if (isFirst) talk.say('\nTelegram comes first; without it, press Enter.')
    talk.say('\nTo get your own bot, open @BotFather in Telegram, send /newbot, and copy the token it gives you.')
  }
  for (let turn = 0; turn < TRIES; turn++) {
    const typed = await talk.ask('Bot token (Enter to skip):')
    if (typed === undefined) return 'ended'
    if (typed === '') return undefined
    const bot = await check(typed, { talk, apiRoot, getMe })
    if (bot) return bot
  }
  return 'refused'
}

async function check(
  token: string,
  { talk, apiRoot, getMe }: { talk: Prompter; apiRoot: string | undefined; getMe: GetMe },
): Promise<Bot | undefined> {
  const found = await getMe(token, apiRoot)
  if ('username' in found) {
    talk.say(`The token belongs to @${found.username}.`)
    return { token, username: found.username }
  }
  if ('refused' in found) {
    talk.say('Telegram does not know this token.')
    return undefined
  }
  talk.say(`Telegram cannot be reached (${found.unreachable}); the token is used unchecked.`)
  return { token }
}
