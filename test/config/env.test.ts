import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readEnvText } from '../../src/config/env-file.ts'
import { renderProblems } from '../../src/config/problem.ts'
import { ENV_NAMES } from '../../src/config/secrets.ts'
import { problemsIn, read } from './home.ts'

const TOKEN = '123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw9'

test('every name of .env is read into its place', async () => {
  const env = `
TELEGRAM_BOT_TOKEN=${TOKEN}
TELEGRAM_ALLOWED_USERS="42, 4711,42"
TELEGRAM_API_ROOT=http://127.0.0.1:8081/
WEBHOOK_SECRET='webhook secret value'
export API_TOKEN=0123456789abcdef # generated
HOST=127.0.0.1
PORT=8080
GITHUB_TOKEN=ghp_abcdefghijklmnopqrstuvwxyz0123456789
GITHUB_WEBHOOK_SECRET=hooksecret-hooksecret
N8N_NOTIFY_URL=http://localhost:5678/webhook/x
`
  expect(await read({ env })).toMatchObject({
    warnings: [],
    config: { http: { host: '127.0.0.1', port: 8080 } },
    secrets: {
      telegramBotToken: TOKEN,
      telegramAllowedUsers: [42, 4711],
      telegramApiRoot: 'http://127.0.0.1:8081',
      webhookSecret: 'webhook secret value',
      apiToken: '0123456789abcdef',
      githubToken: 'ghp_abcdefghijklmnopqrstuvwxyz0123456789',
      githubWebhookSecret: 'hooksecret-hooksecret',
      n8nNotifyUrl: 'http://localhost:5678/webhook/x',
    },
    secretValues: expect.arrayContaining([TOKEN, 'AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw9', 'webhook secret value']),
  })
})

test('the environment wins over .env, and an empty value is no value', async () => {
  const result = await read(
    { env: 'API_TOKEN=from-the-file\nWEBHOOK_SECRET=\n' },
    { API_TOKEN: 'from-the-environment', TELEGRAM_BOT_TOKEN: '' },
  )
  expect(result).toMatchObject({ secrets: { apiToken: 'from-the-environment' } })
  expect(result).not.toHaveProperty('secrets.webhookSecret')
  expect(result).not.toHaveProperty('secrets.telegramBotToken')
})

test.each([
  ['TELEGRAM_BOT_TOKN=x', '.env:1: warning: unknown name TELEGRAM_BOT_TOKN\n  Did you mean TELEGRAM_BOT_TOKEN?'],
  ['\nDATABASE=x', '.env:2: warning: unknown name DATABASE'],
  ['\nDATABASE_URL=x', '.env:2: DATABASE_URL: expected an address that starts with postgres://'],
  ['TELEGRAM_ALLOWED_USERS=@anna', '.env:1: TELEGRAM_ALLOWED_USERS: expected numeric ids'],
  ['TELEGRAM_ALLOWED_USERS=-100123', '.env:1: TELEGRAM_ALLOWED_USERS: -100123 is the id of a group'],
  ['TELEGRAM_API_ROOT=localhost:80', '.env:1: TELEGRAM_API_ROOT: expected an address'],
  ['PORT=http', '.env:1: PORT: expected a port'],
  ['API_TOKEN=short', '.env:1: warning: API_TOKEN: is short'],
  ['TELEGRAM_BOT_TOKEN=nonsense', '.env:1: warning: TELEGRAM_BOT_TOKEN: does not look like a bot token'],
  ['API_TOKEN 0123456789abcdef', '.env:1: warning: not of the form NAME=value'],
])('for %j it says %s', async (env, words) => {
  expect(renderProblems(await problemsIn({ env }))).toContain(words)
})

test('a problem of the environment says so', async () => {
  expect(renderProblems(await problemsIn({}, { PORT: 'x' }))).toBe('environment: PORT: expected a port, 0 to 65535')
})

test.skipIf(process.platform === 'win32')('an .env that others can read is a warning', async () => {
  expect(renderProblems(await problemsIn({ env: '', envMode: 0o644 }))).toContain('chmod 600 .env')
  expect(await problemsIn({ env: '', envMode: 0o600 })).toEqual([])
})

describe('secrets', () => {
  const secret = 'planted-0815-which-is-longer-than-what-is-shown-of-a-value'
  test.each([
    ['in a value of config.yaml', { config: `order: ${secret}\n`, env: `API_TOKEN=${secret}\n` }],
    ['in a line of config.yaml', { config: `ordr: ${secret}\n`, env: `API_TOKEN=${secret}\n` }],
    ['in a key of config.yaml', { config: `${secret}: 1\n`, env: `API_TOKEN=${secret}\n` }],
    ['in an unknown key that sounds like one', { config: `telegram:\n  token: ${secret}\n` }],
    ['in a wrong address', { config: `notify: [{url: "${secret}"}]\n` }],
    ['in a broken line of YAML', { config: `password: "${secret}\n` }],
    ['in a broken line of .env', { env: `${secret}\n` }],
    [
      'in a wrong value of .env',
      { env: `PORT=${secret}\nTELEGRAM_ALLOWED_USERS=${secret}\nTELEGRAM_API_ROOT=${secret}\n` },
    ],
    ['in an unknown name of .env', { env: `TELEGRAM_TOKEN=${secret}\n` }],
  ])('never appear in a problem: %s', async (_where, files) => {
    const problems = await problemsIn(files)
    expect(problems.length).toBeGreaterThan(0)
    expect(JSON.stringify(problems)).not.toContain('planted-0815')
    expect(renderProblems(problems)).not.toContain('planted-0815')
  })
})

test('names keep their lines after quoted values of several lines', () => {
  const file = readEnvText('A="one\nB=not a name\nend"\nC=2\r\nD=3\n')
  expect(file).toMatchObject({
    values: { A: 'one\nB=not a name\nend', C: '2', D: '3' },
    lines: { A: 1, C: 4, D: 5 },
    malformed: [],
  })
})

test('any text can be read, and every name that Node sees has a line', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.string(), fc.constantFrom('A=1', '\n', 'B="x', '"', '#', 'export C=d')), { maxLength: 12 }),
      (parts) => {
        const file = readEnvText(parts.join('\n'))
        for (const line of Object.values(file.lines)) expect(line).toBeGreaterThan(0)
      },
    ),
    { numRuns: 300 },
  )
})

test('.env.example names exactly what is known, sets nothing, and has no fault but being readable', async () => {
  const example = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8')
  expect(Object.keys(readEnvText(example).values)).toEqual(expect.arrayContaining([...ENV_NAMES]))
  expect(await read({ env: example })).toMatchObject({ warnings: [], secretValues: [] })
})
