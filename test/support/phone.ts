import { pino } from 'pino'
import { expect } from 'vitest'
import { type AssistantOptions, createAssistant } from '../../src/app/assistant.ts'
import type { Config } from '../../src/config/types.ts'
import type { BatonEvent } from '../../src/core/types.ts'
import type { DaemonApi } from '../../src/daemon/api/api.ts'
import type { Messengers } from '../../src/messengers/messengers.ts'
import { redactor } from '../../src/redact/redact.ts'
import type { GitHubAccess } from '../../src/sources/github/open.ts'
import { trackProjects } from '../../src/sources/track.ts'
import { type ChatMessage, latest } from './bot-api/conversation.ts'
import type { Person } from './bot-api/people.ts'
import type { BotApi } from './bot-api/server.ts'
import type { Home } from './home.ts'
import { openRehearsedApp, type TestApp } from './rehearsed-app.ts'

/** An app with its bot, as the daemon puts them together. */
export interface PhoneApp {
  api: DaemonApi
  store: TestApp['store']
  bot: Messengers
  events: BatonEvent[]
  errors: unknown[]
  stop: () => Promise<void>
}

export interface PhoneAppOptions {
  allowed?: number[]
  change?: (config: Config) => void
  secrets?: string[]
  /** How GitHub is reached; it is looked at then. */
  gitHub?: GitHubAccess
  env?: Record<string, string>
  /** A Baton that has never been started: chats are greeted first. Others are known already. */
  isNew?: true
  /** In the place of the Claude that writes plans. */
  ask?: AssistantOptions['ask']
  dashboardLink?: AssistantOptions['dashboardLink']
}

/** Opens an app on `home` with the rehearsal agent and the bot against the stand-in, and lets both begin. */
export async function openPhoneApp(home: Home, api: BotApi, options: PhoneAppOptions = {}): Promise<PhoneApp> {
  const { allowed = [4711], change, secrets = [], env = {}, ask, dashboardLink } = options
  const errors: unknown[] = []
  const { app, config } = await openRehearsedApp(home.dir, {
    change: (config) => {
      config.chat.progressMs = 100
      config.timezone = 'UTC'
      change?.(config)
    },
    ...(options.gitHub && { gitHub: options.gitHub }),
    ...{ secretValues: [api.token, ...secrets], env, errors },
  })
  if (!options.isNew) app.store.setMeta('telegram:since', 0)
  const log = pino({ level: 'error' }, { write: (line: string) => errors.push(line) })
  const assistant = await createAssistant({
    config,
    secrets: { telegramBotToken: api.token, telegramAllowedUsers: allowed, telegramApiRoot: api.root },
    app,
    redact: redactor([api.token, ...secrets]),
    log,
    version: '0.0.0',
    env: {},
    ...(ask && { ask }),
    ...(dashboardLink && { dashboardLink }),
    note: (text, { queue, data }) => app.runner.note(queue, text, data),
    pace: { settleMs: 100, brokenAfterMs: 300 },
    onError: (error) => errors.push(error),
  })
  const bot = assistant.messengers
  if (!bot) throw new Error('There is no bot')
  const events: BatonEvent[] = []
  app.runner.api.follow((event) => events.push(event))
  bot.start()
  assistant.start()
  app.runner.begin()
  const unwatch = trackProjects({
    ...{ name: 'GitHub', projects: app.gitHub, runner: app.runner },
    onTrouble: (text) => errors.push(text),
    onError: (error) => errors.push(error),
  }).start()
  return {
    api: app.runner.api,
    store: app.store,
    bot,
    events,
    errors,
    stop: async () => {
      await assistant.stop()
      await bot.stop()
      await unwatch()
      await app.runner.stop()
    },
  }
}

const WITHIN = { interval: 20 }

/** Settles with the newest message of the bot that reads like this, once it is there; `after` leaves out older ones. */
export async function told(person: Person, words: string | RegExp, after = 0): Promise<ChatMessage> {
  const find = () =>
    person
      .sees()
      .messages.filter((message) => message.id > after && message.from.isBot)
      .findLast((message) => matches(latest(message).text, words))
  await expect
    .poll(
      () =>
        find() !== undefined ||
        `${words} among:\n${person
          .sees()
          .messages.map((m) => `${m.id} ${latest(m).text}`)
          .join('\n---\n')}`,
      WITHIN,
    )
    .toBe(true)
  return find() as ChatMessage
}

/** Settles once this message reads like this. */
export async function reads(person: Person, message: ChatMessage, words: string | RegExp): Promise<void> {
  const text = () => latest(person.sees().messages.find(({ id }) => id === message.id) as ChatMessage).text
  await expect.poll(() => matches(text(), words) || text(), WITHIN).toBe(true)
}

const matches = (text: string, words: string | RegExp) =>
  typeof words === 'string' ? text.includes(words) : words.test(text)
