import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { patch } from '../../../src/git/diff/patch.ts'
import { readPatch } from '../../../src/github/review/diff.ts'
import { isGenerated } from '../../../src/github/review/generated.ts'
import { inDiff, textAt } from '../../../src/github/review/positions.ts'
import { shownDiff } from '../../../src/github/review/shown-diff.ts'

let dir: string
const git = (...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], { cwd: dir, encoding: 'utf8' }).trim()
function commit(files: Record<string, string | Buffer>): string {
  git('rm', '-rq', '--ignore-unmatch', '.')
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true })
    writeFileSync(join(dir, path), text)
  }
  git('add', '-A')
  git('commit', '-qm', 'x', '--allow-empty')
  return git('rev-parse', 'HEAD')
}
const diffOf = async (before: Record<string, string | Buffer>, after: Record<string, string | Buffer>) => {
  const [from, to] = [commit(before), commit(after)]
  return readPatch((await patch({ cwd: dir, from, to, binary: false })).bytes.toString('utf8'))
}
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'baton-diff-'))
  git('init', '-q')
})
afterAll(() => rmSync(dir, { recursive: true, force: true }))

const many = (n: number, change: Record<number, string> = {}) =>
  Array.from({ length: n }, (_, i) => change[i + 1] ?? `line ${i + 1}`).join('\n')

describe('a diff', () => {
  it('is read file by file, whatever their names and lines look like', async () => {
    const odd = 'a "b"\tc ü\n.txt'
    const files = await diffOf(
      {
        [odd]: 'x\n',
        'gone.txt': 'bye\n',
        'old/name.txt': many(30),
        'bin.dat': Buffer.from([0, 1, 2]),
        'b c.txt': '1\n',
      },
      {
        [odd]: '--- a/x\n+++ b/y\n@@ -1 +1 @@\ndiff --git a/z b/z\n',
        'new/name.txt': many(30, { 15: 'changed' }),
        'bin.dat': Buffer.from([0, 1, 3]),
        'b c.txt': '2',
        'added.txt': 'new\n',
      },
    )
    const byPath = Object.fromEntries(files.map((file) => [file.path, file]))
    expect(Object.keys(byPath).sort()).toEqual([odd, 'added.txt', 'b c.txt', 'gone.txt', 'new/name.txt'].sort())
    expect(byPath['new/name.txt']?.from).toBe('old/name.txt')
    expect(byPath[odd]?.hunks[0]?.map(({ sign, text }) => sign + text)).toEqual([
      '-x',
      '+--- a/x',
      '++++ b/y',
      '+@@ -1 +1 @@',
      '+diff --git a/z b/z',
    ])
    expect(byPath['b c.txt']?.hunks).toEqual([
      [
        { sign: '-', old: 1, text: '1' },
        { sign: '+', now: 1, text: '2' },
      ],
    ])
    expect(byPath['gone.txt']?.hunks[0]).toEqual([{ sign: '-', old: 1, text: 'bye' }])
  })

  it('has room for comments on shown lines, each on its side, and nowhere else', async () => {
    const files = await diffOf({ 'a.txt': many(40) }, { 'a.txt': many(40, { 10: 'ten', 30: 'thirty' }) })
    const at = (line: number, side: 'LEFT' | 'RIGHT', startLine?: number) =>
      inDiff(files, { path: 'a.txt', line, side, ...(startLine !== undefined && { startLine }) })
    expect(at(10, 'RIGHT')).toEqual({ path: 'a.txt', line: 10, side: 'RIGHT' })
    expect(at(10, 'LEFT')).toBeDefined()
    expect(at(7, 'RIGHT')).toBeDefined()
    expect(at(6, 'RIGHT')).toBeUndefined()
    expect(at(14, 'LEFT')).toBeUndefined()
    expect(at(13, 'RIGHT', 8)).toMatchObject({ line: 13, startLine: 8 })
    // Not over two hunks, not backwards, and one line is no range.
    for (const start of [3, 13, 20, 30])
      expect(at(13, 'RIGHT', start)).toEqual({ path: 'a.txt', line: 13, side: 'RIGHT' })
    expect(inDiff(files, { path: 'b.txt', line: 10, side: 'RIGHT' })).toBeUndefined()
    expect(textAt(files, { path: 'a.txt', line: 30, side: 'RIGHT' })).toBe('thirty')
    expect(textAt(files, { path: 'a.txt', line: 30, side: 'LEFT' })).toBe('line 30')
  })

  it('agrees with git on every line, whatever was changed', async () => {
    const text = fc.array(fc.constantFrom('a', 'b', '+', '-', ' ', '@@ -1 +1 @@', '\\ No newline', ''), {
      maxLength: 12,
    })
    // All at once: a pair of commits for each would take a minute.
    const pairs = fc
      .sample(fc.tuple(text, text, fc.boolean()), { numRuns: 80, seed: 7 })
      .map(([before, after, end]) => ({
        before: before.join('\n'),
        after: after.join('\n') + (end ? '\n' : ''),
      }))
    const side = (of: 'before' | 'after') => Object.fromEntries(pairs.map((pair, i) => [`f${i}.txt`, pair[of]]))
    const files = await diffOf(side('before'), side('after'))
    for (const [i, { before, after }] of pairs.entries()) {
      const file = files.find(({ path }) => path === `f${i}.txt`)
      expect(file === undefined).toBe(before === after)
      for (const { sign, old, now, text } of file?.hunks.flat() ?? []) {
        if (sign !== '+') expect(before.split('\n')[(old ?? 0) - 1]).toBe(text)
        if (sign !== '-') expect(after.split('\n')[(now ?? 0) - 1]).toBe(text)
      }
    }
  })
})

