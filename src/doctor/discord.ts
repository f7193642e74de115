import type { Secrets } from '../config/secrets.ts'
import type { Config } from '../config/types.ts'
import {
  askDiscord,
  type DiscordRequest,
  inviteLink,
  MAY_READ_CONTENT,
  PERMISSIONS_THERE,
} from '../discord/setup-api.ts'
import { type DoctorCheck, named } from './check.ts'

interface Application {
  id: string
  flags?: number
  bot?: { id: string; username: string }
}
interface Channel {
  name?: string
  guild_id?: string
  permission_overwrites?: { id: string; allow: string; deny: string }[]
}

/** Whether the bot can be reached, may do in its channel what it has to, and obeys anybody. */
export async function checkDiscord(
  { discordToken: token, discordApiUrl: apiUrl }: Pick<Secrets, 'discordToken' | 'discordApiUrl'>,
  { discord: { channel, users }, roles }: Pick<Config, 'discord' | 'roles'>,
  fetchIt: typeof fetch,
): Promise<DoctorCheck[]> {
  const check = named('discord', { needed: false })
  if (!token) {
    if (channel === undefined && users.length === 0) return []
    return [check.fail('config.yaml has `discord`, but DISCORD_TOKEN is not set', 'Set it in .env, or run baton init.')]
  }
  const request = { token, apiUrl, fetch: fetchIt }
  const found = await askDiscord<Application>(request, '/applications/@me')
  if ('unreachable' in found)
    return [check.warn(`cannot be reached: ${found.unreachable}`, 'Check the network, or DISCORD_API_URL.')]
  if ('refused' in found)
    return [
      check.fail('the token is not valid', 'Copy a new one from the Bot page of discord.com/developers into .env.'),
    ]
  const { id, flags = 0, bot } = found.result
  const name = `@${bot?.username ?? 'the bot'}`
  const isReading = (flags & MAY_READ_CONTENT) !== 0
  const own = isReading
    ? check.ok(name)
    : check.ok(`${name}; it reads what is written to it, with a mention, as a reply or in private`)
  const isNobody =
    users.length === 0 &&
    !Object.values(roles)
      .flat()
      .some((one) => one.startsWith('discord'))
  const who = named('discord users', { needed: false })
  return [
    own,
    ...(channel === undefined ? [] : [await checkChannel(request, { channel, id, botId: bot?.id ?? id })]),
    isNobody
      ? who.warn('nobody is allowed to use the bot yet', `Write to ${name}: it replies with your id for discord.users.`)
      : who.ok(users.length > 0 ? `${users.length} allowed` : 'the members of `roles`'),
  ]
}

async function checkChannel(
  request: DiscordRequest,
  { channel, id, botId }: { channel: string; id: string; botId: string },
): Promise<DoctorCheck> {
  const check = named('discord channel', { needed: false })
  const invite = `Let the bot in: ${inviteLink(id)}`
  const found = await askDiscord<Channel>(request, `/channels/${channel}`)
  if ('unreachable' in found) return check.warn(`cannot be checked: ${found.unreachable}`)
  if ('refused' in found) return check.fail(`the bot cannot see the channel ${channel}`, invite)
  const { guild_id: guildId, name = channel } = found.result
  if (guildId === undefined)
    return check.fail(`${channel} is not a channel of a server`, 'Right-click the channel to copy its id.')
  const menu = await askDiscord<unknown>(request, `/applications/${id}/guilds/${guildId}/commands`)
  if ('refused' in menu) return check.fail(`#${name}: the scope applications.commands is missing`, invite)
  const missing = await missingThere(request, found.result, { guildId, botId })
  return missing.length > 0 ? check.fail(`#${name}: the bot lacks ${missing.join(', ')}`, invite) : check.ok(`#${name}`)
}

const ADMINISTRATOR = 1n << 3n

/** The permissions that the bot's roles and the channel leave it without, as Discord computes them. */
async function missingThere(
  request: DiscordRequest,
  { permission_overwrites: overwrites = [] }: Channel,
  { guildId, botId }: { guildId: string; botId: string },
): Promise<string[]> {
  const [guild, member] = await Promise.all([
    askDiscord<{ roles: { id: string; permissions: string }[] }>(request, `/guilds/${guildId}`),
    askDiscord<{ roles: string[] }>(request, `/guilds/${guildId}/members/${botId}`),
  ])
  if (!('result' in guild) || !('result' in member)) return []
  const own = [guildId, ...member.result.roles]
  let has = guild.result.roles
    .filter(({ id }) => own.includes(id))
    .reduce((all, { permissions }) => all | BigInt(permissions), 0n)
  if ((has & ADMINISTRATOR) !== 0n) return []
  const change = (those: typeof overwrites) => {
    for (const { deny } of those) has &= ~BigInt(deny)
    for (const { allow } of those) has |= BigInt(allow)
  }
  change(overwrites.filter(({ id }) => id === guildId))
  change(overwrites.filter(({ id }) => member.result.roles.includes(id)))
  change(overwrites.filter(({ id }) => id === botId))
  return PERMISSIONS_THERE.filter(([, bit]) => (has & bit) === 0n).map(([name]) => name)
}
