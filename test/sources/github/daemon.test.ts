import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import pino from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import { startDaemon } from '../../../src/app/daemon.ts'
import { readConfig } from '../../../src/config/read.ts'
import { startGitHub } from '../../support/github/server.ts'
import { createHome } from '../../support/home.ts'
import { REHEARSAL } from '../../support/rehearsal-agent.ts'

test('a signed webhook has the daemon look at once, and what was labeled is taken up', async () => {
  const server = await startGitHub()
  onTestFinished(() => server.close())
  const repo = server.repo('acme/app', { people: { wendy: 'write', 'baton-bot': 'write' } })
  const home = createHome('', 'project: work\ngithub: {repo: acme/app, poll: 10m}\nhttp: {port: 0}\n')
  onTestFinished(() => home.remove())
  mkdirSync(join(home.dir, 'work'))
  home.git('clone', '-q', repo.row.gitDir, 'work')
  const secret = 'the secret of the webhook'
  home.write(
    '.env',
    `GITHUB_TOKEN=${server.token('baton-bot')}\nGITHUB_API_URL=${server.apiUrl}\nGITHUB_WEBHOOK_SECRET=${secret}\n`,
  )
  const read = await readConfig({ home: home.dir, env: {} })
  if (!('config' in read)) throw new Error(JSON.stringify(read.problems))
  read.config.projects[0].claude.command = REHEARSAL
  read.config.program = join(home.dir, 'no-program')
  const { config, secrets, secretValues } = read
  const daemon = await startDaemon({
    ...{ config, secrets, secretValues, version: '0.0.0', log: pino({ level: 'silent' }), say: () => undefined },
    env: { PATH: process.env.PATH, HOME: home.dir, CLAUDE_CONFIG_DIR: join(home.dir, 'sessions') },
  })
  if ('holder' in daemon) throw new Error('held')
  onTestFinished(() => daemon.stop())
  const until = async (what: () => boolean) => {
    for (let n = 0; n < 400 && !what(); n++) await new Promise((resolve) => setTimeout(resolve, 50))
    expect(what()).toBe(true)
  }
  // The first look is over, and the next would be in ten minutes.
  await until(() => server.requests.some(({ path }) => path.endsWith('/issues/comments')))
  const { number } = repo.open('wendy', { title: 'Add a', body: 'rehearse: edit a.txt "one"', labels: ['ready'] })
  const { body, headers } = server.delivery('issues', { action: 'labeled', issue: { number } }, secret)
  const answer = await fetch(`${daemon.url}/webhooks/github`, { method: 'POST', body, headers })
  expect([answer.status, await answer.json()]).toMatchObject([200, { status: 'ignored' }])
  await until(() => [...repo.row.issues.values()].some(({ pull }) => pull !== undefined))
  await until(() => repo.issue(number).labels.length === 0)
})
