import { join } from 'node:path'
import pino from 'pino'
import { expect, onTestFinished, test, vi } from 'vitest'
import { startDaemon } from '../../src/app/daemon.ts'
import { readConfig } from '../../src/config/read.ts'
import { checkNotion } from '../../src/doctor/notion.ts'
import { createHome } from '../support/home.ts'
import { startNotion, wordsOf } from '../support/notion/server.ts'
import { REHEARSAL } from '../support/rehearsal-agent.ts'

const API_TOKEN = 'a-token-for-the-api-of-a-test'
const SECRET = 'ghp_aSecretThatNobodyShouldRead1234567890'

test('a daemon keeps a page of each run, without its secrets, and catches up with what an earlier life left', async () => {
  const server = await startNotion()
  onTestFinished(() => server.close())
  const home = createHome(
    `## One ${SECRET}\n**Claude Instruction:**\nrehearse: done\n`,
    `notion: {database: ${server.database}}\nhttp: {port: 0}\n`,
  )
  onTestFinished(() => home.remove())
  home.write(
    '.env',
    `NOTION_TOKEN=${server.token}\nNOTION_API_URL=${server.apiUrl}\nGITHUB_TOKEN=${SECRET}\nAPI_TOKEN=${API_TOKEN}\n`,
  )
  const read = await readConfig({ home: home.dir, env: {} })
  if (!('config' in read)) throw new Error(JSON.stringify(read.problems))
  const { config, secrets, secretValues } = read
  await checkNotion(config, secrets)
  config.projects[0].claude.command = REHEARSAL
  config.program = join(home.dir, 'no-program')
  const env = { PATH: process.env.PATH, HOME: home.dir, CLAUDE_CONFIG_DIR: join(home.dir, 'sessions') }
  const open = async () => {
    const daemon = await startDaemon({
      ...{ config, secrets, secretValues, env, version: '0.0.0' },
      ...{ log: pino({ level: 'silent' }), say: () => undefined },
    })
    if ('holder' in daemon) throw new Error('held')
    return daemon
  }
  server.fail('down', /pages|query/, 1_000)
  const first = await open()
  const headers = { authorization: `Bearer ${API_TOKEN}`, 'content-type': 'application/json' }
  const body = JSON.stringify({ use_task_file: true, auto_approve: true })
  const started = await fetch(`${first.url}/api/orchestrate`, { method: 'POST', headers, body })
  expect(started.ok).toBe(true)
  await vi.waitFor(
    async () => {
      const answer = await fetch(`${first.url}/api/sessions`, { headers })
      expect(await answer.json()).toMatchObject({ sessions: [{ status: 'done' }] })
    },
    { timeout: 20_000, interval: 200 },
  )
  await first.stop()
  expect(server.pages).toEqual([])
  server.clear()
  const second = await open()
  onTestFinished(() => second.stop())
  await vi.waitFor(() => expect(server.pages).toHaveLength(1), { timeout: 20_000 })
  const [page] = server.pages
  expect(page?.properties).toMatchObject({ Kind: { select: { name: 'run' } }, Tasks: { number: 1 } })
  expect(wordsOf(page?.properties.Titles)).toContain('One')
  expect(JSON.stringify(server.pages)).not.toContain(SECRET)
})
