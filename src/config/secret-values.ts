import type { Environment } from './secrets.ts'
import type { Config } from './types.ts'

/** What Claude logs in with; it passes through Baton's own environment. */
const LOGIN_NAMES = [
  'ANTHROPIC_API_KEY',
  'ANTHROPIC_AUTH_TOKEN',
  'CLAUDE_CODE_OAUTH_TOKEN',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_BEARER_TOKEN_BEDROCK',
]

/** Every value that must never be shown. Of a receiver's address it is the path: the host may be named. */
export function secretValues(environment: Environment, config: Config | undefined, env: NodeJS.ProcessEnv): string[] {
  const { secrets } = environment
  const addresses = [secrets.n8nNotifyUrl, ...(config?.notify.map(({ url }) => url) ?? []), config?.heartbeat?.url]
  const values = [
    secrets.telegramBotToken,
    // The part after the colon is the secret one, and turns up alone.
    secrets.telegramBotToken?.split(':')[1],
    secrets.discordToken,
    // Its last part is the secret one.
    secrets.discordToken?.split('.')[2],
    secrets.slackBotToken,
    secrets.slackAppToken,
    secrets.webhookSecret,
    secrets.apiToken,
    secrets.githubToken,
    secrets.githubWebhookSecret,
    secrets.jiraToken,
    secrets.notionToken,
    ...secretsOfDatabase(secrets.databaseUrl),
    // As it appears in the header of each request.
    secrets.jiraToken && Buffer.from(`${secrets.jiraEmail}:${secrets.jiraToken}`).toString('base64'),
    ...(config?.notify.map(({ secret }) => secret) ?? []),
    ...addresses.map(secretPart),
    ...(config?.projects ?? []).flatMap(({ pipelines }) =>
      Object.values(pipelines?.environments ?? {}).flatMap(({ secrets }) => Object.values(secrets)),
    ),
    ...LOGIN_NAMES.map((name) => env[name]),
  ]
  return [...new Set(values.filter((value) => value !== undefined && value !== ''))] as string[]
}

/** The address of a database, and what is secret in it. */
export const secretsOfDatabase = (url: string | undefined): string[] =>
  url ? [url, passwordIn(url)].filter((one) => one !== undefined) : []

/** As it was written, and not as it is meant. */
function passwordIn(address: string): string | undefined {
  return /^\w+:\/\/[^/@:]*:([^/@]+)@/.exec(address)?.[1]
}

/** Receivers such as Slack's are protected by nothing but a path that nobody can guess. */
function secretPart(address: string | undefined): string | undefined {
  if (!address || !URL.canParse(address)) return undefined
  const { pathname, search } = new URL(address)
  const secret = pathname + search
  return secret.length >= 16 ? secret : undefined
}
