import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { readConfig } from '../../src/config/read.ts'
import { type DoctorCheck, exitCodeOf, isAtLeast, named } from '../../src/doctor/check.ts'
import { type DoctorDeps, runDoctor } from '../../src/doctor/doctor.ts'
import { judgeSpace } from '../../src/doctor/folders.ts'
import { runProgram } from '../../src/doctor/run-program.ts'
import { checkTelegram } from '../../src/doctor/telegram.ts'
import { startBotApi } from '../support/bot-api/server.ts'

function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'baton-doctor-'))
  onTestFinished(() => {
    rmSync(dir, { recursive: true, force: true })
  })
  return dir
}

async function freePort(): Promise<{ port: number; close: () => void }> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { port: (server.address() as { port: number }).port, close: () => server.close() }
}

/** What the doctor finds in a home with these files; everything but Claude and the task files is real. */
async function examine(config = '', over: Partial<DoctorDeps> & { env?: NodeJS.ProcessEnv; home?: string } = {}) {
  const home = over.home ?? folder()
  if (config) writeFileSync(join(home, 'config.yaml'), config)
  const free = await freePort()
  free.close()
  const checks = await runDoctor({
    nodeVersion: '24.1.0',
    configuration: await readConfig({ home, env: { PORT: String(free.port), ...over.env } }),
    run: runProgram,
    checkClaude: async () => ({ found: true, version: '2.1.330', loggedIn: true }),
    checkTaskFiles: async () => ({ files: 1, open: 3, done: 2, problems: [] }),
    runnerOf: async () => undefined,
    limitTools: () => ({ isScoped: true, isPerProcess: true, isWatched: true }),
    sandboxProblem: async () => undefined,
    fetch,
    ...over,
    env: {},
  })
  return { home, checks, check: (name: string) => checks.find((check) => check.name === name) as DoctorCheck }
}

describe('with everything there', () => {
  test('each check is fine', async () => {
    const home = folder()
    execFileSync('git', ['init', '-q'], { cwd: home })
    const api = await startBotApi()
    onTestFinished(() => api.close())
    const env = { TELEGRAM_BOT_TOKEN: api.token, TELEGRAM_API_ROOT: api.root, TELEGRAM_ALLOWED_USERS: '42' }
    const { checks, check } = await examine('order: priority\n', { home, env })
    expect(checks.filter(({ status }) => status !== 'ok')).toEqual([])
    expect(checks.map(({ name }) => name)).toEqual([
      'node',
      'git',
      'config',
      'project',
      'tasks',
      'claude',
      'sandbox',
      'state',
      'logs',
      'disk',
      'runner',
      'telegram',
      'users',
      'http',
    ])
    expect(check('telegram').detail).toBe('@baton_test_bot')
    expect(check('tasks').detail).toBe('1 file, 3 open, 2 done')
    expect(exitCodeOf(checks)).toBe(0)
  })

  test('nothing is left behind', async () => {
    const home = folder()
    for (const name of ['.baton', 'logs']) mkdirSync(join(home, name))
    await examine('', { home })
    expect(readdirSync(home).sort()).toEqual(['.baton', 'logs'])
    expect(readdirSync(join(home, '.baton'))).toEqual([])
  })
})

test('a configuration that is wrong is told whole, and what it names is not looked for', async () => {
  const { checks, check } = await examine('ordr: x\nretries: -1\n')
  expect(checks.map(({ name }) => name)).toEqual(['node', 'git', 'config'])
  expect(check('config')).toMatchObject({
    status: 'fail',
    detail: expect.stringMatching(/config\.yaml:1:1: .*config\.yaml:2:10: /s),
  })
  expect(exitCodeOf(checks)).toBe(2)
})

test('warnings of the configuration are warnings', async () => {
  const { check } = await examine('branch: per-run\n')
  expect(check('config')).toMatchObject({
    status: 'warn',
    detail: expect.stringContaining('has no effect while nothing is committed'),
  })
})

test('an old Node is refused, and versions are compared by number', async () => {
  const { checks, check } = await examine('', { nodeVersion: '22.9.0' })
  expect(check('node')).toMatchObject({ status: 'fail', todo: expect.stringContaining('npm install') })
  expect(exitCodeOf(checks)).toBe(2)
  expect([
    isAtLeast('22.18.0', '22.18'),
    isAtLeast('24.0', '22.18'),
    isAtLeast('22.9', '22.18'),
    isAtLeast('2.30.0.windows.1', '2.30'),
  ]).toEqual([true, true, false, true])
})

test('without git tasks can still be worked on', async () => {
  const { checks, check } = await examine('', { run: async () => undefined })
  expect(check('git')).toMatchObject({ status: 'warn', detail: expect.stringContaining('no checkpoints') })
  expect(exitCodeOf(checks)).toBe(0)
})

