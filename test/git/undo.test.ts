import { chmodSync, existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openAt } from '../../src/git/diff/changes.ts'
import { putBack } from '../../src/git/undo/put-back.ts'
import { previewUndo, undo } from '../../src/git/undo/undo.ts'
import {
  makeOld,
  newRepository,
  type Playground,
  playIn,
  temporaryFolder,
  usersOwn,
  workingTree,
} from './support/playground.ts'
import { around } from './support/taking.ts'

type Range = Awaited<ReturnType<typeof around>>

function request({ root }: Playground, { before, after }: Range) {
  return { cwd: root, from: after.commit, to: before.commit, ref: 'refs/baton/undo' }
}

test('What somebody changed since is a conflict and stays, and the rest is taken back', async () => {
  const play = newRepository()
  for (const name of ['a', 'b', 'c', 'd']) play.write(name, 'old\n')
  const range = await around(play, () => {
    for (const name of ['a', 'b', 'c']) play.write(name, 'task\n')
    play.write('made', 'task\n')
    play.write('made-too', 'task\n')
  })
  play.write('b', 'mine\n')
  play.remove('c')
  play.write('d', 'mine\n')
  play.write('made', 'task and mine\n')
  play.write('other', 'mine\n')
  const preview = await previewUndo(request(play, range))
  const expected = {
    restore: ['a'],
    remove: ['made-too'],
    conflicts: ['b', 'c', 'made'].map((path) => ({ path, why: 'changed', overwritable: true })),
  }
  expect(preview).toMatchObject(expected)
  expect(play.read('a').toString()).toBe('task\n')
  expect(play.git('for-each-ref', 'refs/baton/undo')).toBe('')
  expect(await undo(request(play, range))).toMatchObject({ ...expected, failed: [] })
  expect([...workingTree(play.root)]).toEqual([
    ['README.md', '644 hello\n'],
    ['a', '644 old\n'],
    ['b', '644 mine\n'],
    ['d', '644 mine\n'],
    ['made', '644 task and mine\n'],
    ['other', '644 mine\n'],
  ])
})

test('A conflict that was accepted is overwritten, unless it changed again after the preview, and comes back when the undo is undone', async () => {
  const play = newRepository()
  for (const name of ['a', 'b']) play.write(name, 'old\n')
  const range = await around(play, () => {
    for (const name of ['a', 'b']) play.write(name, 'task\n')
  })
  for (const name of ['a', 'b']) play.write(name, 'mine\n')
  const { seen } = await previewUndo(request(play, range))
  play.write('b', 'mine, newer\n')
  const result = await undo({ ...request(play, range), overwrite: ['a', 'b'], seen })
  expect(result.restore).toEqual(['a'])
  expect(result.conflicts).toEqual([{ path: 'b', why: 'changed', overwritable: true }])
  expect([play.read('a').toString(), play.read('b').toString()]).toEqual(['old\n', 'mine, newer\n'])
  await undo({ cwd: play.root, from: result.after.commit, to: result.before.commit, ref: 'refs/baton/redo' })
  expect(play.read('a').toString()).toBe('mine\n')
})

test('The user’s file that a task uncovered by a change of .gitignore is not taken for a file of the task', async () => {
  const play = newRepository()
  play.write('.gitignore', '.env\nbuild/\n')
  play.write('sub/.gitignore', '*.key\n')
  play.git('add', '-A')
  play.git('commit', '-q', '-m', 'rules')
  for (const path of ['.env', 'build/out', 'sub/my.key']) play.write(path, 'the user’s')
  const range = await around(play, () => {
    play.remove('.gitignore')
    play.remove('sub/.gitignore')
    play.write('new', 'the task’s')
  })
  const result = await undo(request(play, range))
  expect(result.remove).toEqual(['new'])
  expect(result.conflicts.map(({ path, why }) => [path, why])).toEqual([
    ['.env', 'ignored-before'],
    ['build/out', 'ignored-before'],
    ['sub/my.key', 'ignored-before'],
  ])
  for (const path of ['.env', 'build/out', 'sub/my.key']) expect(play.read(path).toString()).toBe('the user’s')
})

test('Where an ignored or unrecorded thing stands in the place of a file, it stays', async () => {
  const play = newRepository()
  play.write('.gitignore', '*.secret\n')
  for (const name of ['folder', 'a.secret', 'below/file', 'big']) play.write(name, 'old')
  play.git('add', '-A', '-f')
  play.git('commit', '-q', '-m', 'second')
  const limit = { maxFileBytes: 1000 }
  const range = await around(
    play,
    () => {
      for (const name of ['folder', 'below', 'a.secret']) play.remove(name)
      play.git('rm', '-q', '--cached', 'a.secret')
      play.write('big', 'task')
    },
    limit,
  )
  play.write('folder/my.secret', 'precious')
  play.write('below', 'a file where the folder was')
  play.write('a.secret', 'precious')
  play.write('big', Buffer.alloc(2000))
  const result = await undo({
    ...request(play, range),
    ...limit,
    overwrite: ['folder', 'a.secret', 'below/file', 'big'],
  })
  expect(result.conflicts.map(({ path, why, overwritable }) => [path, why, overwritable])).toEqual([
    ['a.secret', 'unrecorded', false],
    ['big', 'unrecorded', false],
    ['below/file', 'in-the-way', false],
    ['folder', 'in-the-way', false],
  ])
  expect(play.read('folder/my.secret').toString()).toBe('precious')
  expect(play.read('below').toString()).toBe('a file where the folder was')
  expect(play.read('big')).toHaveLength(2000)
})

