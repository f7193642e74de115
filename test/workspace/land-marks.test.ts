import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readConfig } from '../../src/config/read.ts'
import type { Task } from '../../src/core/types.ts'
import { locate } from '../../src/git/repository.ts'
import { createOwnGuard } from '../../src/guard/guard.ts'
import { ownMarksIn } from '../../src/sources/files/own-marks.ts'
import { createFileSource } from '../../src/sources/files/source.ts'
import type { FileTask } from '../../src/taskfile/file-task.ts'
import { readTaskFile } from '../../src/taskfile/read.ts'
import { clearMark, writeMark } from '../../src/taskfile/write/mark.ts'
import type { TaskNotes } from '../../src/workspace/finish.ts'
import { landRun } from '../../src/workspace/merge-line/land-run.ts'
import { type LiftMarksPorts, recoverMarks } from '../../src/workspace/merge-line/lift-marks.ts'
import { newRepository } from '../git/support/playground.ts'
import { anna } from '../support/samples.ts'

const AT = Date.UTC(2026, 10, 27, 9, 14)
const BRANCH = 'baton/r1/merged'
const FILE = 'tasks.md'
const TASKS = `# Tasks

What holds for all: grüßt.

## Task 1: First
**Claude Instruction:**
Do the first.

## Task 2: Second
**Type:** backend
**Claude Instruction:**
Do the second.
`
const STATUS = '**Status:** done 2026-11-27T09:14Z\n'
const marked = (text: string) =>
  text
    .replace('## Task 1: First\n', `## Task 1: First\n${STATUS}`)
    .replace('**Type:** backend\n', `**Type:** backend\n${STATUS}`)
/** What the run itself did to the file. */
const changed = (text: string) => text.replace('What holds for all', 'What holds for all, and more')

/** A run of two tasks that is over: both are marked in the user's copy, and its branch changes the task file as well. */
async function world(
  landed: (text: string) => string = changed,
  before: (git: (...args: string[]) => string) => void = () => undefined,
  committed: (text: string) => string = (text) => text,
) {
  const user = newRepository()
  before(user.git)
  const path = join(user.root, FILE)
  user.write(FILE, committed(TASKS))
  user.git('add', '-A')
  user.git('commit', '-q', '-m', 'tasks')
  user.git('branch', BRANCH)
  user.git('checkout', '-q', BRANCH)
  user.write(FILE, landed(committed(TASKS)))
  user.write('work.txt', 'done\n')
  user.git('add', '-A')
  user.git('commit', '-q', '-m', 'the run')
  user.git('checkout', '-q', 'main')
  const tasks = (await readTaskFile(path, FILE)).specs.map(
    (spec, i) =>
      ({ id: `t${i + 1}`, runId: 'r1', number: i + 1, phase: 'done', markedAt: AT, spec }) as unknown as Task,
  )
  const kept = new Map<string, string>()
  /** Calls of the notes until the process is dead, and what each call after that does. */
  let left = Number.POSITIVE_INFINITY
  let full = false
  let between: (() => void) | undefined
  const notes: TaskNotes = {
    async settled({ spec }, doneAt) {
      if (left-- <= 0) throw new Error('killed')
      if (doneAt && full) return { problem: 'no space left on the device', code: 'ENOSPC' }
      const now = between
      between = undefined
      now?.()
      const written = await (doneAt ? writeMark(path, spec as FileTask, doneAt) : clearMark(path, spec as FileTask))
      return 'problem' in written ? written : { isRewritten: false }
    },
  }
  const marks: LiftMarksPorts = {
    marksIn: async (file, committed) =>
      ownMarksIn(user.root, file, committed, (isMeant) => (isMeant(FILE) ? tasks : [])),
    notes,
    meta: {
      get: <T>(key: string) => (kept.has(key) ? (JSON.parse(kept.get(key) as string) as T) : undefined),
      set: (key, value) => void kept.set(key, JSON.stringify(value)),
    },
    project: 'main',
  }
  const found = await locate(user.root)
  if ('reason' in found) throw new Error(found.reason)
  const { repository } = found
  const never = async () => {
    throw new Error('nothing is to be checked or moved here')
  }
  return {
    user,
    text: () => user.read(FILE).toString(),
    head: () => user.git('rev-parse', 'HEAD').trim(),
    tip: user.git('rev-parse', BRANCH).trim(),
    mark: async () => {
      for (const { spec } of tasks) await writeMark(path, spec as FileTask, new Date(AT))
    },
    land: () =>
      landRun(
        {
          repository,
          landed: { of: () => undefined, leftAt: () => undefined, advance: never, recover: never },
          check: never,
          marks,
        },
        BRANCH,
      ),
    recover: () => recoverMarks(marks, () => tasks),
    dieAfter: (calls: number) => {
      left = calls
    },
    careful: (alone: NonNullable<LiftMarksPorts['alone']>) => {
      marks.alone = alone
    },
    fillDisk: (isFull: boolean) => {
      full = isFull
    },
    /** Before the next mark is taken out. */
    meanwhile: (act: () => void) => {
      between = act
    },
    tasks,
  }
}

