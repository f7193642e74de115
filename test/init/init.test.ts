import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { describe, expect, onTestFinished, test } from 'vitest'
import { readConfig } from '../../src/config/read.ts'
import { type BotApi, startBotApi } from '../support/bot-api/server.ts'
import { runInitWith } from '../support/run-init.ts'

function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'baton-init-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

async function botApi(): Promise<BotApi> {
  const api = await startBotApi()
  onTestFinished(() => api.close())
  return api
}

const read = (home: string, name: string): string => readFileSync(join(home, name), 'utf8')

describe('in a conversation', () => {
  test('the token is checked, the id is found from a message, and the files are made', async () => {
    const home = folder()
    execFileSync('git', ['init', '-q'], { cwd: home })
    const api = await botApi()
    const anna = api.person({ id: 4711, name: 'Anna', username: 'anna' })
    setTimeout(() => anna.says('hello'), 300)
    const { exitCode, said, unanswered } = await runInitWith(
      home,
      [
        [/Bot token/, '1:wrong'],
        [/does not know this token.*Bot token/s, api.token],
        [/Send any message to @baton_test_bot.*\[Y\/n\]/, ''],
        [/Anna @anna \(4711\) wrote\. Is that you\?/, 'y'],
      ],
      { api },
    )
    expect([exitCode, unanswered]).toEqual([0, []])
    expect(read(home, '.env')).toBe(`TELEGRAM_BOT_TOKEN=${api.token}\nTELEGRAM_ALLOWED_USERS=4711\n`)
    expect(statSync(join(home, '.env')).mode & 0o777).toBe(0o600)
    expect(read(home, '.gitignore')).toBe('.env\n.baton/\nlogs/*\n')
    expect(said).toContain('Wrote config.yaml, tasks/, logs/, .gitignore, .env.')
    expect(said).toContain('open @baton_test_bot in Telegram')
    expect(await readConfig({ home, env: {} })).toMatchObject({
      warnings: [],
      secrets: { telegramBotToken: api.token, telegramAllowedUsers: [4711] },
    })
    expect(api.callsTo('sendMessage').map(({ params }) => String(params.chat_id))).toEqual(['4711'])
    expect(said).toContain('@baton_test_bot has just sent you a message')
    // What was seen was not taken away from the bot.
    expect(api.callsTo('getUpdates').every(({ params }) => params.offset === undefined)).toBe(true)
  })

  test('without a message the id is typed, and only numbers are taken', async () => {
    const home = folder()
    const api = await botApi()
    const { exitCode, said, unanswered } = await runInitWith(
      home,
      [
        [/Bot token/, api.token],
        [/Ready\?/, 'n'],
        [/numeric id/, '@anna'],
        [/Only numbers.*numeric id/s, '42, 4711'],
      ],
      { api },
    )
    expect([exitCode, unanswered]).toEqual([0, []])
    expect(read(home, '.env')).toContain('TELEGRAM_ALLOWED_USERS=42,4711\n')
    // A bot may not write to who has not written to it.
    expect(said).not.toContain('has just sent you a message')
  })

  test('somebody else who wrote in that moment is not let in', async () => {
    const home = folder()
    const api = await botApi()
    api.person({ id: 666, name: 'Mallory' }).says('hi')
    const { said } = await runInitWith(
      home,
      [
        [/Bot token/, api.token],
        [/Ready\?/, 'y'],
        [/Mallory \(666\) wrote/, 'n'],
        [/numeric id/, ''],
      ],
      { api },
    )
    expect(read(home, '.env')).not.toContain('666')
    expect(said).toContain('it replies with your id')
  })

  test('no bot is wanted', async () => {
    const home = folder()
    expect(await runInitWith(home, [[/Bot token/, '']])).toMatchObject({ exitCode: 0 })
    expect(existsSync(join(home, '.env'))).toBe(false)
    expect(existsSync(join(home, 'config.yaml'))).toBe(true)
  })

  test('when it breaks off, nothing was written', async () => {
    const home = folder()
    expect(await runInitWith(home, [])).toMatchObject({
      exitCode: 130,
      said: expect.stringContaining('nothing was written. --yes asks nothing'),
    })
    expect(existsSync(join(home, 'config.yaml'))).toBe(false)
  })
})

