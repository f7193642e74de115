import { mkdirSync, mkdtempSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { TaskSpec } from '../../src/core/types.ts'
import { findTaskFiles, shownPath } from '../../src/sources/files/find-files.ts'
import type { FileTask } from '../../src/taskfile/file-task.ts'
import { readTaskFile } from '../../src/taskfile/read.ts'
import { writeMark } from '../../src/taskfile/write/mark.ts'
import { createWatch, type Watch, type WatchPorts } from '../../src/watch/watch.ts'
import { createMemory } from '../schedule/house.ts'

let home: string
let memory: ReturnType<typeof createMemory>
let told: string[]
let queued: (spec: TaskSpec) => boolean
let reads: string[]
const open: Watch[] = []

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'watch-'))
  mkdirSync(join(home, 'tasks'))
  memory = createMemory()
  told = []
  reads = []
  queued = () => false
})
afterEach(async () => {
  await Promise.all(open.splice(0).map((watch) => watch.stop()))
  rmSync(home, { recursive: true })
})

const at = (file: string) => join(home, file)
const task = (n: number, words = `Do ${n}.`) => `## Task ${n}: Number ${n}\n**Claude Instruction:**\n${words}\n\n`
const write = (file: string, ...tasks: string[]) => writeFileSync(at(file), `# Tasks\n\n${tasks.join('')}`)

function begin(more: Partial<WatchPorts> = {}): Watch {
  const projects = [{ name: 'main', tasks: ['tasks/**/*.md'] }]
  const watch = createWatch({
    home,
    projects,
    findFiles: (project) =>
      findTaskFiles(home, projects.find(({ name }) => name === project)?.tasks ?? []).map((path) =>
        shownPath(home, path),
      ),
    async read(_, file) {
      reads.push(file)
      const { specs, problems } = await readTaskFile(at(file), file)
      return { specs, problems: problems.filter(({ severity }) => severity === 'error').map(({ message }) => message) }
    },
    known: () => queued,
    meta: memory,
    onFound: ({ file, newTasks, total, titles }) => told.push(`${file}: ${newTasks} of ${total}: ${titles.join(', ')}`),
    onBroken: ({ file, problems }) => told.push(`${file}: ${problems.join('; ')}`),
    onError: (error) => told.push(`error: ${String(error)}`),
    settleMs: 60,
    brokenAfterMs: 120,
    lookMs: 10_000,
    ...more,
  })
  watch.start()
  open.push(watch)
  return watch
}
/** The first look is over. */
const looked = () => expect.poll(() => memory.rows.has('watch:main')).toBe(true)
const quiet = (ms = 300) => new Promise((resolve) => setTimeout(resolve, ms))

