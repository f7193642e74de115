import type { Secrets } from '../config/secrets.ts'
import type { Config } from '../config/types.ts'
import { askSlack, BOT_SCOPES, type SlackRequest } from '../slack/setup-api.ts'
import { type DoctorCheck, named } from './check.ts'

const APPS = 'api.slack.com/apps'

/** Whether the app on Slack can be reached, may do what it has to, is in its channel, and obeys anybody. */
export async function checkSlack(
  {
    slackBotToken,
    slackAppToken,
    slackApiUrl: apiUrl,
  }: Pick<Secrets, 'slackBotToken' | 'slackAppToken' | 'slackApiUrl'>,
  { slack: { channel, users }, roles }: Pick<Config, 'slack' | 'roles'>,
  fetchIt: typeof fetch,
): Promise<DoctorCheck[]> {
  if (slackBotToken === undefined || slackAppToken === undefined) return []
  const request = (token: string): SlackRequest => ({ token, apiUrl, fetch: fetchIt })
  const who = named('slack users', { needed: false })
  const inRoles = Object.values(roles)
    .flat()
    .filter((member) => member.startsWith('slack'))
  const usesGroups = inRoles.some((member) => member.startsWith('slack-group:'))
  const [bot, app, there] = await Promise.all([
    checkBot(request(slackBotToken), usesGroups),
    checkApp(request(slackAppToken)),
    channel === undefined ? undefined : checkChannel(request(slackBotToken), channel),
  ])
  return [
    bot,
    app,
    ...(there ? [there] : []),
    users.length > 0 || inRoles.length > 0
      ? who.ok(users.length > 0 ? `${users.length} allowed` : 'the members of `roles`')
      : who.warn('nobody is allowed to use it yet', 'Put member ids into slack.users: in Slack under a profile, ⋮.'),
  ]
}

async function checkBot(request: SlackRequest, usesGroups: boolean): Promise<DoctorCheck> {
  const check = named('slack', { needed: false })
  const found = await askSlack<{ user: string; team: string }>(request, 'auth.test')
  if ('unreachable' in found)
    return check.warn(`cannot be reached: ${found.unreachable}`, 'Check the network, or SLACK_API_URL.')
  if ('refused' in found)
    return check.fail(
      `the bot token is not valid (${found.refused})`,
      `Copy it from OAuth & Permissions on ${APPS} into .env.`,
    )
  const wanted = [...BOT_SCOPES, ...(usesGroups ? ['usergroups:read'] : [])]
  const missing = wanted.filter((scope) => !found.scopes.includes(scope))
  if (missing.length > 0)
    return check.fail(
      `@${found.result.user} lacks the ${missing.length === 1 ? 'scope' : 'scopes'} ${missing.join(', ')}`,
      `Add them under OAuth & Permissions on ${APPS}, and install the app again.`,
    )
  return check.ok(`@${found.result.user} in ${found.result.team}`)
}

async function checkApp(request: SlackRequest): Promise<DoctorCheck> {
  const check = named('slack socket', { needed: false })
  const found = await askSlack<{ url: string }>(request, 'apps.connections.open')
  if ('unreachable' in found) return check.warn(`cannot be reached: ${found.unreachable}`)
  if ('result' in found) return check.ok('Socket Mode')
  const todo = 'Make an App-Level Token with connections:write under Basic Information, and turn on Socket Mode.'
  return check.fail(`the app token is not valid (${found.refused})`, `${todo} Both are on ${APPS}.`)
}

async function checkChannel(request: SlackRequest, channel: string): Promise<DoctorCheck> {
  const check = named('slack channel', { needed: false })
  const found = await askSlack<{ channel: { name?: string; is_member?: boolean } }>(request, 'conversations.info', {
    channel,
  })
  if ('unreachable' in found) return check.warn(`cannot be checked: ${found.unreachable}`)
  const todo = 'Invite it there: /invite @baton'
  if ('refused' in found) return check.fail(`the bot cannot see the channel ${channel} (${found.refused})`, todo)
  const { name = channel, is_member: isMember } = found.result.channel
  return isMember ? check.ok(`#${name}`) : check.fail(`the bot is not in #${name}`, todo)
}
