import { writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readConfig } from '../../src/config/read.ts'
import { goodConfig, home, problemsIn, read } from './home.ts'

describe('without anything set', () => {
  test.each([
    ['no config.yaml', {}],
    ['an empty one', { config: '' }],
    ['one of comments', { config: '# nothing\n\n   # here\n' }],
    ['one with a byte order mark', { config: '\uFEFF# nothing\n' }],
    ['groups whose keys are all commented out', { config: 'approval:\n#  mode: all\nclaude:\n' }],
  ])('the defaults hold with %s', async (_what, files) => {
    const folder = home(files)
    const result = await readConfig({ home: folder, env: {} })
    expect(result).toMatchObject({
      config: {
        home: folder,
        stateDir: join(folder, '.baton'),
        logsDir: join(folder, 'logs'),
        projects: [
          {
            name: 'main',
            path: folder,
            tasks: ['tasks/*.md'],
            order: 'written',
            mark: true,
            approval: { mode: 'marked', auto: [], review: 'never', checkpointAfter: [] },
            claude: { command: ['claude'], permissionMode: 'acceptEdits', holdMs: 600_000 },
            git: 'read',
            timeouts: { startMs: 120_000, idleMs: 900_000, taskMs: 7_200_000, exitMs: 30_000, verifyMs: 600_000 },
            retries: 1,
            onFailure: 'ask',
            budget: {},
            verify: [],
          },
        ],
        keep: { runs: 200, days: 90, logMb: 500 },
        http: { enabled: true, host: '127.0.0.1', port: 7077 },
      },
      secrets: { telegramAllowedUsers: [] },
      warnings: [],
    })
  })

  test('a folder that does not exist is the one thing that is wrong', async () => {
    const result = await readConfig({ home: '/nowhere/at/all', env: {} })
    expect(result).toMatchObject({ problems: [{ file: '/nowhere/at/all', message: 'there is no such folder' }] })
  })
})

test('durations become milliseconds, money stays USD, and keys that are not set stay away', async () => {
  const { config } = await goodConfig(
    'timeouts: {task: 1h30m, idle: 90s, verify: 0}\nclaude: {hold: 0, budget_usd: 2.5}\nbudget:\n  run_usd: 20\n  day_usd:\n',
  )
  const [project] = config.projects
  expect(project.timeouts).toMatchObject({ taskMs: 5_400_000, idleMs: 90_000, verifyMs: 0 })
  expect(project.claude).toMatchObject({ holdMs: 0, budgetUsd: 2.5 })
  expect(project.budget).toEqual({ runUsd: 20 })
  expect(project.claude).not.toHaveProperty('model')
})

test('folders are seen from home, and ~ is the user’s own', async () => {
  const { config } = await goodConfig('project: ../elsewhere\nstate: ~/state\nlogs: /var/log/baton\n')
  expect(config.projects[0].path).toBe(join(config.home, '..', 'elsewhere'))
  expect(config.stateDir).toBe(join(homedir(), 'state'))
  expect(config.logsDir).toBe('/var/log/baton')
})

test('a single value may stand where a list is expected', async () => {
  const { config } = await goodConfig('tasks: todo.md\nclaude: {allowed_tools: "Bash(npm test:*)"}\n')
  expect(config.projects[0]).toMatchObject({ tasks: ['todo.md'], claude: { allowedTools: ['Bash(npm test:*)'] } })
})

test.each([
  ['claude', ['claude']],
  ['node ./agent.ts "two words"', ['node', '<home>/agent.ts', 'two words']],
  ['["node", "../x/agent.ts", "--flag"]', ['node', '<home>/../x/agent.ts', '--flag']],
  ['~/bin/claude', [join(homedir(), 'bin/claude')]],
])('claude.command %s is cut into words with absolute paths', async (written, expected) => {
  const { config } = await goodConfig(`claude:\n  command: ${written}\n`)
  const absolute = expected.map((word) => (word.startsWith('<home>/') ? join(config.home, word.slice(7)) : word))
  expect(config.projects[0].claude.command).toEqual(absolute)
})

test('a program whose path has spaces is one program when it is there', async () => {
  const folder = home({ config: 'claude: {command: my claude}\n' })
  const cut = await readConfig({ home: folder, env: {} })
  expect(cut).toMatchObject({ config: { projects: [{ claude: { command: ['my', 'claude'] } }] } })
  writeFileSync(join(folder, 'my claude'), '')
  const whole = await readConfig({ home: folder, env: {} })
  expect(whole).toMatchObject({ config: { projects: [{ claude: { command: [join(folder, 'my claude')] } }] } })
})

test('each of several projects has its own settings over the common ones, and its own task files', async () => {
  const { config, warnings } = await goodConfig(`
retries: 3
claude: {model: sonnet, max_turns: 50}
approval: {auto: [testing]}
projects:
  web: {path: ../web, claude: {model: opus}, approval: {auto: []}}
  api: {path: ../api, tasks: [api/*.md], retries: 0}
`)
  expect(warnings).toEqual([])
  expect(
    config.projects.map(({ name, tasks, retries, claude, approval }) => [
      name,
      tasks,
      retries,
      claude.model,
      claude.maxTurns,
      approval.auto,
    ]),
  ).toEqual([
    ['web', ['tasks/web/*.md'], 3, 'opus', 50, []],
    ['api', ['api/*.md'], 0, 'sonnet', 50, ['testing']],
  ])
})

