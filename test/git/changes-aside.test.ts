import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { checkpoint } from '../../src/git/checkpoint/checkpoint.ts'
import { type AsideChanges, changesAside } from '../../src/git/diff/changes-aside.ts'

let root: string
const write = (path: string, text: string) => {
  mkdirSync(join(root, dirname(path)), { recursive: true })
  writeFileSync(join(root, path), text)
}
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'baton-ignored-'))
  execFileSync('git', ['init', '-q'], { cwd: root })
  write('.gitignore', '*.local\nuploads/\nstate/\n')
  write('.env.local', 'A=1')
  write('notes.local', 'n')
  write('uploads/2026/one.png', '1')
  write('uploads/2026/two.png', '2')
  write('state/baton.db', 'own')
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const recorded = async () => {
  const taken = await checkpoint({ cwd: root, ref: 'refs/baton/t', message: 'x', exclude: [join(root, 'state')] })
  if (taken.kind !== 'taken') throw new Error(taken.reason)
  return { aside: taken.aside ?? [], fileTimeMs: taken.fileTimeMs }
}

async function during(work: () => void, remember = true): Promise<AsideChanges | undefined> {
  const { aside: before, fileTimeMs: sinceMs } = await recorded()
  // The clock of the files goes in ticks.
  await new Promise((resolve) => setTimeout(resolve, 50))
  work()
  return changesAside({ root, now: (await recorded()).aside, sinceMs, ...(remember && { before }) })
}

it('names files that were changed, made and removed, and says nothing of others', async () => {
  const found = await during(() => {
    write('.env.local', 'A=2')
    write('uploads/2026/three.png', '3')
    rmSync(join(root, 'notes.local'))
    write('state/baton.db', 'changed by Baton itself')
  })
  expect(found?.changed.sort()).toEqual(['.env.local', 'uploads/2026/three.png'])
  expect(found).toMatchObject({ removed: ['notes.local'], isWhole: true })
})

it('says of a folder that something went from it', async () => {
  const found = await during(() => rmSync(join(root, 'uploads/2026/two.png')))
  expect(found).toEqual({ changed: [], removed: ['uploads/2026/'], isWhole: true })
})

it('is not deceived by a time that was set back', async () => {
  const found = await during(() => {
    write('.env.local', 'A=3')
    utimesSync(join(root, '.env.local'), 1, 1)
  })
  expect(found?.changed).toEqual(['.env.local'])
})

it('does not call removed what is only not ignored any more', async () => {
  const found = await during(() => write('.gitignore', 'uploads/\nstate/\n'))
  expect(found).toEqual({ changed: [], removed: [], isWhole: true })
})

it('tells what was changed also where nobody remembers what was there', async () => {
  const found = await during(() => {
    rmSync(join(root, 'notes.local'))
    renameSync(join(root, '.env.local'), join(root, 'x.local'))
  }, false)
  expect(found?.changed).toEqual(['x.local'])
})

it('finds nothing where nothing happened, and looks at no folder that is gone into by a link', async () => {
  expect(await during(() => readFileSync(join(root, '.env.local')))).toEqual({
    changed: [],
    removed: [],
    isWhole: true,
  })
})

it('looks into a repository inside, and not at what git keeps there for itself', async () => {
  write('inner/a.txt', 'a')
  const inner = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@localhost', ...args], { cwd: join(root, 'inner') })
  inner('init', '-q', '-b', 'main')
  inner('add', '-A')
  inner('commit', '-qm', 'one')
  expect(await during(() => inner('update-index', '--force-write-index'))).toMatchObject({ changed: [], removed: [] })
  const found = await during(() => {
    write('inner/a.txt', 'b')
    inner('commit', '-qam', 'two')
  })
  expect(found?.changed.sort()).toEqual(['inner/.git/refs/heads/main', 'inner/a.txt'])
  expect(found?.removed).toEqual([])
})

it('stops at a number of files, and says so', async () => {
  const found = await during(() => {
    for (let i = 0; i < 2_500; i++) write(`uploads/many/${i}`, '')
  })
  expect(found?.isWhole).toBe(false)
  expect(found?.changed.length).toBeLessThanOrEqual(2_000)
})

it('does not take the files that people sent meanwhile for changes of the attempt, but sees those that it touches', async () => {
  write('uploads/inbox/old.png', '1')
  const inbox = join(root, 'uploads/inbox')
  const { aside: before, fileTimeMs: sinceMs } = await recorded()
  await new Promise((resolve) => setTimeout(resolve, 50))
  write('uploads/inbox/new.png', '2')
  const look = async () => changesAside({ root, before, now: (await recorded()).aside, inbox, sinceMs })
  expect(await look()).toEqual({ changed: [], removed: [], isWhole: true })
  write('uploads/inbox/old.png', 'changed')
  expect(await look()).toMatchObject({ changed: ['uploads/inbox/old.png'] })
  rmSync(inbox, { recursive: true })
  expect((await look())?.removed).not.toEqual([])
})
