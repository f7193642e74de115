import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { applyRetention } from '../../src/artifacts/retention.ts'
import { readConfig } from '../../src/config/read.ts'
import type { CommandRequest } from '../../src/daemon/api/command-request.ts'
import { openStore } from '../../src/store/store.ts'
import type { Home } from '../support/home.ts'
import { homeOfTest } from '../support/home-of-test.ts'

const DAY_MS = 86_400_000

/** A house in a git repository that has worked through `runs` runs of one task. */
async function housedFor(runs: number, config: string): Promise<Home> {
  const home = homeOfTest('', config)
  home.write('tasks/today.md', '')
  home.git('init', '-q')
  for (let i = 1; i <= runs; i++) {
    home.write(`tasks/${i}.md`, `## Task 1: Job ${i}\n**Claude Instruction:**\nrehearse: edit a.txt "${i}"\n`)
    const house = await home.open()
    await house.start({ files: [`tasks/${i}.md`] })
    await house.rest()
    await house.runner.stop()
    expect(house.errors).toEqual([])
  }
  return home
}

async function tidyUp(home: Home, at: number): Promise<void> {
  const read = await readConfig({ home: home.dir, env: {} })
  if (!('config' in read)) throw new Error(JSON.stringify(read.problems))
  const store = openStore<CommandRequest>(read.config.stateDir)
  await applyRetention({ config: read.config, store }, at, new AbortController().signal)
  store.close()
}

const refs = (home: Home) => home.git('for-each-ref', '--format=%(refname)', 'refs/baton').trim().split('\n')
const runFolders = (home: Home) =>
  readdirSync(join(home.dir, 'logs'))
    .filter((name) => /^\d{4}-/.test(name))
    .sort()

describe('tidying', () => {
  it('takes the logs and checkpoints of old runs along with their rows', async () => {
    const home = await housedFor(3, 'keep:\n  runs: 2\n')
    const before = runFolders(home)
    expect(before).toHaveLength(3)
    await tidyUp(home, Date.now())
    expect(runFolders(home)).toEqual(before.slice(1))
    const kept = new Set(refs(home).map((ref) => ref.split('/')[2]))
    expect([...kept].sort()).toEqual(before.slice(1))
    const store = openStore<CommandRequest>(join(home.dir, '.baton'))
    expect(
      store.read
        .runs()
        .map(({ id }) => id)
        .sort(),
    ).toEqual(before.slice(1))
    store.close()
  })

  it('lets go of the oldest logs while all of them are too large, and never of the newest', async () => {
    const home = await housedFor(2, 'keep:\n  log_mb: 1\n')
    const [first, second] = runFolders(home) as [string, string]
    writeFileSync(join(home.dir, 'logs', second, 'big.jsonl'), 'x'.repeat(2 * 1024 * 1024))
    await tidyUp(home, Date.now())
    expect(runFolders(home)).toEqual([second])
    expect(existsSync(join(home.dir, 'logs', first))).toBe(false)
  })

  it('removes folders and inline files that no run knows only when they are old', async () => {
    const home = await housedFor(1, 'keep:\n  days: 10\n')
    for (const [name, days] of [
      ['2020-01-01-000000-abcd', 30],
      ['2020-01-02-000000-abcd', 1],
    ] as const) {
      const folder = join(home.dir, 'logs', name)
      mkdirSync(folder)
      utimesSync(folder, (Date.now() - days * DAY_MS) / 1000, (Date.now() - days * DAY_MS) / 1000)
      mkdirSync(join(home.dir, '.baton/inline'), { recursive: true })
      const file = join(home.dir, '.baton/inline', `${days}.md`)
      writeFileSync(file, '')
      utimesSync(file, (Date.now() - days * DAY_MS) / 1000, (Date.now() - days * DAY_MS) / 1000)
    }
    home.write('logs/my own/notes.txt', 'mine')
    await tidyUp(home, Date.now())
    expect(readdirSync(join(home.dir, 'logs')).filter((name) => name.startsWith('2020'))).toEqual([
      '2020-01-02-000000-abcd',
    ])
    expect(readdirSync(join(home.dir, '.baton/inline'))).toEqual(['1.md'])
    expect(home.read('logs/my own/notes.txt')).toBe('mine')
  })
})
