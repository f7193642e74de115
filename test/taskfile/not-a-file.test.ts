import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readTaskFile } from '../../src/taskfile/read.ts'
import { writeTask } from '../../src/taskfile/write/append.ts'
import { clearMark, writeMark } from '../../src/taskfile/write/mark.ts'

const TEXT = '## Task 1: One\n**Claude Instruction:**\nDo it.\n'

/** What an agent, or its user, may put in the place of a task file while it runs. */
const SPECIAL: Record<string, (path: string) => void> = {
  'a pipe': (path) => execFileSync('mkfifo', [path]),
  'a folder': (path) => mkdirSync(path),
  'a device without end': (path) => symlinkSync('/dev/zero', path),
  'a link to itself': (path) => symlinkSync(path, path),
  'a file with a terabyte of nothing': (path) => {
    writeFileSync(path, '')
    truncateSync(path, 2 ** 40)
  },
}

describe('a task file that became', () => {
  for (const [name, make] of Object.entries(SPECIAL)) {
    it(`${name} is told, and neither waited for nor written`, async () => {
      const folder = mkdtempSync(join(tmpdir(), 'baton-not-a-file-'))
      const path = join(folder, 'tasks.md')
      writeFileSync(path, TEXT)
      const [task] = (await readTaskFile(path, 'tasks.md')).specs
      if (!task) throw new Error('no task')
      rmSync(path)
      make(path)
      expect(await writeMark(path, task, new Date())).toMatchObject({
        problem: expect.stringMatching(/could not be written/),
      })
      expect(await clearMark(path, task)).toMatchObject({ problem: expect.stringMatching(/could not be written/) })
      await expect(writeTask(path, { title: 'Two' })).rejects.toThrow(/could not be written/)
      expect((await readTaskFile(path, 'tasks.md')).problems).toHaveLength(1)
      expect(readdirSync(folder)).toEqual(['tasks.md'])
    })
  }
})

it('a name with a slip says which file is meant, and one that is like none says to look', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'baton-no-file-'))
  for (const name of ['today.md', 'monday.md', 'today.txt']) writeFileSync(join(folder, name), TEXT)
  const hintFor = async (name: string) => (await readTaskFile(join(folder, name), `tasks/${name}`)).problems[0]?.hint
  expect(await hintFor('tody.md')).toBe('Did you mean tasks/today.md?')
  expect(await hintFor('weekend.md')).toBe('Check the path.')
  expect(await hintFor('x/today.md')).toBe('Check the path.')
})
