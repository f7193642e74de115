import { execFileSync } from 'node:child_process'
import { chmodSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fromPathText, pathText } from '../../src/git/bytes.ts'
import { changes } from '../../src/git/diff/changes.ts'
import { diffStat } from '../../src/git/diff/diff-stat.ts'
import { patch, patchesToRead } from '../../src/git/diff/patch.ts'
import { countGit } from './support/counting.ts'
import { newRepository, playIn, temporaryFolder, userEnvironment, workingTree } from './support/playground.ts'
import { around } from './support/taking.ts'

test('Changes are told by kind with their lines, renames by both names, whatever the names are', async () => {
  const play = newRepository()
  const long = Array.from({ length: 30 }, (_, i) => `line ${i}\n`).join('')
  for (const name of ['moved', 'edited', 'removed', 'typed']) play.write(name, long)
  const range = await around(play, () => {
    play.write('edited', `${long}more\nand more\n`)
    play.remove('removed')
    play.remove('moved')
    play.write('new\nname', long.replace('line 3\n', 'line three\n'))
    play.remove('typed')
    symlinkSync('edited', join(play.root, 'typed'))
    play.write('caf\xe9', Buffer.from([0, 1, 2]))
  })
  const list = await changes({ cwd: play.root, from: range.before.commit, to: range.after.commit })
  expect(list).toEqual([
    { path: '"caf\\351"', change: 'A' },
    { path: 'edited', change: 'M', added: 2, deleted: 0 },
    { path: 'new\nname', change: 'R', from: 'moved', added: 1, deleted: 1 },
    { path: 'removed', change: 'D', added: 0, deleted: 30 },
    { path: 'typed', change: 'T', added: 1, deleted: 30 },
  ])
  expect(diffStat(list)).toBe(
    [
      'A "caf\\351"',
      'M edited  +2 -0',
      'R moved → new\\u{a}name  +1 -1',
      'D removed  +0 -30',
      'T typed  +1 -30',
      '5 files, +4 -61',
    ].join('\n'),
  )
})

test('A file that grew beyond what is recorded is changed and not deleted', async () => {
  const play = newRepository()
  play.write('data', 'x')
  const range = await around(play, () => play.write('data', Buffer.alloc(5000)), { maxFileBytes: 1000 })
  const between = { cwd: play.root, from: range.before.commit, to: range.after.commit }
  expect(await changes(between)).toEqual([{ path: 'data', change: 'M' }])
  expect((await patch(between)).bytes.toString()).toBe('')
})

test('A name is told as text that leads back to its bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 12 }), (bytes) => {
      const path = Buffer.from(bytes).toString('latin1')
      expect(fromPathText(pathText(path))).toBe(path)
    }),
    { numRuns: 500 },
  )
  expect(pathText(fromPathText('"quoted" by hand'))).toBe('"\\"quoted\\" by hand"')
})

test('The patch, applied to the state before, makes the state after: text, binary, links, permissions, any line ends', async () => {
  const play = newRepository()
  play.write('.gitattributes', '*.lock -diff\n* text=auto\n')
  play.write('a.txt', 'one\r\ntwo\r\n')
  play.write('b.lock', 'x\n')
  play.write('run', 'x', 0o644)
  const copy = playIn(temporaryFolder())
  execFileSync('cp', ['-a', `${play.root}/.`, copy.root])
  const range = await around(play, () => {
    play.write('a.txt', 'one\r\nzwei\n')
    play.write('b.lock', 'y\n')
    play.write('latin', 'caf\xe9\n')
    play.write('image', Buffer.from([0, 255, 10, 13]))
    chmodSync(join(play.root, 'run'), 0o755)
    symlinkSync('nowhere', join(play.root, 'link'))
    play.remove('README.md')
  })
  const { bytes, truncated } = await patch({ cwd: play.root, from: range.before.commit, to: range.after.commit })
  const file = join(temporaryFolder(), 'task.patch')
  writeFileSync(file, bytes)
  execFileSync('git', ['-c', 'core.autocrlf=false', 'apply', file], { cwd: copy.root, env: userEnvironment() })
  expect(truncated).toBe(false)
  expect(workingTree(copy.root)).toEqual(workingTree(play.root))
})

test('A long patch is cut, and says so', async () => {
  const play = newRepository()
  const range = await around(play, () => play.write('big', 'line\n'.repeat(10_000)))
  const cut = await patch({ cwd: play.root, from: range.before.commit, to: range.after.commit, maxBytes: 1000 })
  expect(cut.truncated).toBe(true)
  expect(cut.bytes).toHaveLength(1000)
})

test('Patches of several ranges come from one process, each as it is when asked for alone', async () => {
  const play = newRepository()
  const ranges: { from: string; to: string }[] = []
  const note = async (work: () => void, options?: Parameters<typeof around>[2]) => {
    const { before, after } = await around(play, work, options)
    ranges.push({ from: before.commit, to: after.commit })
  }
  const long = Array.from(
    { length: 30 },
    (_, i) => `line ${i} of a file with long lines, ${'so that a heading is cut '.repeat(3)}\n`,
  )
  await note(() => play.write('long', long.join('')))
  await note(() => play.write('long', [...long.slice(0, 20), 'another\n', ...long.slice(21)].join('')))
  await note(() => {})
  // What looks like one of git's headings, at the start of a line and behind a lone CR.
  const heading = ranges.map(({ from, to }) => `${from} ${to}\n`).join('')
  await note(() => play.write('misleading', `${heading}x\r${heading}`))
  await note(() => play.write('caf\xe9', Buffer.from([0, 1, 2])))
  await note(() => play.write('data', Buffer.alloc(5000)), { maxFileBytes: 1000 })
  await note(() => {
    play.remove('long')
    play.write('new\nname', long.join(''))
  })
  ranges.push(...ranges.slice(0, 2))
  const alone = await Promise.all(
    ranges.map(async (range) => (await patch({ cwd: play.root, ...range, binary: false })).bytes.toString('latin1')),
  )
  const started = countGit()
  const together = await patchesToRead(play.root, ranges, 1_000_000)
  // Beside the looks at what is not recorded, that is.
  expect(started().filter((line) => !line.includes('ls-tree'))).toHaveLength(1)
  expect(together.map((bytes) => bytes?.toString('latin1'))).toEqual(alone)
  // As far as there is room, whole ones; and none where one side is gone.
  const room = alone.slice(0, 2).join('').length + 300
  const cut = await patchesToRead(play.root, ranges, room)
  expect(cut.map((bytes) => bytes?.toString('latin1'))).toEqual([
    ...alone.slice(0, 2),
    ...alone.slice(2).map(() => undefined),
  ])
  const gone = await patchesToRead(
    play.root,
    [...ranges.slice(0, 1), { from: '1'.repeat(40), to: '2'.repeat(40) }],
    1_000,
  )
  expect(gone).toEqual([undefined, undefined])
})
