import { execFileSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openMachinesHouse, type TestMachine, type TestMachines } from '../../faults/machines/house.ts'
import { type GitHubServer, startGitHub } from '../support/github/server.ts'
import type { RepoHands } from '../support/github/world.ts'
import { noPostgres, startPostgres, type TestPostgres } from '../support/postgres.ts'

const REALLY = { timeout: 60_000, interval: 100 }
const SECRET = 'the secret of the webhook'

describe.skipIf(noPostgres !== undefined)(
  `two machines that know one repository${noPostgres ? ` (skipped: ${noPostgres})` : ''}`,
  () => {
    let postgres: TestPostgres
    let server: GitHubServer
    const houses: TestMachines[] = []
    beforeAll(async () => {
      postgres = startPostgres()
      server = await startGitHub()
    }, 60_000)
    afterAll(async () => {
      for (const house of houses) await house.close()
      await server?.close()
      postgres?.remove()
    })

    /** Two daemons, each with a clone of the same repository. */
    async function machines(what: string, isSharing = true) {
      // Another one with each try.
      const name = `acme/${what}${houses.length}`
      const url = postgres.createDatabase()
      const repo = server.repo(name, {
        people: { wendy: 'write', 'baton-bot': 'write' },
        files: { 'README.md': '# App\n' },
      })
      const house = openMachinesHouse(url)
      houses.push(house)
      const all: TestMachine[] = []
      for (const called of ['one', 'two'])
        all.push(
          await house.start(called, {
            isSharing,
            config: `project: work\ngithub: {repo: ${name}, poll: 10s}\n`,
            env: `GITHUB_TOKEN=${server.token('baton-bot')}\nGITHUB_API_URL=${server.apiUrl}\nGITHUB_WEBHOOK_SECRET=${SECRET}\n`,
            prepare: (stateDir) => {
              execFileSync('git', ['clone', '-q', repo.row.gitDir, join(dirname(stateDir), 'work')])
            },
          }),
        )
      const looks = () => server.requests.filter(({ path }) => path === `/repos/${name}/issues/comments`).length
      return { url, repo, house, all, looks }
    }
    const started = (house: TestMachines) => house.witness().starts.length
    const pulls = (repo: RepoHands) => [...repo.row.issues.values()].filter(({ pull }) => pull !== undefined)
    const hook = async ({ daemon }: TestMachine, number: number) => {
      const { body, headers } = server.delivery('issues', { action: 'labeled', issue: { number } }, SECRET)
      expect((await fetch(`${daemon.url}/webhooks/github`, { method: 'POST', body, headers })).status).toBe(200)
    }

    it('take an issue up once, whichever of them hears of it, and go on with it where the other one is killed', async () => {
      const { url, repo, house, all, looks } = await machines('shared')
      const holder = () => postgres.query(url, 'SELECT machine FROM baton.source')
      await expect.poll(holder, REALLY).not.toBe('')
      await expect.poll(looks, REALLY).toBeGreaterThan(0)
      const first = all.find(({ name }) => name === holder()) as TestMachine
      const second = all.find((one) => one !== first) as TestMachine
      await expect.poll(() => postgres.query(url, 'SELECT count(*) FROM baton.machine'), REALLY).toBe('2')
      const list = await house.call(second.home, ['machine', 'list'])
      expect(list.out).toMatch(new RegExp(`${first.name} .*listens to github:127\\.0\\.0\\.1:\\d+/acme/shared\\d`))

      const status = async () => (await house.call(second.home, ['status'])).out
      await expect.poll(status, REALLY).toContain(`${first.name} listens to github:`)

      // Heard by the one that does not listen.
      const one = repo.open('wendy', { title: 'Add a', body: 'rehearse: edit a.txt "one"', labels: ['ready'] })
      await hook(second, one.number)
      await expect.poll(() => pulls(repo).length, REALLY).toBe(1)
      await expect.poll(() => repo.issue(one.number).labels.length, REALLY).toBe(0)
      expect(started(house)).toBe(1)

      const two = repo.open('wendy', {
        title: 'Add b',
        body: 'rehearse: wait 6s\nrehearse: edit b.txt "two"',
        labels: ['ready'],
      })
      await hook(first, two.number)
      await expect.poll(() => started(house), REALLY).toBe(2)
      first.daemon.kill('SIGKILL')
      await first.daemon.ended
      await expect.poll(() => started(house), REALLY).toBe(3)
      expect(holder()).toBe(second.name)
      await expect.poll(() => pulls(repo).length, REALLY).toBe(2)
      // The first one is back, and has nothing to do with it any more.
      await first.again()
      await expect
        .poll(
          () => postgres.query(url, `SELECT count(*) FROM baton.machine WHERE seen > now() - interval '6 s'`),
          REALLY,
        )
        .toBe('2')
      const three = repo.open('wendy', { title: 'Add c', body: 'rehearse: edit c.txt "three"', labels: ['ready'] })
      await hook(first, three.number)
      await expect.poll(() => pulls(repo).length, REALLY).toBe(3)
      expect(started(house)).toBe(4)
      expect(house.witness().overlaps).toEqual([])
      // Each is told of once, and that it is done.
      for (const { number } of [one, two, three]) {
        const said = () => repo.said(number, 'baton-bot')
        await expect.poll(() => said().join('\n'), REALLY).toContain('Done.')
        expect(said().map((text) => /baton:(\w+)/.exec(text)?.[1])).toEqual(['issue', 'done'])
        await expect.poll(() => said()[0], REALLY).toContain('Pull request: #')
      }
    }, 240_000)

    it('both take it up where they share nothing', async () => {
      const { repo, house, all, looks } = await machines('apart', false)
      await expect.poll(looks, REALLY).toBeGreaterThan(1)
      const { number } = repo.open('wendy', { title: 'Add a', body: 'rehearse: wait 3s', labels: ['ready'] })
      await Promise.all(all.map((one) => hook(one, number)))
      await expect.poll(() => started(house), REALLY).toBe(2)
    }, 120_000)
  },
)
