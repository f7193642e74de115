import type { Secrets } from '../config/secrets.ts'
import { networkCode } from '../network-errors.ts'
import { type DoctorCheck, named } from './check.ts'

const TELEGRAM = 'https://api.telegram.org'
const PATIENCE_MS = 8_000

export type BotFound = { username: string } | { refused: true } | { unreachable: string }

/** Asks the Bot API who this token is. Never throws, and never repeats the token. */
export async function getMe(token: string, apiRoot: string | undefined, fetchIt: typeof fetch): Promise<BotFound> {
  const answer = await call<{ username: string }>('getMe', token, apiRoot, fetchIt)
  return 'result' in answer ? { username: answer.result.username } : answer
}

async function call<T>(
  method: string,
  token: string,
  apiRoot: string | undefined,
  fetchIt: typeof fetch,
): Promise<{ result: T } | Exclude<BotFound, { username: string }>> {
  try {
    const response = await fetchIt(`${apiRoot ?? TELEGRAM}/bot${token}/${method}`, {
      signal: AbortSignal.timeout(PATIENCE_MS),
    })
    const body = (await response.json()) as { ok?: boolean; result?: T }
    if (body.ok && body.result !== undefined) return { result: body.result }
    // 404 is Telegram's answer to a token that has not even the right form.
    return response.status === 401 || response.status === 404
      ? { refused: true }
      : { unreachable: `it answered ${response.status}` }
  } catch (error) {
    return { unreachable: networkCode(error) }
  }
}

export async function checkTelegram(secrets: Secrets, fetchIt: typeof fetch): Promise<DoctorCheck[]> {
  const check = named('telegram', { needed: false })
  const { telegramBotToken: token, telegramApiRoot: apiRoot, telegramAllowedUsers: users } = secrets
  // Whoever has another chat misses nothing.
  if (!token && (secrets.slackBotToken || secrets.discordToken)) return [check.ok('not used')]
  if (!token)
    return [
      check.warn(
        'no bot: TELEGRAM_BOT_TOKEN is not set',
        'baton init (npm run init in a clone) sets it up in a few minutes.',
      ),
    ]
  const found = await getMe(token, apiRoot, fetchIt)
  if ('refused' in found)
    return [check.fail('the token is not valid', 'Get it from @BotFather again, or run baton init.')]
  if ('unreachable' in found)
    return [check.warn(`cannot be reached: ${found.unreachable}`, 'Check the network, or TELEGRAM_API_ROOT.')]

  const webhook = await call<{ url?: string }>('getWebhookInfo', token, apiRoot, fetchIt)
  const taken = 'result' in webhook && webhook.result.url
  const bot = taken
    ? check.warn(
        `@${found.username}, but another program receives its messages through a webhook`,
        'Create a separate bot for Baton.',
      )
    : check.ok(`@${found.username}`)
  const who = named('users', { needed: false })
  const allowed =
    users.length > 0
      ? who.ok(`${users.length} allowed`)
      : who.warn(
          'nobody is allowed to use the bot yet',
          `Write to @${found.username} while Baton is running; it will reply with your id for TELEGRAM_ALLOWED_USERS.`,
        )
  return [bot, allowed]
}