test.each([
  [{ found: false }, 'fail', /^not found: claude$/],
  [{ found: true, version: '1.0.0', problem: '1.0.0 is too old', todo: 'claude update' }, 'fail', /too old/],
  [{ found: true, version: '2.1.330', loggedIn: false }, 'fail', /not logged in/],
  [{ found: true, version: '2.1.330', loggedIn: undefined }, 'ok', /first task will show/],
] as const)('Claude that is %j is %s', async (found, status, detail) => {
  const { check } = await examine('', { checkClaude: async () => found })
  expect(check('claude')).toMatchObject({ status, detail: expect.stringMatching(detail), needed: true })
})

test('each project is looked at, and each different Claude once', async () => {
  const home = folder()
  for (const name of ['web', 'api']) mkdirSync(join(home, name))
  const asked: string[][] = []
  const { checks } = await examine(
    'projects: {web: {path: web}, api: {path: api}, gone: {path: gone, claude: {command: other}}}\n',
    {
      home,
      checkClaude: async (command) => {
        asked.push(command)
        return { found: true, version: '2' }
      },
    },
  )
  expect(asked).toEqual([['claude'], ['other']])
  expect(checks.filter(({ name }) => name.startsWith('project')).map(({ name, status }) => [name, status])).toEqual([
    ['project web', 'warn'],
    ['project api', 'warn'],
    ['project gone', 'fail'],
  ])
})

test('problems of task files fail, and no task file at all is only worth a word', async () => {
  const broken = await examine('', {
    checkTaskFiles: async () => ({ files: 1, open: 0, done: 0, problems: ['a.md:3:1: no instruction', 'b', 'c'] }),
  })
  expect(broken.check('tasks')).toMatchObject({ status: 'fail', detail: 'a.md:3:1: no instruction\nand 2 more' })
  const none = await examine('', { checkTaskFiles: async () => ({ files: 0, open: 0, done: 0, problems: [] }) })
  expect(none.check('tasks')).toMatchObject({ status: 'warn' })
})

describe('folders', () => {
  test('a file in the place of the state folder fails', async () => {
    const home = folder()
    writeFileSync(join(home, '.baton'), '')
    expect((await examine('', { home })).check('state')).toMatchObject({
      status: 'fail',
      detail: expect.stringContaining('not a folder'),
    })
  })

  test.skipIf(process.getuid?.() === 0)('a folder that may not be written fails', async () => {
    const home = folder()
    mkdirSync(join(home, 'logs'), { mode: 0o555 })
    const { check } = await examine('', { home })
    chmodSync(join(home, 'logs'), 0o755)
    expect(check('logs')).toMatchObject({ status: 'fail', detail: expect.stringContaining('EACCES') })
  })

  test('little space warns, and too little fails', () => {
    const check = named('disk', { needed: true })
    expect([3e9, 9e8, 1e6].map((bytes) => judgeSpace(check, bytes))).toMatchObject([
      { status: 'ok', detail: '3 GB free' },
      { status: 'warn', detail: '900 MB free' },
      { status: 'fail', detail: '1 MB free' },
    ])
  })
})

describe('telegram', () => {
  async function withBot(
    act: (api: Awaited<ReturnType<typeof startBotApi>>) => void | Promise<void>,
    env: NodeJS.ProcessEnv = {},
  ) {
    const api = await startBotApi()
    onTestFinished(() => api.close())
    await act(api)
    return {
      ...(await examine('', { env: { TELEGRAM_BOT_TOKEN: api.token, TELEGRAM_API_ROOT: api.root, ...env } })),
      token: api.token,
    }
  }

  test('a bot that nobody may use yet says how to get an id', async () => {
    const { check, checks } = await withBot(() => undefined)
    expect(check('users')).toMatchObject({ status: 'warn', todo: expect.stringContaining('@baton_test_bot') })
    expect(exitCodeOf(checks)).toBe(0)
  })

  test('a token that Telegram does not know fails, but tasks can be worked on', async () => {
    const { check, checks } = await withBot(() => undefined, { TELEGRAM_BOT_TOKEN: '1:wrong-token-wrong-token' })
    expect(check('telegram')).toMatchObject({ status: 'fail', detail: 'the token is not valid' })
    expect(exitCodeOf(checks)).toBe(1)
  })

  test.each([
    ['away', (api: Awaited<ReturnType<typeof startBotApi>>) => api.away(), /cannot be reached: ECONNREFUSED/],
    [
      'in trouble',
      (api: Awaited<ReturnType<typeof startBotApi>>) => api.faults.add({ trouble: { kind: 'status', code: 502 } }),
      /it answered 502/,
    ],
    [
      'behind a broken proxy',
      (api: Awaited<ReturnType<typeof startBotApi>>) => api.faults.add({ trouble: { kind: 'garbage', code: 200 } }),
      /cannot be reached/,
    ],
  ])('a Telegram that is %s is a warning, without the token', async (_what, act, detail) => {
    const { check, checks, token } = await withBot(act)
    expect(check('telegram')).toMatchObject({ status: 'warn', detail: expect.stringMatching(detail) })
    expect(JSON.stringify(checks)).not.toContain(token.split(':')[1])
  })

  test('a webhook that takes the messages away is seen', async () => {
    const { check } = await withBot(async (api) => {
      await fetch(`${api.root}/bot${api.token}/setWebhook?url=https://other.example/hook`)
    })
    expect(check('telegram')).toMatchObject({ status: 'warn', detail: expect.stringContaining('webhook') })
  })

  test('no bot on Telegram is nothing to warn of where there is another chat', async () => {
    const found = await checkTelegram({ telegramAllowedUsers: [], slackBotToken: 'xoxb-1' } as never, fetch)
    expect(found).toMatchObject([{ status: 'ok', detail: 'not used' }])
  })

  test('no bot is worth a word', async () => {
    expect((await examine()).check('telegram')).toMatchObject({ status: 'warn', todo: expect.stringContaining('init') })
  })
})

