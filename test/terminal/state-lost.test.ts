import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, describe, expect, it, onTestFinished } from 'vitest'
import { processesWith } from '../../faults/processes.ts'
import { latest } from '../support/bot-api/conversation.ts'
import { startBotApi } from '../support/bot-api/server.ts'
import { aHome, baton, type Home, type Program, REHEARSED, startBaton, tasks } from './program.ts'

const TOKEN = 'token-of-a-test-0123456789abcdef'
const started: Program[] = []
afterEach(async () => {
  for (const { child, ended } of started.splice(0)) {
    child.kill('SIGKILL')
    await ended
  }
})

async function working(env: Record<string, string> = {}): Promise<{ home: Home; daemon: Program; url: string }> {
  const home = aHome({
    'config.yaml': `http:\n  port: 0\n${REHEARSED}`,
    'today.md': tasks('edit started.txt "1"\nwait 60s', 'edit second.txt "2"'),
  })
  const daemon = startBaton(home, ['start'], { API_TOKEN: TOKEN, BATON_REHEARSAL_JOURNAL: journal(home), ...env })
  started.push(daemon)
  await daemon.hears('Dashboard: ')
  const url = /Dashboard: (http:\/\/[^/\s]+)/.exec(daemon.said())?.[1] as string
  const run = startBaton(home, ['tasks', 'today.md'])
  started.push(run)
  await expect.poll(() => existsSync(join(home.dir, 'started.txt')), { timeout: 15_000 }).toBe(true)
  return { home, daemon, url }
}

const health = async (url: string) => {
  const response = await fetch(`${url}/health`)
  return { status: response.status, body: (await response.json()) as { worker: string; why?: string } }
}
const journal = (home: Home) => join(home.dir, 'journal')
const state = (home: Home) => join(home.dir, '.baton')
const rescues = (home: Home) => globSync('.baton-rescued-*', { cwd: home.dir }).map((name) => join(home.dir, name))

const KINDS: Record<string, (home: Home) => void> = {
  removed: (home) => rmSync(state(home), { recursive: true }),
  'moved away': (home) => renameSync(state(home), join(home.dir, 'away')),
  'replaced by a copy': (home) => {
    cpSync(state(home), join(home.dir, 'copy'), { recursive: true })
    renameSync(state(home), join(home.dir, 'away'))
    renameSync(join(home.dir, 'copy'), state(home))
  },
  'replaced by a link to an empty folder': (home) => {
    renameSync(state(home), join(home.dir, 'away'))
    mkdirSync(join(home.dir, 'other'))
    symlinkSync(join(home.dir, 'other'), state(home))
  },
  'without its database': (home) => rmSync(join(state(home), 'baton.db')),
  'with a truncated database': (home) => truncateSync(join(state(home), 'baton.db')),
  'with another database moved in': (home) => {
    new DatabaseSync(join(home.dir, 'new.db')).exec('CREATE TABLE x (y)')
    renameSync(join(home.dir, 'new.db'), join(state(home), 'baton.db'))
  },
  'with another database written over it': (home) => {
    const file = join(home.dir, 'new.db')
    new DatabaseSync(file).exec('PRAGMA page_size = 4096; CREATE TABLE x (y); INSERT INTO x SELECT zeroblob(4000000)')
    // In place: a copying program may make a new file.
    writeFileSync(join(state(home), 'baton.db'), readFileSync(file))
  },
}

describe('a state folder that others take away while the daemon works', () => {
  for (const [kind, harm] of Object.entries(KINDS))
    it(`stops all work, says why and saves what is known: ${kind}`, async () => {
      const { home, daemon, url } = await working()
      const others = () =>
        processesWith('BATON_REHEARSAL_JOURNAL', journal(home)).filter((pid) => pid !== daemon.child.pid)
      expect(await health(url)).toMatchObject({ status: 200 })
      expect(others()).not.toEqual([])
      harm(home)
      await daemon.hears('all work has stopped')
      expect(await health(url)).toMatchObject({ status: 503, body: { worker: 'dead', why: expect.any(String) } })
      expect(JSON.stringify((await health(url)).body)).not.toContain(home.dir)
      await expect.poll(others, { timeout: 10_000 }).toEqual([])
      // The one that can be read without a database.
      const [rescue] = rescues(home) as [string]
      await expect.poll(() => existsSync(join(rescue, 'rescued.json'))).toBe(true)
      const [queue] = JSON.parse(readFileSync(join(rescue, 'rescued.json'), 'utf8'))
      expect(queue.tasks.map(({ spec }: { spec: { title: string } }) => spec.title)).toEqual(['Part 1', 'Part 2'])
      expect(statSync(rescue).mode & 0o777).toBe(0o700)
      daemon.child.kill('SIGTERM')
      expect((await daemon.ended).exitCode).toBe(1)
      expect(existsSync(join(home.dir, 'second.txt'))).toBe(false)
    })
})

it('works on with nobody else beside it, and the rescued folder goes on where it stopped', async () => {
  const { home, daemon } = await working()
  rmSync(state(home), { recursive: true })
  await daemon.hears('all work has stopped')
  const second = await baton(home, ['tasks', 'today.md'])
  expect(second.exitCode).not.toBe(0)
  expect(second.stderr).toContain(`Process ${daemon.child.pid} is still running on a state folder`)
  daemon.child.kill('SIGTERM')
  await daemon.ended
  rmSync(state(home), { recursive: true, force: true })
  renameSync(rescues(home)[0] as string, state(home))
  const run = startBaton(home, ['tasks', '--resume'])
  started.push(run)
  await run.hears('task 1: Part 1')
})

it('tells the phone without the database', async () => {
  const api = await startBotApi()
  onTestFinished(() => api.close())
  const anna = api.person({ id: 4711, name: 'Anna' })
  const { home, daemon } = await working({
    TELEGRAM_BOT_TOKEN: api.token,
    TELEGRAM_API_ROOT: api.root,
    TELEGRAM_ALLOWED_USERS: '4711',
  })
  truncateSync(join(state(home), 'baton.db'))
  await daemon.hears('all work has stopped')
  const said = () => anna.sees().messages.map((message) => latest(message).text)
  await expect
    .poll(() => said().filter((text) => text.includes('all work has stopped')), { timeout: 10_000 })
    .toHaveLength(1)
})
