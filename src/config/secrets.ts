import type { WrittenDatabaseUrl } from './database-url.ts'
import { type EnvFile, readEnvText } from './env-file.ts'
import { isHttpUrl } from './kinds.ts'
import { nearest } from './nearest.ts'
import type { ConfigProblem } from './problem.ts'

/** The names that `.env` may hold. None of them reaches the process of Claude. */
export const ENV_NAMES = [
  'TELEGRAM_BOT_TOKEN',
  'TELEGRAM_ALLOWED_USERS',
  'TELEGRAM_API_ROOT',
  'DISCORD_TOKEN',
  'DISCORD_API_URL',
  'SLACK_BOT_TOKEN',
  'SLACK_APP_TOKEN',
  'SLACK_API_URL',
  'WEBHOOK_SECRET',
  'API_TOKEN',
  'HOST',
  'PORT',
  'GITHUB_TOKEN',
  'GITHUB_API_URL',
  'GITHUB_WEBHOOK_SECRET',
  'JIRA_URL',
  'JIRA_EMAIL',
  'JIRA_TOKEN',
  'NOTION_TOKEN',
  'NOTION_API_URL',
  'N8N_NOTIFY_URL',
  'DATABASE_URL',
] as const

type EnvName = (typeof ENV_NAMES)[number]

/** What came from `.env` and the environment. */
export interface Secrets {
  telegramBotToken?: string
  telegramAllowedUsers: number[]
  telegramApiRoot?: string
  discordToken?: string
  discordApiUrl?: string
  slackBotToken?: string
  slackAppToken?: string
  slackApiUrl?: string
  webhookSecret?: string
  apiToken?: string
  githubToken?: string
  githubApiUrl?: string
  githubWebhookSecret?: string
  jiraUrl?: string
  jiraEmail?: string
  jiraToken?: string
  notionToken?: string
  notionApiUrl?: string
  n8nNotifyUrl?: string
  /** The Postgres that machines share runs through. */
  databaseUrl?: string
}

export interface Environment {
  secrets: Secrets
  host?: string
  port?: number
  /** `.env` under the environment: what `$NAME` in config.yaml refers to. */
  values: Record<string, string>
  /** Where a name was set, for messages. */
  placeOf(name: string): Pick<ConfigProblem, 'file' | 'line'>
  /** Which one is used depends on what config.yaml says. */
  databaseUrl: WrittenDatabaseUrl
  problems: ConfigProblem[]
}

/**
 * @param text of `.env`; undefined when there is none
 * @param env the environment of the process, which wins
 * @param referred names that config.yaml takes from `.env` by `$NAME`
 */
export function readEnvironment(
  text: string | undefined,
  env: NodeJS.ProcessEnv,
  referred: readonly string[],
): Environment {
  const file: EnvFile = text === undefined ? { values: {}, lines: {}, malformed: [] } : readEnvText(text)
  const values: Record<string, string> = { ...file.values }
  for (const name of [...ENV_NAMES, ...referred]) if (env[name]) values[name] = env[name]

  const placeOf = (name: string): Pick<ConfigProblem, 'file' | 'line'> => {
    if (env[name]) return { file: 'environment' }
    return { file: '.env', ...(file.lines[name] ? { line: file.lines[name] } : {}) }
  }
  const problems: ConfigProblem[] = [...unknownNames(file, referred), ...malformedLines(file)]
  const reportError = (name: EnvName, severity: ConfigProblem['severity'], message: string, hint?: string): void => {
    problems.push({ severity, ...placeOf(name), message: `${name}: ${message}`, ...(hint ? { hint } : {}) })
  }
  const take = (name: EnvName): string | undefined => values[name]?.trim() || undefined

  const secrets: Secrets = { telegramAllowedUsers: [] }
  const token = take('TELEGRAM_BOT_TOKEN')
  if (token) {
    secrets.telegramBotToken = token
    if (!/^\d+:[\w-]+$/.test(token))
      reportError(
        'TELEGRAM_BOT_TOKEN',
        'warning',
        'does not look like a bot token',
        'BotFather gives one like 123456789:AAH….',
      )
  }
  secrets.telegramAllowedUsers = allowedUsers(take('TELEGRAM_ALLOWED_USERS'), (message, hint) =>
    reportError('TELEGRAM_ALLOWED_USERS', 'error', message, hint),
  )
  for (const [name, field, start, from] of SLACK_TOKENS) {
    const given = take(name)
    if (!given) continue
    secrets[field] = given
    if (!given.startsWith(start))
      reportError(name, 'error', `expected a token that starts with ${start}`, `Slack shows it under ${from}.`)
  }
  for (const [name, field] of ADDRESSES) {
    const address = take(name)
    if (!address) continue
    if (isHttpUrl(address)) secrets[field] = field === 'n8nNotifyUrl' ? address : address.replace(/\/+$/, '')
    else reportError(name, 'error', 'expected an address that starts with http:// or https://')
  }
  for (const [name, field] of SECRETS) {
    const secret = take(name)
    if (!secret) continue
    secrets[field] = secret
    if (secret.length < SHORT)
      reportError(
        name,
        'warning',
        `is short; it can be guessed`,
        `Use ${SHORT} characters or more: openssl rand -hex 24`,
      )
  }
  const jiraEmail = take('JIRA_EMAIL')
  if (jiraEmail) secrets.jiraEmail = jiraEmail
  const host = take('HOST')
  const port = portIn(take('PORT'), () => reportError('PORT', 'error', 'expected a port, 0 to 65535'))
  const databaseUrl = {
    inFile: file.values.DATABASE_URL,
    line: file.lines.DATABASE_URL,
    inEnvironment: env.DATABASE_URL,
  }
  return {
    secrets,
    values,
    placeOf,
    problems,
    databaseUrl,
    ...(host ? { host } : {}),
    ...(port === undefined ? {} : { port }),
  }
}