test('A link put in the place of a folder leads nothing out of the project', async () => {
  const outside = playIn(temporaryFolder())
  outside.write('file', 'not ours')
  const play = newRepository()
  play.write('folder/file', 'old')
  const range = await around(play, () => play.write('folder/file', 'task'))
  play.remove('folder')
  symlinkSync(outside.root, join(play.root, 'folder'))
  const result = await undo({ ...request(play, range), overwrite: ['folder/file'] })
  expect(result.conflicts).toMatchObject([{ path: 'folder/file' }])
  expect(outside.read('file').toString()).toBe('not ours')
})

test('Folders that the task made go when they are empty, and stay when they are not', async () => {
  const play = newRepository()
  const range = await around(play, () => {
    play.write('made/deep/er/file', 'task')
    play.write('kept/file', 'task')
  })
  mkdirSync(join(play.root, 'kept/mine'))
  await undo(request(play, range))
  expect(existsSync(join(play.root, 'made'))).toBe(false)
  expect(existsSync(join(play.root, 'kept/mine'))).toBe(true)
})

test('Permissions alone come back, in the same second too, unless they were changed since', async () => {
  const play = newRepository()
  for (const name of ['a', 'b']) play.write(name, 'x', 0o600)
  const range = await around(play, () => {
    for (const name of ['a', 'b']) chmodSync(join(play.root, name), 0o640)
    play.write('made', 'x', 0o700)
  })
  chmodSync(join(play.root, 'b'), 0o644)
  chmodSync(join(play.root, 'made'), 0o755)
  const result = await undo(request(play, range))
  expect(result.restore).toEqual(['a'])
  expect(result.conflicts).toEqual([
    { path: 'made', why: 'changed', overwritable: true },
    { path: 'b', why: 'permissions', overwritable: false },
  ])
  expect(['a', 'b'].map((name) => workingTree(play.root).get(name))).toEqual(['600 x', '644 x'])
})

test('A folder that became a link just before its file is removed is not followed', async () => {
  const outside = playIn(temporaryFolder())
  outside.write('file', 'not ours')
  const play = newRepository()
  symlinkSync(outside.root, join(play.root, 'folder'))
  const plan = {
    restore: [],
    remove: ['folder/file'],
    chmod: [{ path: 'folder/file', bits: 0o600 }],
    conflicts: [],
    already: [],
  }
  const permissions = { plain: 0o644, executable: 0o755, others: new Map() }
  await putBack(await openAt(play.root), plan, play.root, permissions)
  expect(workingTree(outside.root).get('file')).toBe('644 not ours')
})

test('Undoing twice does nothing the second time', async () => {
  const play = newRepository()
  const range = await around(play, () => play.write('README.md', 'task'))
  await undo(request(play, range))
  const again = await undo(request(play, range))
  expect(again).toMatchObject({ restore: [], remove: [], conflicts: [], already: ['README.md'] })
})

test('A submodule that moved is told and left alone', async () => {
  const inner = newRepository()
  const play = newRepository()
  play.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner.root, 'lib')
  const range = await around(play, () =>
    playIn(join(play.root, 'lib')).git('commit', '-q', '--allow-empty', '-m', 'inside'),
  )
  expect((await undo(request(play, range))).conflicts).toEqual([{ path: 'lib', why: 'submodule', overwritable: false }])
})

test('Mid-merge, in a linked worktree, with staged work: bytes come back, and what is the user’s stays', async () => {
  const main = newRepository()
  main.git('config', 'core.autocrlf', 'true')
  const play = playIn(join(temporaryFolder(), 'linked'))
  main.git('worktree', 'add', '-q', '-b', 'side', play.root)
  play.write('README.md', 'side\r\n')
  play.git('commit', '-q', '-a', '-m', 'side')
  main.write('README.md', 'main\r\n')
  main.git('commit', '-q', '-a', '-m', 'main')
  expect(() => play.git('merge', 'main')).toThrow()
  play.write('staged', 'one\r\n')
  makeOld(play.root)
  play.git('add', 'staged')
  const [own, tree] = [usersOwn(play), workingTree(play.root)]
  const range = await around(play, () => {
    play.write('README.md', 'resolved\n')
    rmSync(join(play.root, 'staged'))
  })
  await undo(request(play, range))
  expect(workingTree(play.root)).toEqual(tree)
  expect(usersOwn(play)).toEqual(own)
})

test('A checkpoint that is gone is said', async () => {
  const play = newRepository()
  const gone = '0123456789'.repeat(4)
  await expect(undo({ cwd: play.root, from: gone, to: gone, ref: 'refs/baton/undo' })).rejects.toThrow()
})