describe('http', () => {
  test('a port that another program has fails, unless it is the daemon', async () => {
    const { port, close } = await freePort()
    onTestFinished(close)
    const env = { PORT: String(port) }
    expect((await examine('', { env })).check('http')).toMatchObject({
      status: 'fail',
      detail: `127.0.0.1:${port} is taken by another program`,
    })
    const running = await examine('', { env, runnerOf: async () => ({ kind: 'daemon', pid: 7, since: 0 }) })
    expect(running.check('http')).toMatchObject({ status: 'ok' })
    expect(running.check('runner').detail).toContain('the daemon, process 7')
  })

  test('another address than loopback without a token fails', async () => {
    const { check } = await examine('', { env: { HOST: '0.0.0.0' } })
    expect(check('http')).toMatchObject({ status: 'fail', detail: expect.stringContaining('API_TOKEN is not set') })
  })
})

test('a state that cannot be read fails, for nothing can be worked on with it', async () => {
  const { check } = await examine('', { runnerOf: () => Promise.reject(new Error('file is not a database')) })
  expect(check('state')).toMatchObject({ status: 'fail', detail: 'file is not a database' })
  expect(check('state').todo).toContain('backup')
})

test('a check that breaks is a finding and not an end', async () => {
  const boom = () => Promise.reject(new Error('boom'))
  const { checks } = await examine('', {
    checkClaude: boom,
    checkTaskFiles: boom,
    runnerOf: boom,
    run: boom,
    fetch: boom,
  })
  expect(checks.filter(({ detail }) => detail === 'could not be checked: boom').map(({ name }) => name)).toEqual([
    'git',
    'project',
    'tasks',
    'claude',
    'runner',
  ])
})

describe('limits of a task', () => {
  const none = { isScoped: false, isPerProcess: false, isWatched: false }
  const limits = (memory: boolean, cpu: boolean) =>
    `lane_limits:\n${memory ? '  memory: 4g\n' : ''}${cpu ? '  cpu: 2\n' : ''}`
  const shown = async (config: string, found: Partial<typeof none>) => {
    const { check } = await examine(config, { limitTools: () => ({ ...none, ...found }) })
    return check('lane limits')
  }

  test('say which way each is kept on this machine, and which is not', async () => {
    expect(await shown('', {})).toBeUndefined()
    expect(await shown(limits(true, true), { isScoped: true, isPerProcess: true, isWatched: true })).toMatchObject({
      status: 'ok',
      detail: 'memory: by systemd, per process, by a check every 10 s; cpu: by systemd',
    })
    expect(await shown(limits(true, false), { isPerProcess: true, isWatched: true })).toMatchObject({
      status: 'ok',
      detail: 'memory: per process, by a check every 10 s',
    })
    expect(await shown(limits(true, true), { isWatched: true })).toMatchObject({
      status: 'warn',
      detail: expect.stringMatching(
        /^memory: by a check .*; cpu: not enforced, there is no systemd for your user here$/,
      ),
      todo: expect.stringContaining('lane_limits.cpu'),
    })
    expect(await shown(limits(true, false), {})).toMatchObject({
      status: 'warn',
      detail: 'memory: not enforced, that takes Linux',
    })
  })
})

test('a sandbox is needed only where it is on', async () => {
  const none = { sandboxProblem: async () => 'bwrap not found' }
  const on = 'claude:\n  sandbox: on\n'
  const found = async (config: string, over = {}) => {
    const { check, checks } = await examine(config, over)
    return [check('sandbox').status, check('sandbox').detail, exitCodeOf(checks)]
  }
  expect(await found('')).toEqual(['ok', 'off; claude.sandbox: on turns it on', 0])
  expect(await found('', none)).toEqual(['ok', 'off; not available here: bwrap not found', 0])
  expect(await found(on)).toEqual(['ok', 'on', 0])
  expect(await found(on, none)).toEqual(['fail', 'bwrap not found', 2])
})
