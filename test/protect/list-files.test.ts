import { mkdirSync, mkdtempSync, renameSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test, vi } from 'vitest'
import { createFileLister } from '../../src/protect/list-files.ts'

/** Kernels count the times of files in steps of a few milliseconds. */
const COARSEST_MS = 25

function folder() {
  const dir = mkdtempSync(join(tmpdir(), 'baton-list-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  mkdirSync(join(dir, 'a/b'), { recursive: true })
  const write = (path: string) => writeFileSync(join(dir, path), '')
  write('one')
  write('a/two')
  write('a/b/three')
  const list = createFileLister()
  const listed = () =>
    list(dir)
      .map((path) => path.slice(dir.length + 1))
      .sort()
  return { dir, write, listed }
}

/** As if all of it had been there for long. */
const later = () => {
  const now = Date.now()
  const clock = vi.spyOn(Date, 'now').mockReturnValue(now + 10_000)
  onTestFinished(() => clock.mockRestore())
}

test.each(['young', 'old'])('What comes, goes and is moved in a folder that is %s is seen', async (age) => {
  const { dir, write, listed } = folder()
  if (age === 'old') later()
  expect(listed()).toEqual(['a/b/three', 'a/two', 'one'])
  expect(listed()).toEqual(['a/b/three', 'a/two', 'one'])
  if (age === 'old') await sleep(COARSEST_MS)
  write('a/b/four')
  expect(listed()).toEqual(['a/b/four', 'a/b/three', 'a/two', 'one'])
  if (age === 'old') await sleep(COARSEST_MS)
  rmSync(join(dir, 'a/two'))
  mkdirSync(join(dir, 'node_modules'))
  write('node_modules/evil')
  expect(listed()).toEqual(['a/b/four', 'a/b/three', 'node_modules/evil', 'one'])
  if (age === 'old') await sleep(COARSEST_MS)
  renameSync(join(dir, 'a/b'), join(dir, 'c'))
  symlinkSync(dir, join(dir, 'a/loop'))
  expect(listed()).toEqual(['a/loop', 'c/four', 'c/three', 'node_modules/evil', 'one'])
})

test('A folder whose time was set back is read again', async () => {
  const { dir, write, listed } = folder()
  later()
  const { atime, mtime } = statSync(join(dir, 'a'))
  listed()
  await sleep(COARSEST_MS)
  write('a/evil')
  utimesSync(join(dir, 'a'), atime, mtime)
  expect(listed()).toContain('a/evil')
})

test('What is not there has nothing in it', () => {
  expect(createFileLister()('/nowhere/at/all')).toEqual([])
})
