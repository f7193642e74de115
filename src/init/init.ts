import { hostname } from 'node:os'
import { join } from 'node:path'
import { readEnvText } from '../config/env-file.ts'
import { dialogue, type Prompter } from './dialogue.ts'
import { offerDiscord } from './discord.ts'
import { layOut, textOf, writeEnv } from './files.ts'
import type { InitFlags } from './flags.ts'
import { offerGitHub } from './github.ts'
import { greetUsers } from './greet.ts'
import { installService, type RunProgram, serviceFile, serviceKindOf } from './service.ts'
import { offerSlack } from './slack.ts'
import type { ServicePlace } from './systemd-unit.ts'
import { askToken, type GetMe } from './token.ts'
import { askUsers } from './users.ts'

export interface InitDeps {
  flags: InitFlags
  env: NodeJS.ProcessEnv
  input: NodeJS.ReadableStream
  output: NodeJS.WritableStream
  getMe: GetMe
  fetch: typeof fetch
  run: RunProgram
  platform: NodeJS.Platform
  userHome: string
  place: ServicePlace
  /** How a subcommand is typed here: `npm run doctor` in a clone, `baton doctor` elsewhere. */
  call: (subcommand: string) => string
  /** How long to wait for a first message to the bot. */
  patienceMs?: number
}

/**
 * Sets up a home: the bot, who may use it, the files, and a service if wanted. Asks, unless `--yes`; keeps every file
 * that is there. Returns the exit code: 0, 2 when what was given cannot be right, 130 when it was canceled.
 */
export async function runInit(deps: InitDeps): Promise<0 | 2 | 130> {
  const { flags, place, output } = deps
  const talk: Prompter = dialogue(deps.input as never, output as never)
  try {
    const stored = readEnvText(textOf(join(place.home, '.env'))).values
    const apiRoot = deps.env.TELEGRAM_API_ROOT || stored.TELEGRAM_API_ROOT || undefined
    talk.say(`Baton's home is ${place.home}`)

    const bot = await askToken({ flags, talk, apiRoot, stored: stored.TELEGRAM_BOT_TOKEN, getMe: deps.getMe })
    if (bot === 'refused') return 2
    if (bot === 'ended') return brokenOff(talk)
    const users = await askUsers({
      flags,
      talk,
      apiRoot,
      bot,
      stored: stored.TELEGRAM_ALLOWED_USERS,
      fetch: deps.fetch,
      patienceMs: deps.patienceMs ?? 120_000,
    })
    if (users === 'refused') return 2
    if (talk.interrupted()) return brokenOff(talk)

    const made = await layOut(place.home)
    const values: Record<string, string> = {}
    if (bot && bot.token !== stored.TELEGRAM_BOT_TOKEN) values.TELEGRAM_BOT_TOKEN = bot.token
    if (users !== undefined && users !== stored.TELEGRAM_ALLOWED_USERS) values.TELEGRAM_ALLOWED_USERS = users
    if (Object.keys(values).length > 0) {
      await writeEnv(place.home, values)
      made.push('.env')
    }
    talk.say(made.length > 0 ? `Wrote ${made.join(', ')}.` : 'All files were already there.')

    const chats = [await offerDiscord(deps, talk), await offerSlack(deps, talk)].filter((one) => one !== undefined)
    const repo = await offerGitHub(deps, talk)
    await offerService(deps, talk)
    const allowed = users || stored.TELEGRAM_ALLOWED_USERS
    const isGreeted = bot !== undefined && allowed !== undefined && (await greet(deps, bot.token, apiRoot, allowed))
    talk.say(nextSteps(deps.call, { username: bot?.username, hasUsers: Boolean(allowed), isGreeted, repo, chats }))
    return 0
  } finally {
    talk.close()
  }
}

function brokenOff(talk: Prompter): 130 {
  talk.say('Cancelled; nothing was written. --yes asks nothing: `init --help` lists the options to use instead.')
  return 130
}

async function offerService({ flags, platform, place, userHome, run }: InitDeps, talk: Prompter): Promise<void> {
  const kind = serviceKindOf(platform)
  if (!kind || flags.service === false || (flags.yes && !flags.service)) return
  const wanted = flags.service || (await talk.confirm(`Keep the daemon running with ${kind}?`, false))
  if (!wanted) return
  const file = await serviceFile(kind, place, { userHome, folders: [place.home], run })
  const asker = flags.yes ? { say: talk.say, confirm: async () => false } : talk
  await installService(file, asker)
}

async function greet(
  { call, fetch, place }: InitDeps,
  token: string,
  apiRoot: string | undefined,
  users: string,
): Promise<boolean> {
  const text = `👋 Baton is set up on ${hostname()}, in ${place.home}. Nothing runs yet: start it there with "${call('start')}", then press START or send /start here.`
  return (await greetUsers({ token, apiRoot, users, text, fetch })) > 0
}

function nextSteps(
  call: InitDeps['call'],
  of: {
    username: string | undefined
    hasUsers: boolean
    isGreeted: boolean
    repo: string | undefined
    /** What to do in other chats. */
    chats: string[]
  },
): string {
  const { username, hasUsers, isGreeted, repo, chats } = of
  const lines = [
    '\nNext:',
    `  ${call('task create "What should be done"')}: writes your first task into tasks/`,
    `  ${call('doctor')}: check that everything is set up`,
    `  ${call('start')}: start the daemon`,
  ]
  if (repo !== undefined) lines.push(`  then label an issue of ${repo} “ready”: it becomes a pull request`)
  const id = hasUsers ? '' : '; it replies with your id, for TELEGRAM_ALLOWED_USERS in .env'
  if (username)
    lines.push(`  then open @${username} in Telegram and press START: it greets you and starts nothing${id}`)
  lines.push(...chats.map((chat) => `  then, ${chat}`))
  if (isGreeted) lines.push(`\n@${username ?? 'The bot'} has just sent you a message: your phone is connected.`)
  return lines.join('\n')
}