test('a repository on GitHub means a worktree for each issue, and none means nothing', async () => {
  const [project] = (await goodConfig('github: {repo: acme/app, poll: 2m, merge: {checks: [npm test]}}\n')).config
    .projects
  expect(project?.workspace).toBe('worktree')
  expect(project?.github).toEqual({
    ...{ repo: 'acme/app', label: 'ready', branch: 'feature/issue-{number}', review: 'all', bots: [], pollMs: 120_000 },
    merge: { command: '/merge', method: 'squash', checks: ['npm test'], ci: true, waitMs: 86_400_000 },
  })
  const [other] = (await goodConfig('github: {label: go}\n')).config.projects
  expect(other).toMatchObject({ workspace: 'in_place' })
  expect(other).not.toHaveProperty('github')
})

test('checks, schedule, quiet hours and the day are read', async () => {
  const { config } = await goodConfig(`
timezone: Europe/Berlin
verify:
  - {name: tests, run: npm test}
  - {name: types, run: [npx, tsc], paths: "**/*.ts", timeout: 5m}
schedule:
  - {cron: "0 8 * * 1-5", files: "tasks/{yyyy-MM-dd}.md", catch_up: false}
  - {cron: "0 9 * * 6", timezone: Asia/Tokyo, catch_up: 2h, auto_approve: true}
telegram: {quiet_hours: 22:00-07:00, remind_after: 1h}
daily: {morning: 08:00}
`)
  expect(config.projects[0].verify).toEqual([
    { name: 'tests', run: 'npm test', timeoutMs: 600_000 },
    { name: 'types', run: ['npx', 'tsc'], paths: ['**/*.ts'], timeoutMs: 300_000 },
  ])
  expect(config.schedule).toEqual([
    {
      cron: '0 8 * * 1-5',
      files: ['tasks/{yyyy-MM-dd}.md'],
      project: 'main',
      autoApprove: false,
      timezone: 'Europe/Berlin',
      catchUpMs: 0,
    },
    { cron: '0 9 * * 6', project: 'main', autoApprove: true, timezone: 'Asia/Tokyo', catchUpMs: 7_200_000 },
  ])
  expect(config.chat).toMatchObject({ quietHours: { fromMinute: 1320, toMinute: 420 }, remindAfterMs: 3_600_000 })
  expect(config.daily).toEqual({ morningMinute: 480 })
})

test('addresses and secrets of receivers come from .env by name, and count as secret', async () => {
  const result = await read({
    config:
      'notify:\n  - {url: $SLACK, format: slack, events: [question]}\n  - {url: "http://127.0.0.1:5678/hook", secret: $SIGN}\n',
    env: 'SLACK=https://hooks.slack.com/services/T0/B0/verysecretpath\nSIGN=signing-key-1\nN8N_NOTIFY_URL=http://n8n.local:5678/webhook/abc\n',
  })
  expect(result).toMatchObject({
    config: {
      notify: [
        { url: 'https://hooks.slack.com/services/T0/B0/verysecretpath', format: 'slack', events: ['question'] },
        { url: 'http://127.0.0.1:5678/hook', format: 'n8n', secret: 'signing-key-1' },
        { url: 'http://n8n.local:5678/webhook/abc', format: 'n8n' },
      ],
    },
    secretValues: expect.arrayContaining(['/services/T0/B0/verysecretpath', 'signing-key-1']),
    warnings: [],
  })
})

test('HOST and PORT win over http.host and http.port', async () => {
  const { config } = await goodConfig('http: {host: localhost, port: 1234}\n', { HOST: '0.0.0.0', PORT: '0' })
  expect(config.http).toMatchObject({ host: '0.0.0.0', port: 0 })
})

test('what stands under the older names holds for every chat, and two names at once are refused', async () => {
  const { config } = await goodConfig('telegram: {sound: ends, remind_after: 1h}\nchat: {progress: 5s}\n')
  expect(config.chat).toMatchObject({
    sound: 'ends',
    remindAfterMs: 3_600_000,
    progressMs: 5_000,
    inbox: '.baton/inbox',
  })
  const [problem] = await problemsIn({ config: 'telegram: {sound: ends}\nchat: {sound: all}\n' })
  expect(problem?.message).toBe('`telegram.sound` is the older name of `chat.sound`, and both are set')
})

test('people are read with their accounts, and a wrong account is an error', async () => {
  const { config } = await goodConfig('people: {anna: {accounts: [telegram:42], sound: all}}\n')
  expect(config.people).toEqual([
    { name: 'anna', accounts: [{ surface: 'telegram', id: '42' }], hears: 'telegram', sound: 'all' },
  ])
  expect(await problemsIn({ config: 'people: {anna: {accounts: [anna]}}\n' })).toMatchObject([{ severity: 'error' }])
})
