import type { Messenger } from '../../src/messengers/messenger.ts'
import { openSlack } from '../../src/messengers/slack.ts'
import { redactor } from '../../src/redact/redact.ts'
import { createHome } from '../support/home.ts'
import { openRehearsedApp, type TestApp } from '../support/rehearsed-app.ts'
import type { SlackServer } from '../support/slack/server.ts'

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
  let app: TestApp
  let messenger: Messenger

  const begin = async () => {
    const opened = await openRehearsedApp(home.dir, {
      change: (config) => {
        config.chat.progressMs = 1_000
        config.timezone = 'UTC'
        config.roles = roles
        config.slack = channel === '' ? { users } : { channel, users }
      },
      ...{ secretValues: [slack.world.botToken, slack.world.appToken], errors },
    })
    app = opened.app
    // Baton is known here already, and greets nobody.
    app.store.setMeta('slack:since', 0)
    const tokens = { botToken: slack.world.botToken, appToken: slack.world.appToken }
    messenger = openSlack(tokens, {
      config: opened.config,
      secrets: { ...opened.secrets, slackApiUrl: slack.apiUrl },
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
