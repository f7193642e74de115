import { globSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { findTaskFiles } from '../../src/sources/files/find-files.ts'

const home = mkdtempSync(join(tmpdir(), 'baton-find-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))
for (const folder of ['', 'tasks/', '.hidden/', 'a b/', 'tasks/folder.md/'])
  for (const name of ['a.md', 'b.MD', '.c.md', '10.md', '9.md', '.md', 'md', 'é.md', 'notes.txt']) {
    mkdirSync(join(home, folder), { recursive: true })
    writeFileSync(join(home, folder, name), '')
  }
symlinkSync('tasks', join(home, 'link'))
symlinkSync('nowhere.md', join(home, 'tasks/dead.md'))

test.each([
  ...[
    'tasks/*.md',
    '*.md',
    'tasks/*',
    '.hidden/*.md',
    'tasks/.*.md',
    'tasks/a*',
    'a b/*.md',
    './tasks/*.md',
    'link/*.md',
  ],
  ...['missing/*.md', 'tasks//*.md', `${home}/tasks/*.md`, 'tasks/*a.md', 'tasks/../*.md', 'tasks/a.md/*', 'tasks/é*'],
  ...['**/*.md', 'tasks/{a,b}.md', 'tasks/[ab].md', 'tasks/?.md', '*/a.md'],
])('%s finds what a search of Node finds', (pattern) => {
  const searched = globSync(pattern, { cwd: home }).map((path) => resolve(home, path))
  expect(new Set(findTaskFiles(home, [pattern]))).toEqual(new Set(searched))
})

test('Files are in natural order, and a name with the signs of a pattern means itself where it is there', () => {
  writeFileSync(join(home, 'tasks/[a].md'), '')
  const names = (...patterns: string[]) => findTaskFiles(home, patterns).map((path) => path.slice(home.length + 1))
  expect(names('a b/*.md')).toEqual(['a b/9.md', 'a b/10.md', 'a b/a.md', 'a b/é.md'])
  expect(names('tasks/[a].md', 'tasks/a.md', 'tasks/a.md')).toEqual(['tasks/[a].md', 'tasks/a.md'])
})
