import { join } from 'node:path'
import { type OpenedApp, openApp } from '../../src/app/open-app.ts'
import { readConfig } from '../../src/config/read.ts'
import type { Messenger } from '../../src/messengers/messenger.ts'
import { openSlack } from '../../src/messengers/slack.ts'
import { redactor } from '../../src/redact/redact.ts'
import { createHome } from '../support/home.ts'
import type { SlackServer } from '../support/slack/server.ts'

const REHEARSAL = join(import.meta.dirname, '../../bin/rehearsal.js')

/** A daemon with Slack around an agent that acts things out; over several lives. */
export async function openOnSlack(
  slack: SlackServer,
  tasks: string,
  options: { channel?: string; users?: string[]; roles?: Record<string, string[]> } = {},
) {
  const { channel = 'C1', users = ['UANNA', 'UBEN'], roles = {} } = options
  const home = createHome(tasks)
  const errors: unknown[] = []
  const warned: string[] = []
  let app: Exclude<OpenedApp, { holder: unknown }>
  let messenger: Messenger

  const begin = async () => {
    const read = await readConfig({ home: home.dir, env: {} })
    if (!('config' in read)) throw new Error(JSON.stringify(read.problems))
    const { config, secrets } = read
    config.projects[0].claude.command = [process.execPath, REHEARSAL]
    config.chat.progressMs = 1_000
    config.timezone = 'UTC'
    config.roles = roles
    config.slack = channel === '' ? { users } : { channel, users }
    const opened = await openApp({
      config,
      secretValues: [slack.world.botToken, slack.world.appToken],
      kind: 'daemon',
      attended: true,
      env: { PATH: process.env.PATH, HOME: home.dir, CLAUDE_CONFIG_DIR: join(home.dir, 'sessions') },
      onTrouble: (text) => errors.push(text),
      onError: (error) => errors.push(error),
    })
    if ('holder' in opened) throw new Error('held')
    app = opened
    // Baton is known here already, and greets nobody.
    app.store.setMeta('slack:since', 0)
    const tokens = { botToken: slack.world.botToken, appToken: slack.world.appToken }
    messenger = openSlack(tokens, {
      config,
      secrets: { ...secrets, slackApiUrl: slack.apiUrl },
      app,
      redact: redactor(Object.values(tokens)),
      log: {
        info: () => {},
        warn: (_, text) => warned.push(text),
        error: (fields) => errors.push(fields),
      },
      version: '0',
    })
    messenger.start()
    app.runner.begin()
  }
  const end = async () => {
    await messenger.stop()
    await app.runner.stop()
  }
  await begin()
  return {
    home,
    errors,
    warned,
    app: () => app,
    messenger: () => messenger,
    begin,
    end,
    close: async () => {
      await end()
      home.remove()
    },
  }
}