describe('Landing while Baton’s own marks stand in a task file that the run changed', () => {
  it('lands, and the marks stand in what has landed', async () => {
    const { user, mark, text, land, head, tip } = await world()
    await mark()
    expect(text()).toBe(marked(TASKS))
    expect(await land()).toEqual({ ok: true, text: expect.stringMatching(/^main is at .*: 2 files changed\.$/) })
    expect(head()).toBe(tip)
    expect(text()).toBe(marked(changed(TASKS)))
    expect(user.git('status', '--porcelain')).toBe(` M ${FILE}\n`)
  })

  it('compares as git stores it: with CRLF in the checkout, too', async () => {
    const { user, mark, text, land, tip, head } = await world(changed, (git) => git('config', 'core.autocrlf', 'true'))
    const crlf = (words: string) => words.replaceAll('\n', '\r\n')
    user.write(FILE, crlf(TASKS))
    await mark()
    expect(text()).toBe(crlf(marked(TASKS)))
    expect(await land()).toMatchObject({ ok: true })
    expect(head()).toBe(tip)
    expect(text()).toBe(crlf(marked(changed(TASKS))))
  })

  it.each<[string, (given: Awaited<ReturnType<typeof world>>) => void]>([
    [
      'the user wrote into the file as well',
      ({ user, text }) => user.write(FILE, text().replace('Do the first.', 'Do it.')),
    ],
    ['the marks are staged', ({ user }) => user.git('add', FILE)],
    [
      'a mark does not read as Baton wrote it',
      ({ user, text }) => user.write(FILE, text().replaceAll(STATUS, '**Status:** done by hand\n')),
    ],
  ])('refuses and touches nothing where %s', async (_, change) => {
    const given = await world()
    const before = given.head()
    await given.mark()
    change(given)
    const [text, index] = [given.text(), given.user.git('ls-files', '-s')]
    expect(await given.land()).toEqual({ ok: false, text: expect.stringContaining(`not committed in ${FILE}`) })
    expect([given.text(), given.user.git('ls-files', '-s'), given.head()]).toEqual([text, index, before])
  })

  it('leaves a mark where it is that the user has committed', async () => {
    const first = (text: string) => text.replace('## Task 1: First\n', `## Task 1: First\n${STATUS}`)
    const { mark, text, land, head, tip } = await world(changed, undefined, first)
    await mark()
    expect(text()).toBe(marked(TASKS))
    expect(await land()).toMatchObject({ ok: true })
    expect(head()).toBe(tip)
    expect(text()).toBe(marked(changed(TASKS)))
  })

  it('puts the marks back where git refuses', async () => {
    const { user, mark, text, land, head, tip } = await world()
    await mark()
    writeFileSync(join(user.root, '.git/index.lock'), '')
    expect(await land()).toEqual({ ok: false, text: expect.stringMatching(/^git did not move main: .*index\.lock/) })
    expect(text()).toBe(marked(TASKS))
    expect(head()).not.toBe(tip)
  })

  it.each([0, 1, 2, 3])(
    'has every mark again after the next start when it is killed after %i of four steps',
    async (calls) => {
      const { mark, text, land, recover, dieAfter, head, tip } = await world()
      await mark()
      dieAfter(calls)
      await expect(land()).rejects.toThrow('killed')
      dieAfter(Number.POSITIVE_INFINITY)
      expect(await recover()).toEqual([])
      expect(text()).toBe(marked(head() === tip ? changed(TASKS) : TASKS))
      expect(head() === tip).toBe(calls >= 2)
      expect(await recover()).toEqual([])
      expect(await land()).toMatchObject({ ok: true })
      expect(text()).toBe(marked(changed(TASKS)))
    },
  )

  it('says which mark has no place any more, and keeps the others', async () => {
    const { mark, text, land } = await world((words) => words.replace(/## Task 1: First[^#]*/, ''))
    await mark()
    expect((await land()).text).toMatch(/\nTask 1 is done, but not marked in tasks\.md: "First" was not found/)
    expect(text()).toContain(`**Type:** backend\n${STATUS}`)
  })

  it('writes at the next start what a full disk did not take', async () => {
    const { mark, text, land, recover, fillDisk } = await world()
    await mark()
    fillDisk(true)
    expect(await land()).toEqual({ ok: true, text: expect.stringContaining('no space left') })
    expect(text()).toBe(changed(TASKS))
    fillDisk(false)
    expect(await recover()).toEqual([])
    expect(text()).toBe(marked(changed(TASKS)))
  })

  it('keeps in mind what a full disk did not take when it lands once more', async () => {
    const { user, mark, text, land, recover, fillDisk } = await world()
    await mark()
    fillDisk(true)
    await land()
    fillDisk(false)
    user.git('checkout', '-q', BRANCH, '--force')
    user.write('more.txt', 'more\n')
    const more = (words: string) => `${changed(words)}More.\n`
    user.write(FILE, more(TASKS))
    user.git('add', '-A')
    user.git('commit', '-q', '-m', 'more')
    user.git('checkout', '-q', 'main')
    user.write(FILE, text().replace('**Type:** backend\n', `**Type:** backend\n${STATUS}`))
    expect(await land()).toMatchObject({ ok: true })
    expect(text()).not.toContain(`First\n${STATUS}`)
    expect(await recover()).toEqual([])
    expect(text()).toBe(marked(more(TASKS)))
  })

  it('does not mark a task again that was undone before the next start', async () => {
    const { mark, text, land, recover, fillDisk, tasks } = await world()
    await mark()
    fillDisk(true)
    await land()
    fillDisk(false)
    Object.assign(tasks[0] as Task, { phase: 'undone' })
    expect(await recover()).toEqual([])
    // Nor later, when it has been done again.
    Object.assign(tasks[0] as Task, { phase: 'done' })
    expect(await recover()).toEqual([])
    expect(text()).toContain(`**Type:** backend\n${STATUS}`)
    expect(text()).not.toContain(`First\n${STATUS}`)
  })

  it('looks a second time where another task is marked meanwhile', async () => {
    const { user, mark, text, land, meanwhile } = await world()
    await mark()
    user.write(FILE, text().replace(`**Type:** backend\n${STATUS}`, '**Type:** backend\n'))
    meanwhile(() => user.write(FILE, text().replace('**Type:** backend\n', `**Type:** backend\n${STATUS}`)))
    expect(await land()).toMatchObject({ ok: true })
    expect(text()).toBe(marked(changed(TASKS)))
  })

  it('is waited for by whoever plans meanwhile, so that no task that is done is done again', async () => {
    const { user, mark, land, meanwhile, careful } = await world()
    await mark()
    const read = await readConfig({ home: user.root, env: {} })
    if (!('config' in read)) throw new Error('the configuration cannot be read')
    const { config } = read
    const guard = createOwnGuard({ config, loadAll: async () => undefined, onError: console.error })
    careful(guard.alone)
    const source = createFileSource({ config, project: config.projects[0], guard })
    const start = () => source.plan({ type: 'start', files: [FILE] }, anna)
    expect(await start()).toMatchObject({ tasks: [] })
    let plan: Promise<unknown> | undefined
    // The first mark is out by then, and the second is about to be.
    meanwhile(() =>
      meanwhile(() => {
        plan = start()
      }),
    )
    expect(await land()).toMatchObject({ ok: true })
    expect(await plan).toMatchObject({ tasks: [], total: 2, alreadyDone: 2 })
  })

  it('names the file, with all marks in it, where a person saves it meanwhile', async () => {
    const { user, mark, text, land, meanwhile } = await world()
    await mark()
    const mine = (words: string) => words.replace('Do the second.', 'Do it.')
    meanwhile(() => user.write(FILE, mine(text())))
    expect(await land()).toEqual({ ok: false, text: expect.stringContaining(`not committed in ${FILE}`) })
    expect(text()).toBe(mine(marked(TASKS)))
  })

  it('takes the mark of a run that marked its task itself for Baton’s, and no other', async () => {
    const own = '**Status:** done by the agent\n'
    const byAgent = (words: string) =>
      changed(words)
        .replace('First\n', `First\n${own}`)
        .concat('\n## Task 3: Third\n', own, '**Claude Instruction:**\nDo the third.\n')
    const { mark, text, land } = await world(byAgent)
    await mark()
    expect(await land()).toMatchObject({ ok: true })
    expect(text()).toBe(byAgent(marked(TASKS)).replace(`First\n${own}`, 'First\n'))
  })

  it('does it with check boxes as well, of which the run has ticked and renamed some', async () => {
    const boxes = '# To do\n\n- [ ] First\n- [ ] Second\n- [ ] Third\n'
    const byRun = (words: string) => words.replace('[ ] Second', '[x] Second').replace('Third', 'Third and last')
    const { mark, text, land, head, tip } = await world(byRun, undefined, () => boxes)
    await mark()
    expect(text()).toBe(boxes.replaceAll('[ ]', '[x]'))
    const { ok, text: words } = await land()
    expect([ok, head()]).toEqual([true, tip])
    expect(words).toMatch(/\nTask 3 is done, but not marked in tasks\.md/)
    expect(text()).toBe('# To do\n\n- [x] First\n- [x] Second\n- [ ] Third and last\n')
  })
})
