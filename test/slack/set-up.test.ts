import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readConfig } from '../../src/config/read.ts'
import { checkSlack } from '../../src/doctor/slack.ts'
import { BOT_SCOPES, MANIFEST } from '../../src/slack/setup-api.ts'
import { runInitWith } from '../support/run-init.ts'
import { ALL_SCOPES, type SlackServer, startSlack } from '../support/slack/server.ts'

let slack: SlackServer
beforeEach(async () => {
  slack = await startSlack()
  slack.channel('C1', ['UANNA'])
})
afterEach(() => slack.close())

const look = async (
  over: { bot?: string; app?: string; channel?: string; users?: string[]; roles?: Record<string, string[]> } = {},
) => {
  const { bot = slack.world.botToken, app = slack.world.appToken, channel = 'C1', users = ['UANNA'], roles = {} } = over
  const secrets = { slackBotToken: bot, slackAppToken: app, slackApiUrl: slack.apiUrl }
  const checks = await checkSlack(secrets, { slack: { channel, users }, roles }, fetch)
  return checks.map(({ status, detail, todo = '' }) => `${status} ${detail} ${todo}`.trim())
}

test('doctor finds nothing to say where all is well, and is silent without tokens', async () => {
  expect(await look()).toEqual(['ok @baton in Team', 'ok Socket Mode', 'ok #deploys', 'ok 1 allowed'])
  expect(await checkSlack({}, { slack: { users: [] }, roles: {} }, fetch)).toEqual([])
})

test('doctor names a missing scope, a revoked token, a channel it is not in, and that nobody may use it', async () => {
  slack.world.scopes = ALL_SCOPES.filter((scope) => scope !== 'files:write' && scope !== 'im:write')
  expect((await look())[0]).toContain(
    'fail @baton lacks the scopes files:write, im:write Add them under OAuth & Permissions',
  )
  slack.world.scopes = [...ALL_SCOPES]
  expect((await look({ roles: { ops: ['slack-group:S1'] } }))[0]).toContain('usergroups:read')
  expect((await look({ channel: 'C404' }))[2]).toContain('fail the bot cannot see the channel C404')
  expect((await look({ users: [] }))[3]).toContain('warn nobody is allowed')
  slack.revoke()
  const revoked = await look()
  expect(revoked[0]).toContain('fail the bot token is not valid (token_revoked)')
  expect(revoked[1]).toContain('fail the app token is not valid')
  expect(revoked.join()).not.toContain(slack.world.botToken)
})

test('init --slack prints the manifest, checks both tokens, writes the files and greets', async () => {
  const home = mkdtempSync(join(tmpdir(), 'baton-slack-init-'))
  const { exitCode, said, unanswered } = await runInitWith(
    home,
    [
      [/Bot token \(Enter/, ''],
      [/xoxb/, 'xoxb-wrong'],
      [/xoxb/, slack.world.botToken],
      [/xapp/, slack.world.appToken],
      [/channel for it/, '#deploys'],
      [/channel for it/, 'C1'],
      [/member id/, 'UANNA'],
    ],
    { flags: { slack: true }, env: { SLACK_API_URL: slack.apiUrl }, fetch, patienceMs: 100 },
  )
  expect(unanswered).toEqual([])
  expect(exitCode).toBe(0)
  expect(said).toContain(MANIFEST)
  expect(said).toContain('Slack refuses this token (invalid_auth).')
  expect(said).toContain('That is not such an id. Slack shows them as described above.')
  expect(said).toContain('Telegram comes first; without it, press Enter.')
  expect(said).toContain('then, on Slack, write /baton start where Baton writes')
  expect(said).not.toContain(slack.world.botToken)
  const read = await readConfig({ home, env: {} })
  expect('config' in read && [read.config.slack, read.secrets.slackAppToken]).toEqual([
    { channel: 'C1', users: ['UANNA'] },
    slack.world.appToken,
  ])
  const anna = slack.person({ id: 'UANNA', name: 'Anna' })
  expect(anna.sees('C1')).toMatchObject([{ text: expect.stringContaining('Baton is set up on') }])
  rmSync(home, { recursive: true, force: true })
})

/** With both tokens in .env already. */
function initWithTokens(home: string, channel: string) {
  const { botToken, appToken } = slack.world
  return runInitWith(
    home,
    [
      [/Bot token \(Enter/, ''],
      [/channel for it/, channel],
      [/member id/, 'UANNA'],
    ],
    {
      ...{ flags: { slack: true }, fetch, patienceMs: 100 },
      env: { SLACK_API_URL: slack.apiUrl, SLACK_BOT_TOKEN: botToken, SLACK_APP_TOKEN: appToken },
    },
  )
}

test('init --slack takes the tokens that .env has already', async () => {
  const home = mkdtempSync(join(tmpdir(), 'baton-slack-init-'))
  const { said, unanswered } = await initWithTokens(home, 'C1')
  expect(unanswered).toEqual([])
  expect(said).not.toContain('From a manifest')
  expect(said).toContain('Baton has just written there.')
  rmSync(home, { recursive: true, force: true })
})

test('init --slack names the scopes that are missing, and greets in private where there is no channel', async () => {
  const home = mkdtempSync(join(tmpdir(), 'baton-slack-init-'))
  const anna = slack.person({ id: 'UANNA', name: 'Anna' })
  slack.world.scopes = ALL_SCOPES.filter((scope) => scope !== 'files:write' && scope !== 'reactions:read')
  const { said, unanswered } = await initWithTokens(home, '')
  expect(unanswered).toEqual([])
  expect(said).toContain('The app lacks files:write, reactions:read: add it under OAuth & Permissions')
  expect(anna.sees(anna.direct())).toMatchObject([{ text: expect.stringContaining('Baton is set up on') }])
  rmSync(home, { recursive: true, force: true })
})

test('the manifest of the docs is the one that init prints, with every scope that the stand-in asks for', () => {
  const docs = readFileSync(join(import.meta.dirname, '../../docs/slack.md'), 'utf8')
  expect(docs.replace(/^ {3}/gm, '')).toContain(MANIFEST)
  expect([...BOT_SCOPES].sort()).toEqual([...ALL_SCOPES].sort())
})