describe('the watch', () => {
  test('offers the tasks of a new file, once', async () => {
    begin()
    await looked()
    write('tasks/today.md', task(1), task(2), task(3))
    await expect.poll(() => told).toEqual(['tasks/today.md: 3 of 3: Number 1, Number 2, Number 3'])
    utimesSync(at('tasks/today.md'), new Date(), new Date())
    await quiet()
    expect(told).toHaveLength(1)
  })

  test('the first look ever only remembers what is there', async () => {
    write('tasks/old.md', task(1))
    begin()
    await looked()
    await quiet()
    expect(told).toEqual([])
    write('tasks/old.md', task(1), task(2))
    await expect.poll(() => told).toEqual(['tasks/old.md: 1 of 2: Number 2'])
  })

  test('offers what was written while nobody watched, and nothing twice over restarts', async () => {
    await begin().stop()
    write('tasks/today.md', task(1))
    await begin().stop()
    const watch = begin()
    await expect.poll(() => told).toHaveLength(1)
    await watch.stop()
    begin()
    await quiet()
    expect(told).toEqual(['tasks/today.md: 1 of 1: Number 1'])
  })

  test('offers a task that was rewritten, but not one that was moved or renumbered', async () => {
    write('tasks/a.md', task(1), task(2))
    begin()
    await looked()
    writeFileSync(at('tasks/a.md'), `# Other words\n\n${task(2)}---\n\n${task(1).replace('Task 1', 'Task 7')}`)
    await quiet()
    write('tasks/a.md', task(2, 'Do it otherwise.'), task(1))
    await expect.poll(() => told).toEqual(['tasks/a.md: 1 of 2: Number 2'])
    write('tasks/a.md', task(2), task(1))
    await quiet()
    expect(told).toHaveLength(1)
  })

  test('says nothing of the marks that Baton writes', async () => {
    write('tasks/a.md', task(1), task(2))
    writeFileSync(at('tasks/boxes.md'), '- [ ] One\n- [ ] Two\n')
    begin()
    await looked()
    for (const file of ['tasks/a.md', 'tasks/boxes.md']) {
      const [spec] = (await readTaskFile(at(file), file)).specs
      expect(await writeMark(at(file), spec as FileTask, new Date())).toMatchObject({ changed: true })
    }
    reads.length = 0
    await expect.poll(() => reads.length).toBeGreaterThanOrEqual(2)
    await quiet()
    expect(told).toEqual([])
  })

  test('says nothing of tasks that are in the queue or done', async () => {
    queued = ({ title }) => title === 'Number 1'
    begin()
    await looked()
    write('tasks/a.md', task(1), '## Task 2: Number 2\n**Status:** done\n**Claude Instruction:**\nDo 2.\n')
    await expect.poll(() => reads.length).toBeGreaterThan(0)
    await quiet()
    expect(told).toEqual([])
    queued = () => false
    write('tasks/a.md', task(1), task(3))
    await expect.poll(() => told).toEqual(['tasks/a.md: 1 of 2: Number 3'])
  })

  test('notices how editors save: over another file, in pieces, by removing it first', async () => {
    begin()
    await looked()
    writeFileSync(at('tasks/.a.md.swp'), 'x')
    write('tasks/a.md~', task(1))
    renameSync(at('tasks/a.md~'), at('tasks/a.md'))
    await expect.poll(() => told.splice(0)).toEqual(['tasks/a.md: 1 of 1: Number 1'])
    const { ino } = statSync(at('tasks/a.md'))
    write('tasks/a.md~', task(1), task(2))
    renameSync(at('tasks/a.md~'), at('tasks/a.md'))
    expect(statSync(at('tasks/a.md')).ino).not.toBe(ino)
    await expect.poll(() => told.splice(0)).toEqual(['tasks/a.md: 1 of 2: Number 2'])
    for (let n = 3; n < 9; n++) {
      write('tasks/a.md', ...Array.from({ length: n }, (_, i) => task(i + 1)))
      await quiet(25)
    }
    await expect
      .poll(() => told.splice(0))
      .toEqual(['tasks/a.md: 6 of 8: Number 3, Number 4, Number 5, Number 6, Number 7, Number 8'])
    rmSync(at('tasks/a.md'))
    await quiet(100)
    write('tasks/a.md', task(1), task(2))
    await quiet()
    expect(told).toEqual([])
  })

  test('leaves a file alone until nobody writes on it', async () => {
    begin({ settleMs: 500 })
    await looked()
    for (let n = 1; n <= 9; n++) {
      write('tasks/a.md', ...Array.from({ length: n }, (_, i) => task(i + 1)))
      await quiet(100)
    }
    expect(told).toEqual([])
    await expect.poll(() => told).toHaveLength(1)
    expect(told[0]).toMatch(/^tasks\/a\.md: 9 of 9/)
  })

  test('finds by looking what no hint came for', async () => {
    rmSync(at('tasks'), { recursive: true })
    begin({ lookMs: 80 })
    await looked()
    mkdirSync(at('tasks/deep/er'), { recursive: true })
    write('tasks/deep/er/a.md', task(1))
    await expect.poll(() => told).toEqual(['tasks/deep/er/a.md: 1 of 1: Number 1'])
  })

  test('tells a file that cannot be run once, when nobody writes on it any more, and offers it when it is mended', async () => {
    begin()
    await looked()
    write('tasks/a.md', '## Task 1: No instruction\n')
    await expect.poll(() => told.length).toBe(1)
    expect(told[0]).toMatch(/^tasks\/a\.md: .*instruction/i)
    write('tasks/a.md', '## Task 1: No instruction\n', '\n')
    await quiet(700)
    expect(told).toHaveLength(1)
    write('tasks/a.md', task(1))
    await expect.poll(() => told.at(-1)).toBe('tasks/a.md: 1 of 1: Number 1')
  })

  test('says nothing of a file that was only broken while it was being written', async () => {
    begin({ brokenAfterMs: 400 })
    await looked()
    writeFileSync(at('tasks/a.md'), '')
    await quiet(150)
    write('tasks/a.md', '## Task 1: Half\n')
    await quiet(200)
    write('tasks/a.md', task(1))
    await expect.poll(() => told).toEqual(['tasks/a.md: 1 of 1: Number 1'])
  })

  test('what Baton wrote itself is no news when it says so', async () => {
    const watch = begin()
    await looked()
    write('tasks/plan.md', task(1))
    await watch.settle('main', 'tasks/plan.md')
    await quiet()
    expect(told).toEqual([])
    write('tasks/plan.md', task(1), task(2))
    await expect.poll(() => told).toEqual(['tasks/plan.md: 1 of 2: Number 2'])
  })

  test('an offer that could not be stored is made again', async () => {
    let broken = true
    begin({
      onFound: ({ file }) => {
        if (broken) {
          broken = false
          throw new Error('the disk is full')
        }
        told.push(file)
      },
      lookMs: 50,
    })
    await looked()
    write('tasks/a.md', task(1))
    await expect.poll(() => told).toEqual(['error: Error: the disk is full', 'tasks/a.md'])
  })

  test('reads only what changed', async () => {
    for (let n = 1; n <= 5; n++) write(`tasks/${n}.md`, task(n))
    await begin().stop()
    reads.length = 0
    begin({ lookMs: 20 })
    write('tasks/3.md', task(3), task(33))
    await expect.poll(() => told).toHaveLength(1)
    await quiet()
    expect(reads).toEqual(['tasks/3.md'])
  })
})
