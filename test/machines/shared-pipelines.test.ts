import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MACHINES_TOKEN, openMachinesHouse, type TestMachine, type TestMachines } from '../../faults/machines/house.ts'
import { noPostgres, startPostgres, type TestPostgres } from '../support/postgres.ts'

const REALLY = { timeout: 60_000, interval: 100 }

describe.skipIf(noPostgres !== undefined)(
  `two machines with the same pipelines${noPostgres ? ` (skipped: ${noPostgres})` : ''}`,
  () => {
    let postgres: TestPostgres
    let house: TestMachines
    let url = ''
    const dir = mkdtempSync(join(tmpdir(), 'baton-shared-pipelines-'))
    const remote = join(dir, 'remote.git')
    const dev = join(dir, 'dev')
    const machines: TestMachine[] = []

    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=Dora', '-c', 'user.email=dora@example.org', ...args], {
        ...{ cwd: dir, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
      }).trim()
    const push = (text: string): string => {
      git('-C', dev, 'commit', '--quiet', '--allow-empty', '-m', text)
      git('-C', dev, 'push', '--quiet', 'origin', 'main')
      return git('-C', dev, 'rev-parse', 'HEAD')
    }
    const lines = (file: string) =>
      existsSync(join(dir, file)) ? readFileSync(join(dir, file), 'utf8').trim().split(/\s*\n/) : []
    const holder = () => postgres.query(url, "SELECT machine FROM baton.source WHERE renewed > now() - interval '15 s'")
    const other = (one: TestMachine) => machines.find((two) => two !== one) as TestMachine
    /** As after fifteen seconds in which nothing was heard of it. */
    const kill = async (one: TestMachine) => {
      one.daemon.kill('SIGKILL')
      await one.daemon.ended
      for (const [table, at] of ['source renewed', 'machine seen'].map((words) => words.split(' ')))
        postgres.query(url, `UPDATE baton.${table} SET ${at} = ${at} - interval '16 s'`)
      await expect.poll(holder, REALLY).toBe(other(one).name)
    }
    const said = ({ home }: TestMachine, words: string) => {
      const db = new DatabaseSync(join(home.stateDir, 'baton.db'), { readOnly: true })
      try {
        return db
          .prepare('SELECT * FROM events')
          .all()
          .filter((row) => JSON.stringify(row).includes(words)).length
      } finally {
        db.close()
      }
    }

    beforeAll(async () => {
      postgres = startPostgres()
      url = postgres.createDatabase()
      house = openMachinesHouse(url)
      git('init', '--quiet', '--bare', '--initial-branch=main', remote)
      git('clone', '--quiet', remote, dev)
      git('-C', dev, 'checkout', '--quiet', '-b', 'main')
      push('Begin')
      for (const name of ['one', 'two'])
        machines.push(
          await house.start(name, {
            config: `project: work
pipelines: {poll: 1s}
environments:
  qa:
    branches: [main]
    deploy: echo "$SHA $PREVIOUS_SHA" >> ${dir}/deploys
    check: "true"
`,
            prepare: (stateDir) => {
              const home = dirname(stateDir)
              git('clone', '--quiet', remote, join(home, 'work'))
              execFileSync('mkdir', [join(home, 'pipelines')])
              writeFileSync(
                join(home, 'pipelines/ci.md'),
                `---
on: {push: [main]}
---
## Build
**Run:**
- echo $SHA >> ${dir}/builds; sleep $(cat ${dir}/slow || echo 0)

## Ship
**Depends On:** Build
**Deploy:** qa
`,
              )
            },
          }),
        )
    }, 180_000)
    afterAll(async () => {
      await house?.close()
      postgres?.remove()
      rmSync(dir, { recursive: true, force: true, maxRetries: 5 })
    })

    it('build and deploy a push once, know what runs and what is frozen, and start nothing twice', async () => {
      await expect.poll(holder, REALLY).not.toBe('')
      const noted = () => postgres.query(url, "SELECT count(*) FROM baton.source_note WHERE key LIKE '%:heads:%'")
      await expect.poll(noted, REALLY).toBe('1')
      await expect.poll(() => postgres.query(url, 'SELECT count(*) FROM baton.machine'), REALLY).toBe('2')
      const first = machines.find(({ name }) => name === holder()) as TestMachine
      const second = other(first)

      const one = push('One')
      await expect.poll(() => lines('deploys'), REALLY).toEqual([one])
      expect(lines('builds')).toEqual([one])
      const refused = await house.call(second.home, ['freeze', 'qa', 'a look'])
      expect(refused.out).toContain(`${first.name} runs the pipelines of main. Say it there.`)
      expect((await house.call(first.home, ['freeze', 'qa', 'a look'])).code).toBe(0)
      // Whichever machine is asked, the one that deploys says how it is.
      const asked = await fetch(`${await second.daemon.url}/api/environments`, {
        headers: { authorization: `Bearer ${MACHINES_TOKEN}` },
      })
      expect(await asked.json()).toMatchObject({
        environments: [{ name: 'qa', machine: first.name, runs: { sha: one }, frozen: { why: 'a look' } }],
      })

      await kill(first)
      const two = push('Two')
      await expect.poll(() => lines('builds'), REALLY).toEqual([one, two])
      await expect.poll(() => said(second, '"type":"task.done"'), REALLY).toBe(1)
      // What is built waits, since the other machine froze it.
      expect(lines('deploys')).toEqual([one])
      expect((await house.call(second.home, ['unfreeze', 'qa'])).out).toContain('no longer frozen')
      await expect.poll(() => lines('deploys'), REALLY).toEqual([one, `${two} ${one}`])

      // Killed while it builds: the other one says so, and leaves it.
      await first.again()
      writeFileSync(join(dir, 'slow'), '60')
      const three = push('Three')
      await expect.poll(() => lines('builds'), REALLY).toEqual([one, two, three])
      await kill(second)
      await expect.poll(() => said(first, `was under way on ${second.name}, which is gone`), REALLY).toBe(1)
      rmSync(join(dir, 'slow'))
      const four = push('Four')
      await expect.poll(() => lines('deploys'), REALLY).toEqual([one, `${two} ${one}`, `${four} ${two}`])
      expect(lines('builds')).toEqual([one, two, three, four])
    }, 300_000)
  },
)