/** Names whose values are for Baton alone; a DATABASE_URL that it does not use is the user's. */
export function ownNames({ secrets }: Pick<Environment, 'secrets'>): readonly string[] {
  return ENV_NAMES.filter((name) => name !== 'DATABASE_URL' || secrets.databaseUrl !== undefined)
}

/** Below this many characters a secret is called short. */
const SHORT = 12

const SLACK_TOKENS = [
  ['SLACK_BOT_TOKEN', 'slackBotToken', 'xoxb-', 'OAuth & Permissions'],
  ['SLACK_APP_TOKEN', 'slackAppToken', 'xapp-', 'Basic Information, App-Level Tokens, with connections:write'],
] as const

const ADDRESSES = [
  ['SLACK_API_URL', 'slackApiUrl'],
  ['TELEGRAM_API_ROOT', 'telegramApiRoot'],
  ['DISCORD_API_URL', 'discordApiUrl'],
  ['GITHUB_API_URL', 'githubApiUrl'],
  ['JIRA_URL', 'jiraUrl'],
  ['NOTION_API_URL', 'notionApiUrl'],
  ['N8N_NOTIFY_URL', 'n8nNotifyUrl'],
] as const

const SECRETS = [
  ['DISCORD_TOKEN', 'discordToken'],
  ['WEBHOOK_SECRET', 'webhookSecret'],
  ['API_TOKEN', 'apiToken'],
  ['GITHUB_TOKEN', 'githubToken'],
  ['GITHUB_WEBHOOK_SECRET', 'githubWebhookSecret'],
  ['JIRA_TOKEN', 'jiraToken'],
  ['NOTION_TOKEN', 'notionToken'],
] as const

function allowedUsers(written: string | undefined, reportError: (message: string, hint: string) => void): number[] {
  const ids: number[] = []
  for (const part of written?.split(/[\s,;]+/).filter(Boolean) ?? []) {
    const id = Number(part)
    if (/^\d+$/.test(part) && Number.isSafeInteger(id) && id > 0) ids.push(id)
    else if (/^-\d+$/.test(part))
      reportError(`${part} is the id of a group, not of a person`, 'Groups go under `telegram.chats` in config.yaml.')
    else
      reportError(
        'expected numeric ids, separated by commas',
        'Leave it empty and write to the bot: it replies with your id.',
      )
  }
  return [...new Set(ids)]
}

function portIn(written: string | undefined, reportError: () => void): number | undefined {
  if (!written) return undefined
  if (/^\d{1,5}$/.test(written) && Number(written) <= 65_535) return Number(written)
  reportError()
  return undefined
}

function unknownNames(file: EnvFile, referred: readonly string[]): ConfigProblem[] {
  const known: string[] = [...ENV_NAMES, ...referred]
  return Object.keys(file.values)
    .filter((name) => !known.includes(name))
    .map((name) => {
      const near = nearest(name, known)
      const hint = near
        ? `Did you mean ${near}?`
        : 'It has no effect here: Claude gets its environment from the shell that starts Baton.'
      return {
        severity: 'warning',
        file: '.env',
        ...(file.lines[name] ? { line: file.lines[name] } : {}),
        message: `unknown name ${name}`,
        hint,
      }
    })
}

const malformedLines = (file: EnvFile): ConfigProblem[] =>
  file.malformed.map((line) => ({
    severity: 'warning',
    file: '.env',
    line,
    message: 'not of the form NAME=value; ignored',
  }))
