import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, it, onTestFinished, vi } from 'vitest'
import { type WatchFolder, watchCommits } from '../../src/daemon/upkeep/commit-watcher.ts'
import { DATABASE_FILE, openDatabase } from '../../src/store/open.ts'

const ends: (() => void)[] = []
afterEach(() => {
  for (const end of ends.splice(0).reverse()) end()
})

/** Never announces anything, as a network share; and what a test announces in its place. */
function silentFolder() {
  let announce: (file: string | null) => void = () => {}
  let fail: (error: Error) => void = () => {}
  let closed = 0
  const watching: WatchFolder = (_folder, onChange) => {
    announce = onChange
    const watcher = {
      on(event: string, listener: (error: Error) => void) {
        if (event === 'error') fail = listener
        return watcher
      },
      close: () => void closed++,
    }
    return watcher as unknown as ReturnType<WatchFolder>
  }
  return {
    watching,
    announce: (file: string | null) => announce(file),
    fail: () => fail(new Error('gone')),
    closed: () => closed,
  }
}

function database() {
  const folder = mkdtempSync(join(tmpdir(), 'baton-commits-'))
  const mine = openDatabase(folder)
  ends.push(() => mine.close())
  mine.exec('CREATE TABLE if not exists notes (text)')
  const query = mine.prepare('PRAGMA data_version')
  let looks = 0
  const dataVersion = () => {
    looks += 1
    return Number((query.get() as { data_version: number }).data_version)
  }
  const other = openDatabase(folder)
  ends.push(() => other.close())
  const commit = () => other.exec("INSERT INTO notes VALUES ('x')")
  return {
    folder,
    dataVersion,
    commit,
    commitMine: () => mine.exec("INSERT INTO notes VALUES ('y')"),
    looks: () => looks,
  }
}

it('a commit of another process is announced by the file system, and looking is rare while there is none', async () => {
  const { folder, dataVersion, looks } = database()
  // The clock stands still, so that it is not what finds the commit, however long the machine takes.
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  onTestFinished(() => void vi.useRealTimers())
  const onCommit = vi.fn()
  ends.push(watchCommits({ dataVersion }, folder, onCommit))
  // Over and over: a look may come between the write that is announced and its commit, and then finds it with the next one.
  const script = `const db = new (require('node:sqlite').DatabaseSync)(process.argv[1])
    setInterval(() => db.exec("INSERT INTO notes VALUES ('z')"), 20)`
  const other = spawn(process.execPath, ['--no-warnings', '-e', script, join(folder, DATABASE_FILE)])
  const gone = once(other, 'exit')
  while (onCommit.mock.calls.length === 0) await sleep(5)
  other.kill()
  await gone
  await sleep(50)

  const before = looks()
  vi.advanceTimersByTime(1_200)
  // By the clock; it was 24 when the clock alone looked.
  expect(looks() - before).toBe(2)
})

it('its own commits call nobody', async () => {
  const { folder, dataVersion, commitMine } = database()
  const onCommit = vi.fn()
  ends.push(watchCommits({ dataVersion }, folder, onCommit))
  commitMine()
  await sleep(700)
  expect(onCommit).not.toHaveBeenCalled()
})

it('where the file system announces nothing, the clock finds the commits and looks often from then on', async () => {
  const { folder, dataVersion, commit, looks } = database()
  const silent = silentFolder()
  const onCommit = vi.fn()
  ends.push(watchCommits({ dataVersion }, folder, onCommit, silent.watching))
  for (const calls of [1, 2]) {
    commit()
    await vi.waitFor(() => expect(onCommit).toHaveBeenCalledTimes(calls), 3_000)
  }
  expect(silent.closed()).toBe(1)
  const before = looks()
  await sleep(600)
  expect(looks() - before).toBeGreaterThan(4)
})

it('a commit found just before its announcement is no reason to look more often', async () => {
  const { folder, dataVersion, commit } = database()
  const silent = silentFolder()
  const onCommit = vi.fn()
  ends.push(watchCommits({ dataVersion }, folder, onCommit, silent.watching))
  for (const calls of [1, 2, 3]) {
    commit()
    await vi.waitFor(() => expect(onCommit).toHaveBeenCalledTimes(calls), 3_000)
    silent.announce(`${DATABASE_FILE}-wal`)
  }
  expect(silent.closed()).toBe(0)
})

it.each(['fails later', 'cannot begin'])('a watch that %s leaves the clock', async (how) => {
  const { folder, dataVersion, commit } = database()
  const silent = silentFolder()
  const onCommit = vi.fn()
  const refusing: WatchFolder = () => {
    throw Object.assign(new Error('no space left for watches'), { code: 'ENOSPC' })
  }
  ends.push(watchCommits({ dataVersion }, folder, onCommit, how === 'cannot begin' ? refusing : silent.watching))
  silent.fail()
  commit()
  await vi.waitFor(() => expect(onCommit).toHaveBeenCalledTimes(1), 3_000)
})

it('nothing is called after the end', async () => {
  const { folder, dataVersion, commit } = database()
  const onCommit = vi.fn()
  const end = watchCommits({ dataVersion }, folder, onCommit)
  end()
  commit()
  await sleep(700)
  expect(onCommit).not.toHaveBeenCalled()
})

it('looks no more once it has ended, even where an announcement comes late or a commit is what ended it', async () => {
  const { folder, dataVersion, commit, looks } = database()
  const silent = silentFolder()
  let commits = 0
  const end = watchCommits(
    { dataVersion },
    folder,
    () => {
      commits += 1
      if (commits === 2) end()
    },
    silent.watching,
  )
  ends.push(end)
  for (const calls of [1, 2]) {
    commit()
    await vi.waitFor(() => expect(commits).toBe(calls), 3_000)
  }
  const before = looks()
  commit()
  silent.announce(null)
  silent.fail()
  await sleep(300)
  expect([looks() - before, commits]).toEqual([0, 2])
})
