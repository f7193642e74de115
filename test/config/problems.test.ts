import { chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { renderProblems } from '../../src/config/problem.ts'
import { readConfig } from '../../src/config/read.ts'
import { goodConfig, home, problemsIn } from './home.ts'

async function complaint(config: string, env: NodeJS.ProcessEnv = {}): Promise<string> {
  return renderProblems(await problemsIn({ config }, env))
}

test('an unknown key is met with its place, its line and the nearest known key', async () => {
  expect(await complaint('# first\napproval:\n  mod: all\n')).toBe(
    ['config.yaml:3:3: unknown key `approval.mod`', '  3 |   mod: all', '        ^', '  Did you mean `mode`?'].join(
      '\n',
    ),
  )
})

test('a property of the ledger may show of one kind alone what runs and deployments have alike', async () => {
  const properties = (source: string) =>
    `notion: {database: x, properties: {N: {type: title, source: title}, I: {type: rich_text, source: id}, S: {type: select, source: ${source}}}}\n`
  expect(await complaint(properties('deployment.status'))).not.toContain('no fact')
  expect(await complaint(properties('deployment.tasks'))).toContain('there is no fact `deployment.tasks`')
})

test.each([
  ['ordr: written\n', 'Did you mean `order`?'],
  ['claude: {allowedTools: []}\n', 'Did you mean `allowed_tools`?'],
  ['permission_mode: plan\n', 'Did you mean `claude.permission_mode`?'],
  ['claude: {modle: opus}\n', 'Did you mean `model`?'],
  ['budget: {total: 3}\n', 'The nearest known key is `run_usd`; known: run_usd, day_usd.'],
  ['verify: [{name: x, run: y, timout: 3s}]\n', 'Did you mean `timeout`?'],
  ['projects: {web: {path: ., retires: 3}}\n', 'Did you mean `retries`?'],
])('for %s the hint is %s', async (config, hint) => {
  expect(await complaint(config)).toContain(hint)
})

test.each([
  ['order: prioritised\n', '1:8', '`order`: expected written or priority, got `prioritised`'],
  ['order: priorty\n', '1:8', 'Did you mean `priority`?'],
  ['mark: no\n', '1:7', 'Write `false`.'],
  ['timeouts:\n  task: 90\n', '2:9', 'Write `90s` for seconds or `90m` for minutes.'],
  [
    'timeouts: {idle: soon}\n',
    '1:18',
    '`timeouts.idle`: expected a time with its unit, 0.1s or more (or 0), such as 90s, 20m, 2h or 1d, got `soon`',
  ],
  ['budget: {run_usd: -1}\n', '1:19', 'expected an amount in USD above 0, such as 2.5, got `-1`'],
  ['retries: lots\n', '1:10', 'expected a whole number, 0 to 20, got `lots`'],
  ['approval: marked\n', '1:11', '`approval`: expected keys with values below it, got `marked`'],
  ['claude: {model: 4}\n', '1:17', 'Put it in quotes: "4".'],
  ['tasks: 5\n', '1:8', '`tasks`: expected a list, got `5`'],
  ['http: {url: "ftp://host"}\n', '1:13', '`http.url`: expected an address that starts with http:// or https://'],
  ['http: {url: "https://host/baton?x=1"}\n', '1:13', '`http.url`: expected an address'],
  ['http: {url: "https://me:pw@host/"}\n', '1:13', '`http.url`: expected an address'],
  ['http: {url: "https://host/api/baton"}\n', '1:13', "/api is one of Baton's own paths"],
  ['http: {port: 70000}\n', '1:14', 'expected a whole number, 0 to 65535, got `70000`'],
  ['verify:\n  - name: x\n    run: |\n      $ npm test\n      ok\n', '3:10', 'a transcript is not a script'],
  ['verify:\n  - run: npm test\n', '2:5', '`verify[0].name` is missing'],
  ['verify: {name: x}\n', '1:9', 'expected a list of checks, each with name and run, got keys with values'],
  ['claude: {env: [A B]}\n', '1:16', '`claude.env[0]`: expected the name of an environment variable, got `A B`'],
  ['claude: {env: [PATH, API_TOKEN]}\n', '1:22', "API_TOKEN is Baton's own and never given to Claude"],
  ['projects: {web: {tasks: x}}\n', '1:17', '`projects.web.path` is missing'],
  ['projects: {"We b": {path: x}}\n', '1:12', '`projects.We b`: expected a name of small letters'],
  ['roles: {ops: [anna]}\n', '1:15', '`roles.ops[0]`: expected telegram:ID, slack:ID'],
  ['roles: {ops: "telegram:@anna"}\n', '1:14', 'expected a list of members, each telegram:ID, slack:ID'],
  ['roles: {Ops: [dashboard]}\n', '1:9', '`roles.Ops`: expected a name of small letters'],
  ['roles: [ops]\n', '1:8', '`roles`: expected roles by name, each with a list of members'],
  ['people: {anna: {accounts: [telegram:42], logins: [anna]}}\n', '1:51', 'expected github:LOGIN, got `anna`'],
  ['timezone: Mars/Olympus\n', '1:11', 'expected a time zone, such as Europe/Berlin, got `Mars/Olympus`'],
  ['telegram: {quiet_hours: 22-7}\n', '1:25', 'expected two times of day, such as "22:00-07:00", got `22-7`'],
  ['telegram: {quiet_hours: 22:00-22:00}\n', '1:25', 'expected two times of day'],
  ['schedule: [{cron: "61 * * * *"}]\n', '1:19', 'not a schedule'],
  ['schedule: [{cron: "0 0 31 2 *"}]\n', '1:19', 'this time never comes'],
  ['schedule: [{cron: "0 0 30 2 1#6"}]\n', '1:19', 'not a schedule'],
  ['schedule: [{cron: "0 0 0 1 1 * 2001"}]\n', '1:19', 'this time never comes'],
  ['schedule:\n  - {cron: "0 8 * * *"}\n  - {cron: "* * * * * *"}\n', '3:12', 'more often than once a minute'],
  ['schedule: [{cron: "0,30 0 8 * * *"}]\n', '1:19', 'more often than once a minute'],
  ['telegram: {remind_after: 1ms}\n', '1:26', 'expected a time with its unit, 1s or more (or 0)'],
  ['telegram: {progress: 0}\n', '1:22', 'expected a time with its unit, 1s or more'],
  ['heartbeat: {every: 1s}\n', '1:20', 'expected a time with its unit, 10s or more'],
  ['timeouts: {task: 1ms}\n', '1:18', 'expected a time with its unit, 0.1s or more (or 0)'],
  ['verify: [{name: x, run: y, timeout: 1ms}]\n', '1:37', 'expected a time with its unit, 0.1s or more (or 0)'],
  ['schedule: [{cron: "0 8 * * *", project: web}]\n', '1:41', 'there is no project `web`'],
  ['github: {repo: app}\n', '1:16', '`github.repo`: expected owner/name, such as acme/app, got `app`'],
  ['github: {repo: acme/..}\n', '1:16', 'expected owner/name'],
  ['github: {repo: a/b, branch: work}\n', '1:29', 'expected the name of a branch with {number} in it'],
  ['github: {repo: a/b, branch: "-x{number}"}\n', '1:29', 'expected the name of a branch with {number} in it'],
  ['github: {merge: {command: merge}}\n', '1:27', 'expected a slash and small letters, such as /merge, got `merge`'],
  ['jira: {project: bat}\n', '1:17', "`jira.project`: expected a project's key in Jira, such as BAT, got `bat`"],
  ['jira: {project: BAT, jql: "labels = x ORDER BY rank"}\n', '1:27', 'expected a query in JQL without ORDER BY'],
  ['jira: {project: BAT, jql: "labels = x) OR (1 = 1"}\n', '1:27', 'its quotes and brackets closed'],
  ['jira: {project: BAT, jql: "summary ~ \'a"}\n', '1:27', 'its quotes and brackets closed'],
  ['github: {repo: a/b, poll: 1s}\n', '1:27', 'expected a time with its unit, 10s or more'],
  ['github: {repo: a/b}\nworkspace: in_place\n', '2:12', '`github` needs a worktree for each issue'],
  [
    'projects:\n  x: {path: x, github: {repo: a/b}}\n  y: {path: y, github: {repo: A/b}}\n',
    '3:31',
    'A/b is the repository of two projects',
  ],
  ['notify: [{url: $NOWHERE}]\n', '1:16', 'NOWHERE is set neither in .env nor in the environment'],
  ['notify: [{url: ftp://x}]\n', '1:16', '`notify[0].url`: expected an address'],
  ['notify: [{url: "http://x", events: [questoin]}]\n', '1:37', 'Did you mean `question`?'],
  ['retries: "2"\n', '1:10', 'Write it without quotes: 2.'],
  ['mark: "true"\n', '1:7', 'Write it without quotes: true.'],
  ['discord: {channel: 900000000000000002}\n', '1:20', '`discord.channel`: expected an id of Discord in quotes'],
  ['discord: {users: [general]}\n', '1:19', '`discord.users[0]`: expected an id of Discord in quotes'],
  ['slack: {channel: general}\n', '1:18', '`slack.channel`: expected a channel id like C0123456789'],
  ['machine: {name: any}\n', '1:17', '`machine.name`: expected a name of small letters'],
  [
    'environments: {p: {deploy: x, check: {url: foo}}}\n',
    '1:44',
    '`environments.p.check.url`: expected an address that',
  ],
  ['environments: {p: {deploy: x, check: {every: 1}}}\n', '1:46', 'Write `1s` for seconds or `1m` for minutes.'],
  ['environments: {p: {deploy: x, check: {ur: x}}}\n', '1:39', 'Did you mean `url`?'],
  ['environments: {p: {deploy: x, check: 5}}\n', '1:38', 'expected commands, or {url, status'],
  [
    'notion: {properties: {A: {type: txt, source: id}}}\n',
    '1:33',
    '`notion.properties.A.type`: expected title, rich_text',
  ],
  ['notion: {properties: {A: {type: title, sorce: id}}}\n', '1:40', 'Did you mean `source`?'],
  ['branch: per-task\n', '1:1', '`branch` has no effect while nothing is committed'],
  ['project: x\nprojects: {web: {path: x}}\n', '1:1', '`project` is not used together with `projects`'],
])('for %j it says at %s: %s', async (config, place, words) => {
  const said = await complaint(config)
  expect(said).toContain(`config.yaml:${place}`)
  expect(said).toContain(words)
})

test.each([
  ['a: [1,\nb: 2\n', /^config\.yaml:\d+:\d+: \S/],
  ['a:\n\t- x\n', /^config\.yaml:2:1: .*[Tt]abs?/],
  ['order: written\norder: priority\n', /^config\.yaml:2:1: .*unique/],
  ['order: "written\n', /^config\.yaml:\d+:\d+: .*quote/],
  ['- just\n- a list\n', /^config\.yaml:1:1: expected keys with values/],
  ['just words\n', /^config\.yaml:1:1: expected keys with values/],
  ['order: written\n---\norder: priority\n', /^config\.yaml:\d+:\d+: this file can contain only one document/],
  [
    'a: &a [x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c,*c,*c]\n',
    /alias/i,
  ],
])('the YAML %j is refused in words with a place', async (config, words) => {
  expect(await complaint(config)).toMatch(words)
})

test('all problems of both files come at once, in the order of their lines', async () => {
  const problems = await problemsIn({
    config: 'mark: 1\nordr: x\nretries: -1\n',
    env: 'PORT=x\nTELEGRAM_ALLOWED_USERS=@anna\n',
  })
  expect(problems.map(({ file, line }) => `${file}:${line}`)).toEqual([
    '.env:1',
    '.env:2',
    'config.yaml:1',
    'config.yaml:2',
    'config.yaml:3',
  ])
})

describe('a config.yaml that cannot be read', () => {
  test.each([
    ['is not UTF-8', Buffer.from([0x61, 0xff, 0xfe, 0x62]), 'is not UTF-8 text'],
    ['is binary', Buffer.from('order\0: x'), 'is not a text file'],
    ['is huge', Buffer.alloc(1_000_001, 0x20), 'is larger than 1 MB'],
  ])('is refused when it %s', async (_what, config, words) => {
    expect(renderProblems(await problemsIn({ config }))).toContain(words)
  })

  test('is refused when it is a folder', async () => {
    const folder = home()
    mkdirSync(join(folder, 'config.yaml'))
    expect(await readConfig({ home: folder, env: {} })).toMatchObject({
      problems: [{ message: 'is a folder, not a file' }],
    })
  })

  test.skipIf(process.getuid?.() === 0)('is refused when it may not be read', async () => {
    const folder = home({ config: '' })
    chmodSync(join(folder, 'config.yaml'), 0)
    expect(await readConfig({ home: folder, env: {} })).toMatchObject({
      problems: [{ message: 'cannot be read (EACCES)' }],
    })
  })
})

test('no text whatever makes the reader throw, and every problem has a message', async () => {
  const pieces = fc.constantFrom(
    'order',
    'claude',
    ':',
    ' ',
    '\n',
    '  ',
    '- ',
    '{',
    '}',
    '[',
    ']',
    '&a ',
    '*a',
    '"',
    "'",
    '#',
    '|',
    '!!js ',
    '?',
    '%',
    '<<: ',
    'verify',
    'projects',
    '0',
    'null',
    '\t',
    '\u0000',
    'é',
  )
  const texts = fc.oneof(
    fc.string(),
    fc.array(pieces, { maxLength: 30 }).map((parts) => parts.join('')),
  )
  const folder = home()
  const { writeFileSync } = await import('node:fs')
  await fc.assert(
    fc.asyncProperty(texts, async (text) => {
      writeFileSync(join(folder, 'config.yaml'), text)
      const result = await readConfig({ home: folder, env: {} })
      if ('problems' in result) {
        expect(result.problems.length).toBeGreaterThan(0)
        for (const problem of result.problems) expect(problem.message).not.toBe('')
      }
    }),
    { numRuns: 300 },
  )
})

// A quadratic step takes minutes at this size.
test('a long text of blank lines that ends in a word is a complaint like others', async () => {
  await complaint(`${'\n'.repeat(500_000)}x`)
})

test('answers on the phone only need a bot to give them to', async () => {
  const config = 'approval:\n  from: phone\n'
  expect(await complaint(config)).toContain('config.yaml:2:9: there is no phone to answer from')
  expect(await complaint('projects:\n  web:\n    path: web\n    approval: {from: phone}\n')).toContain('no phone')
  expect(
    await complaint(config, { TELEGRAM_BOT_TOKEN: '123456789:AAHexampleexampleexampleexampleexam' }),
  ).not.toContain('phone')
})

test("Baton's own secrets are not for checks, whoever names them", async () => {
  const config = (name: string) => `verify:\n  - name: tests\n    run: npm test\n    env: [DATABASE_URL, ${name}]\n`
  expect(await complaint(config('API_TOKEN'))).toContain("API_TOKEN is Baton's own and never given to checks")
  expect(await complaint(config('OTHER'))).toBe('')
})

test("a DATABASE_URL of the environment is the user's, unless this machine has a name", async () => {
  const checks = 'verify:\n  - name: tests\n    run: npm test\n    env: [DATABASE_URL]\n'
  const env = { DATABASE_URL: 'postgres://me:secret-word@db/app' }
  expect(await goodConfig(checks, env)).not.toHaveProperty('secrets.databaseUrl')
  // It may as well be no Postgres at all.
  expect(await goodConfig(checks, { DATABASE_URL: 'mysql://db' })).not.toHaveProperty('secrets.databaseUrl')
  const named = await goodConfig('machine: {name: studio, labels: [gpu]}\n', env)
  expect(named.secrets.databaseUrl).toBe(env.DATABASE_URL)
  expect(named.config.machine).toEqual({ name: 'studio', labels: ['gpu'] })
  expect(named.secretValues).toContain('secret-word')
  expect(await complaint(`machine: {name: studio}\n${checks}`, env)).toContain("DATABASE_URL is Baton's own")
  expect(await complaint('machine: {name: any}\n')).toContain('and not “any”')
})

describe('a DATABASE_URL that is none of machines', () => {
  const noticesOf = async (files: { config?: string; env?: string }, env: NodeJS.ProcessEnv = {}) => {
    const result = await readConfig({ home: home(files), env })
    if ('problems' in result) throw new Error(renderProblems(result.problems))
    expect(result.warnings).toEqual([])
    return { told: renderProblems(result.notices), url: result.secrets.databaseUrl }
  }
  const named = 'machine: {name: studio}\n'
  const right = 'postgres://baton:hush@db/baton'

  test.each([
    ['mysql://root:hush@db/app', 'one that starts with mysql://'],
    ['sqlite:/var/app.db', 'one that starts with sqlite:'],
    ['hush-hush', 'no address at all'],
    ['"postgres://baton:hush hush@db/baton"', 'one with blanks in it'],
  ])('%s in .env is an error that says what came, and shows no secret', async (value, shown) => {
    const told = renderProblems(await problemsIn({ env: `\nDATABASE_URL=${value}\n` }))
    expect(told).toBe(
      `.env:2: DATABASE_URL: expected an address that starts with postgres:// or postgresql://, and this is ${shown}\n` +
        '  It is for machines that share runs (docs/machines.md). Take it out, or leave it empty, where this one works alone.',
    )
  })

  test.each(['mysql://root:hush@db/app', 'sqlite:/var/app.db', 'hush-hush'])(
    '%s of the environment is one line of notice, and no more, whether the machine has a name or not',
    async (value) => {
      for (const config of ['', named]) {
        const { told, url } = await noticesOf({ config }, { DATABASE_URL: value })
        expect(url).toBeUndefined()
        expect(told).toMatch(
          /^environment: warning: DATABASE_URL is not used: expected an address .* and this is .*\.env/,
        )
        expect(told).not.toMatch(/\n|hush/)
      }
    },
  )

  test('the one in .env counts beside it', async () => {
    for (const config of ['', named]) {
      const { told, url } = await noticesOf({ config, env: `DATABASE_URL=${right}\n` }, { DATABASE_URL: 'mysql://db' })
      expect(url).toBe(right)
      expect(told).toMatch(/this is one that starts with mysql:\/\/\. The one in \.env is used\.$/)
    }
    // A Postgres, of another program, as nothing says that it is meant.
    const { told, url } = await noticesOf({ env: `DATABASE_URL=${right}\n` }, { DATABASE_URL: 'postgres://db/app' })
    expect(url).toBe(right)
    expect(told).toMatch(/`machine.name` is not set in config.yaml.*The one in \.env is used\.$/)
    const meant = await noticesOf(
      { config: named, env: `DATABASE_URL=${right}\n` },
      { DATABASE_URL: 'postgres://db/b' },
    )
    expect(meant).toEqual({ url: 'postgres://db/b', told: '' })
  })
})

test('settings on the command line cannot stand beside the sandbox', async () => {
  const args = '  extra_args: ["--verbose", "--settings={}"]\n'
  expect(await complaint(`claude:\n  sandbox: on\n${args}`)).toContain('would replace `claude.sandbox: on`')
  expect(await complaint(`claude:\n${args}`)).toBe('')
})

test('worktrees cannot lie where the sandbox hides them', async () => {
  const sandbox = 'claude:\n  sandbox: on\n'
  const words = 'hides the state folder, and the worktrees are in it'
  expect(await complaint(`lanes: 3\n${sandbox}`)).toContain(words)
  expect(await complaint(`lanes: 3\n${sandbox}`)).toContain('`worktree: {dir: ~/.baton-worktrees/')
  expect(await complaint(`workspace: worktree\nstate: trees\nworktree: {dir: trees/a}\n${sandbox}`)).toContain(words)
  expect(await complaint(`projects:\n  a: {path: a, lanes: 2}\n${sandbox}`)).toContain(words)
  expect(await complaint(`lanes: 3\nworktree: {dir: ../trees}\n${sandbox}`)).toBe('')
  expect(await complaint(sandbox)).toBe('')
  expect(await complaint('lanes: 3\n')).toBe('')
})

test.each(['0 8 * * 1-5', '*/1 * * * *', '0 0 29 2 *', '30 0 8 * * *', '@daily'])(
  'the schedule %s is one',
  async (cron) => {
    expect(await complaint(`schedule: [{cron: "${cron}"}]\n`)).toBe('')
  },
)
