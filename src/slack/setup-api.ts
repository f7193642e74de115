import { networkCode } from '../network-errors.ts'

const SLACK = 'https://slack.com/api'
const PATIENCE_MS = 8_000

/** What Slack answered; never a token, and no address. */
export type SlackAnswer<T> = { result: T; scopes: string[] } | { refused: string } | { unreachable: string }

/** A call with one of the app's tokens. */
export interface SlackRequest {
  token: string
  apiUrl: string | undefined
  fetch: typeof fetch
}

/** Asks Slack's Web API without loading its client. Never throws. */
export async function askSlack<T>(
  { token, apiUrl, fetch: fetchIt }: SlackRequest,
  method: string,
  fields: Record<string, string> = {},
): Promise<SlackAnswer<T>> {
  try {
    const response = await fetchIt(`${(apiUrl ?? SLACK).replace(/\/+$/, '')}/${method}`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(fields).toString(),
      redirect: 'error',
      signal: AbortSignal.timeout(PATIENCE_MS),
    })
    if (response.status !== 200) return { unreachable: `it answered ${response.status}` }
    const answer = (await response.json()) as T & { ok?: boolean; error?: string }
    const scopes = (response.headers.get('x-oauth-scopes') ?? '').split(/\s*,\s*/).filter(Boolean)
    if (answer.ok) return { result: answer, scopes }
    return { refused: /^\w{1,60}$/.test(answer.error ?? '') ? String(answer.error) : 'refused' }
  } catch (error) {
    return { unreachable: networkCode(error) }
  }
}

/** What the app may do, as its manifest asks for. */
export const BOT_SCOPES: readonly string[] = [
  ...['app_mentions:read', 'channels:history', 'channels:read', 'chat:write', 'commands', 'files:read', 'files:write'],
  ...['groups:history', 'groups:read', 'im:history', 'im:read', 'im:write', 'pins:write', 'reactions:read'],
  ...['reactions:write', 'users:read'],
]

/** What is pasted where Slack makes an app. */
export const MANIFEST = `display_information: {name: Baton}
features:
  app_home: {messages_tab_enabled: true, messages_tab_read_only_enabled: false}
  bot_user: {display_name: baton, always_online: false}
  slash_commands: [{command: /baton, description: Start and status, usage_hint: "status | approve | help", should_escape: false}]
oauth_config: {scopes: {bot: [${BOT_SCOPES.slice(0, 7).join(', ')},
  ${BOT_SCOPES.slice(7).join(', ')}]}}
settings:
  event_subscriptions: {bot_events: [app_mention, message.channels, message.groups, message.im, reaction_added]}
  interactivity: {is_enabled: true}
  socket_mode_enabled: true`
