import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type GitHubServer, startGitHub } from '../support/github/server.ts'
import { noPostgres } from '../support/postgres.ts'
import { aHome, baton, REHEARSED } from '../terminal/program.ts'
import { postgresOfTests } from './databases.ts'

const NOTHING = 'Nothing to do: no open issue of acme/app is labeled “ready”.'

describe.skipIf(noPostgres !== undefined)('one look at GitHub, where several machines could', () => {
  const postgres = postgresOfTests()
  let server: GitHubServer
  beforeAll(async () => {
    server = await startGitHub()
  })
  afterAll(() => server.close())

  it('is taken by one of two that begin together, says who has it, and leaves it to the next one', async () => {
    const url = postgres.createDatabase()
    const repo = server.repo('acme/app', { people: { wendy: 'write', 'baton-bot': 'write' } })
    const homes = ['one', 'two'].map((name) => {
      const home = aHome({
        'config.yaml': `${REHEARSED}project: work\nmachine: {name: ${name}}\ngithub:\n  repo: acme/app\n`,
        '.env': `DATABASE_URL=${url}\nGITHUB_TOKEN=${server.token('baton-bot')}\nGITHUB_API_URL=${server.apiUrl}\n`,
      })
      execFileSync('git', ['clone', '-q', repo.row.gitDir, join(home.dir, 'work')])
      return home
    })
    const once = (home: (typeof homes)[0]) => baton(home, ['github', '--once'])
    const pulls = () => [...repo.row.issues.values()].filter(({ pull }) => pull !== undefined).length
    const label = (title: string) =>
      repo.open('wendy', { title, body: 'rehearse: wait 3s\nrehearse: edit a.txt "one"', labels: ['ready'] })
    label('Add a')
    const both = await Promise.all(homes.map(once))
    expect(both.map(({ exitCode }) => exitCode)).toEqual([0, 0])
    const other = both.findIndex(({ stderr }) => stderr.includes('looks at GitHub'))
    const worker = other === 0 ? 'two' : 'one'
    expect(both[other]?.stderr).toContain(`The machine ${worker} looks at GitHub for all of them`)
    expect(both[1 - other]?.stdout).toContain('1 done')
    expect(pulls()).toBe(1)
    // It was given back, with what was noted: the other one has it at its next look, and knows what is done.
    const listens = () =>
      postgres.query(url, "SELECT machine FROM baton.source WHERE renewed > now() - interval '15 s'")
    expect(listens()).toBe('')
    const next = await once(homes[other] as (typeof homes)[0])
    expect(next).toMatchObject({ exitCode: 0, stderr: expect.stringContaining(NOTHING) })
    expect(pulls()).toBe(1)
    expect(postgres.query(url, 'SELECT machine, fence FROM baton.source')).toBe(`${worker === 'one' ? 'two' : 'one'}|2`)
    // It takes no run of others meanwhile, and is no machine afterwards.
    expect(postgres.query(url, 'SELECT count(*) FROM baton.machine WHERE NOT has_left')).toBe('0')
  }, 90_000)
})
