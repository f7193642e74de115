import { globSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createNoteWatch } from '../../src/watch/notes.ts'
import { createMemory } from '../schedule/house.ts'

test('a note is noticed once for each of its contents, and belongs to the project of its folder', async () => {
  const home = mkdtempSync(join(tmpdir(), 'notes-'))
  mkdirSync(join(home, 'daily/api'), { recursive: true })
  writeFileSync(join(home, 'daily/old.md'), 'Old goals.\n')
  const told: string[] = []
  const memory = createMemory()
  const watch = createNoteWatch({
    home,
    projects: [
      { name: 'web', notes: ['daily/*.md'] },
      { name: 'api', notes: ['daily/api/*.md'] },
    ],
    findFiles: (patterns) => patterns.flatMap((pattern) => globSync(pattern, { cwd: home })),
    meta: memory,
    onNote: ({ project, file }) => told.push(`${project}: ${file}`),
    onError: (error) => told.push(String(error)),
    settleMs: 50,
    lookMs: 100,
  })
  watch.start()
  await expect.poll(() => memory.rows.size).toBe(2)
  writeFileSync(join(home, 'daily/2026-11-22.md'), 'Ship the login.\n')
  await expect.poll(() => told).toEqual(['web: daily/2026-11-22.md'])
  writeFileSync(join(home, 'daily/2026-11-22.md'), '\nShip the login.\n\n')
  writeFileSync(join(home, 'daily/empty.md'), '\n')
  writeFileSync(join(home, 'daily/api/x.md'), 'Ship the API.\n')
  await expect.poll(() => told.length).toBe(2)
  await new Promise((resolve) => setTimeout(resolve, 300))
  writeFileSync(join(home, 'daily/2026-11-22.md'), 'Ship the login, and the docs.\n')
  await expect.poll(() => told).toEqual(['web: daily/2026-11-22.md', 'api: daily/api/x.md', 'web: daily/2026-11-22.md'])
  await watch.stop()
  rmSync(home, { recursive: true })
})