describe('what the reviewer is shown', () => {
  it('names what programs write, and does not show it', () => {
    for (const path of [
      'package-lock.json',
      'a/yarn.lock',
      'dist/x.js',
      'x.min.js',
      'a/__snapshots__/b.ts',
      'x_pb2.py',
    ])
      expect(isGenerated(path)).toBe(true)
    for (const path of ['src/lock.ts', 'distance/x.js', 'package.json', 'maps.ts'])
      expect(isGenerated(path)).toBe(false)
  })

  it('follows the attributes of the base', () => {
    const attributes =
      '# x linguist-generated\n*.api.ts linguist-generated\ndocs/** linguist-generated=true\ndist/keep.js -linguist-generated\n'
    expect(isGenerated('a/b.api.ts', attributes)).toBe(true)
    expect(isGenerated('docs/a/b.md', attributes)).toBe(true)
    expect(isGenerated('dist/keep.js', attributes)).toBe(false)
    expect(isGenerated('src/x.ts', attributes)).toBe(false)
  })

  it('says of each line where it is, and leaves out what is too much, by name', () => {
    const line = (now: number) => ({ sign: '+' as const, now, text: 'x'.repeat(90) })
    const file = (path: string, lines: number) => ({
      path,
      hunks: [Array.from({ length: lines }, (_, i) => line(i + 1))],
    })
    const small = {
      path: 's.ts',
      hunks: [
        [
          { sign: '-' as const, old: 4, text: 'was' },
          { sign: '+' as const, now: 4, text: 'is' },
        ],
      ],
    }
    const { text, left } = shownDiff([
      file('huge.ts', 1_000),
      small,
      { path: 'a.lock', hunks: [] },
      { path: 'yarn.lock', hunks: small.hunks },
      ...Array.from({ length: 12 }, (_, i) => file(`f${i}.ts`, 200)),
    ])
    expect(text).toContain('File s.ts\n@@\nLEFT 4 - was\nRIGHT 4 + is')
    expect(text.length).toBeLessThan(210_000)
    expect(left).toContainEqual({ path: 'huge.ts', why: 'large' })
    expect(left).toContainEqual({ path: 'a.lock', why: 'no lines' })
    expect(left).toContainEqual({ path: 'yarn.lock', why: 'generated' })
    expect(left.filter(({ why }) => why === 'large').length).toBe(4)
  })
})