test('Ctrl-C at any question ends it, and nothing was written', async () => {
  const api = await botApi()
  for (const question of [/Bot token/, /Ready\?/, /numeric id/]) {
    const home = folder()
    const input = Object.assign(new PassThrough(), { isTTY: true })
    const before: [RegExp, string][] = [
      [/Bot token/, `${api.token}\r`],
      [/Ready\?/, 'n\r'],
      [/numeric id/, ''],
    ]
    const keys = before.map(([asked, key]): [RegExp, string] => [
      asked,
      String(asked) === String(question) ? '\x03' : key,
    ])
    const { exitCode } = await runInitWith(home, keys, { api, input })
    expect(exitCode, String(question)).toBe(130)
    expect(existsSync(join(home, 'config.yaml'))).toBe(false)
  }
})

describe('with flags', () => {
  test('nothing is asked', async () => {
    const home = folder()
    const api = await botApi()
    const { exitCode } = await runInitWith(home, [], { api, flags: { token: api.token, users: '42', yes: true } })
    expect(exitCode).toBe(0)
    expect(read(home, '.env')).toBe(`TELEGRAM_BOT_TOKEN=${api.token}\nTELEGRAM_ALLOWED_USERS=42\n`)
  })

  test('a token that Telegram does not know ends it before anything is written', async () => {
    const home = folder()
    const api = await botApi()
    expect(await runInitWith(home, [], { api, flags: { token: '1:wrong', yes: true } })).toMatchObject({ exitCode: 2 })
    expect(existsSync(join(home, 'config.yaml'))).toBe(false)
  })

  test('users that are no numbers end it, too', async () => {
    const home = folder()
    expect(await runInitWith(home, [], { flags: { users: '@anna', yes: true } })).toMatchObject({ exitCode: 2 })
    expect(existsSync(join(home, 'config.yaml'))).toBe(false)
  })

  test('a token is taken as it is while Telegram is away', async () => {
    const home = folder()
    const api = await botApi()
    await api.away()
    const { exitCode, said } = await runInitWith(home, [], { api, flags: { token: api.token, yes: true } })
    expect(exitCode).toBe(0)
    expect(said).toContain('cannot be reached (ECONNREFUSED)')
    expect(read(home, '.env')).toContain(api.token)
  })
})

test('what is there stays: other lines of .env, config.yaml, .gitignore; a second time changes nothing', async () => {
  const home = folder()
  const api = await botApi()
  mkdirSync(join(home, 'tasks'))
  writeFileSync(join(home, 'config.yaml'), 'order: priority\n')
  writeFileSync(join(home, '.gitignore'), 'node_modules\n/logs\n.env')
  writeFileSync(join(home, '.env'), '# mine\r\nAPI_TOKEN=keep-this-token\r\nTELEGRAM_BOT_TOKEN=\r\n')
  chmodSync(join(home, '.env'), 0o644)
  const flags = { token: api.token, users: '42', yes: true }
  await runInitWith(home, [], { api, flags })
  expect(read(home, 'config.yaml')).toBe('order: priority\n')
  expect(read(home, '.gitignore')).toBe('node_modules\n/logs\n.env\n.baton/\n')
  expect(read(home, '.env')).toBe(
    `# mine\r\nAPI_TOKEN=keep-this-token\r\nTELEGRAM_BOT_TOKEN=${api.token}\r\nTELEGRAM_ALLOWED_USERS=42\r\n`,
  )
  expect(statSync(join(home, '.env')).mode & 0o777).toBe(0o600)
  const { said } = await runInitWith(home, [], { api, flags })
  expect(said).toContain('All files were already there.')
})

