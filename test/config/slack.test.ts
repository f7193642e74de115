import { expect, test } from 'vitest'
import { secretValues } from '../../src/config/secret-values.ts'
import { readEnvironment } from '../../src/config/secrets.ts'
import { goodConfig, read } from './home.ts'

const TOKENS = { SLACK_BOT_TOKEN: 'xoxb-1-correct', SLACK_APP_TOKEN: 'xapp-1-staple' }
const messagesOf = async (config: string, env: NodeJS.ProcessEnv) =>
  (await read({ config }, env)) as { warnings?: { message: string }[]; problems?: { message: string }[] }

test('says who may use Slack and where, by ids alone', async () => {
  const { config } = await goodConfig('slack: {channel: C1, users: [U42, W7]}', TOKENS)
  expect(config.slack).toEqual({ channel: 'C1', users: ['U42', 'W7'] })
  const { config: people } = await goodConfig('people: {anna: {accounts: ["slack:U42"]}}', {})
  expect(people.people[0]?.accounts).toEqual([{ surface: 'slack', id: 'U42' }])
  for (const wrong of [
    'slack: {users: [anna]}',
    'slack: {users: ["@U1"]}',
    'slack: {channel: "#deploys"}',
    'slack: {who: [U1]}',
  ])
    expect(await read({ config: wrong }, TOKENS), wrong).toHaveProperty('problems')
})

test('one token is not enough, another kind of token is none, and nobody allowed is said', async () => {
  const one = await messagesOf('slack: {users: [U1]}', { SLACK_BOT_TOKEN: TOKENS.SLACK_BOT_TOKEN })
  expect(one.problems?.[0]?.message).toBe('SLACK_APP_TOKEN is missing beside SLACK_BOT_TOKEN')
  const swapped = await messagesOf('', {
    SLACK_BOT_TOKEN: TOKENS.SLACK_APP_TOKEN,
    SLACK_APP_TOKEN: TOKENS.SLACK_BOT_TOKEN,
  })
  expect(swapped.problems?.map(({ message }) => message).join()).toContain('expected a token that starts with xoxb-')
  const nobody = await messagesOf('', TOKENS)
  expect(nobody.warnings?.[0]?.message).toBe('nobody may use Baton on Slack yet')
  const byRole = await messagesOf('slack: {channel: C1}\nroles: {ops: ["slack-group:S1"]}', TOKENS)
  expect(byRole.warnings).toEqual([])
  const idle = await messagesOf('slack: {users: [U1]}', {})
  expect(idle.warnings?.[0]?.message).toContain('are not in .env')
})

test('both tokens are secrets', () => {
  const values = secretValues(readEnvironment(undefined, TOKENS, []), undefined, {})
  expect(values).toEqual(expect.arrayContaining(Object.values(TOKENS)))
})

test('a group without a channel to ask it in is said at its line, where the platform is used at all', async () => {
  const config = 'roles:\n  ops: ["slack:U1", "slack-group:S1"]\n  dev: ["discord-role:9"]\n'
  expect(await messagesOf(config, {})).toMatchObject({ warnings: [] })
  const both = { ...TOKENS, DISCORD_TOKEN: 'MTIzNDU2.Gabcde.secret' }
  expect(await messagesOf(config, both)).toMatchObject({
    warnings: [
      { line: 2, column: 21, message: expect.stringMatching(/^slack-group:S1: who is in it is asked only if/) },
      { line: 3, column: 9, message: expect.stringMatching(/^discord-role:9: who has it is not asked/) },
    ],
  })
  const channels = 'slack: {channel: C1}\ndiscord: {channel: "1"}\n'
  expect(await messagesOf(channels + config, both)).toMatchObject({ warnings: [] })
})

test('answers from the phone alone can come from Slack', async () => {
  const config = 'slack: {users: [U1]}\napproval: {from: phone}\n'
  expect(await messagesOf(config, TOKENS)).toMatchObject({ warnings: [] })
})