describe('the service', () => {
  const systemd = { platform: 'linux' as const, run: async () => ({ exitCode: 0 }) }

  test('is written when wanted, with what to type', async () => {
    const home = folder()
    const { said } = await runInitWith(
      home,
      [
        [/Bot token/, ''],
        [/with systemd\? \[y\/N\]/, 'y'],
      ],
      systemd,
    )
    const unit = read(home, 'user/.config/systemd/user/baton.service')
    expect(unit).toContain(`ExecStart="/usr/bin/node" "/opt/baton/bin/baton.js" "start" "--home" "${home}"\n`)
    expect(unit).toContain('Environment="PATH=/usr/bin"\n')
    expect(unit).toContain(`ReadWritePaths="${home}"\n`)
    expect(said).toContain('systemctl --user enable --now baton')
  })

  test('goes without its shields where the system has none, and says so', async () => {
    const home = folder()
    const { said } = await runInitWith(home, [], {
      ...systemd,
      run: async () => ({ exitCode: 1 }),
      flags: { yes: true, service: true },
    })
    expect(read(home, 'user/.config/systemd/user/baton.service')).not.toContain('ProtectSystem')
    expect(said).toContain('without that part')
  })

  test('never replaces another file unasked', async () => {
    const home = folder()
    const path = join(home, 'user/.config/systemd/user/baton.service')
    mkdirSync(join(path, '..'), { recursive: true })
    writeFileSync(path, 'mine')
    await runInitWith(home, [], { ...systemd, flags: { yes: true, service: true } })
    expect(readFileSync(path, 'utf8')).toBe('mine')
    await runInitWith(
      home,
      [
        [/Bot token/, ''],
        [/with systemd/, 'y'],
        [/exists and differs\. Replace it\?/, 'y'],
      ],
      systemd,
    )
    expect(readFileSync(path, 'utf8')).toContain('[Service]')
  })

  test('is not offered unasked under --yes, nor on a system that is not known', async () => {
    const home = folder()
    await runInitWith(home, [], { ...systemd, flags: { yes: true } })
    const elsewhere = await runInitWith(home, [[/Bot token/, '']])
    expect(elsewhere.said).not.toContain('Keep the daemon running')
    expect(existsSync(join(home, 'user'))).toBe(false)
  })

  test('is a property list on a Mac', async () => {
    const home = folder()
    const { said } = await runInitWith(home, [], { platform: 'darwin', flags: { yes: true, service: true } })
    expect(read(home, 'user/Library/LaunchAgents/tasks.baton.daemon.plist')).toContain('<string>start</string>')
    expect(said).toContain('launchctl bootstrap')
  })
})

describe('a clone of a repository on GitHub', () => {
  const remote = (url: string) => async (_: string, args: string[]) =>
    args[0] === 'remote' ? { exitCode: 0, stdout: `${url}\n` } : undefined
  const yes: [RegExp, string][] = [
    [/token/, ''],
    [/into pull requests/, 'y'],
    [/A token for it/, 'github_pat_0123456789abcdefghij'],
  ]

  test.each([
    'git@github.com:acme/app.git',
    'https://github.com/acme/app',
    'ssh://git@github.com/acme/app.git',
    'https://x@github.com/acme/app.git',
  ])('of %s is found, and set up when wanted', async (url) => {
    const home = folder()
    await runInitWith(home, yes, { run: remote(url), env: { PATH: '/nowhere' } })
    const { config, secrets } = (await readConfig({ home, env: {} })) as Extract<
      Awaited<ReturnType<typeof readConfig>>,
      { config: unknown }
    >
    expect(config.projects[0].github?.repo).toBe('acme/app')
    expect(secrets.githubToken).toBe('github_pat_0123456789abcdefghij')
  })

  test.each(['git@gitlab.com:acme/app.git', 'https://github.com.evil.example/acme/app', '/srv/git/app.git'])(
    'elsewhere (%s) is not asked about',
    async (url) => {
      const home = folder()
      const { said } = await runInitWith(home, [[/token/, '']], { run: remote(url), env: { PATH: '/nowhere' } })
      expect(said).not.toContain('pull requests')
    },
  )
})
