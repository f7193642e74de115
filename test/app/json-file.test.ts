import { existsSync, mkdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readConfig } from '../../src/config/read.ts'
import { addTask } from '../../src/sources/files/add-task.ts'
import { keepMark, withKeptMarks } from '../../src/sources/files/kept-marks.ts'
import { planTaskFiles } from '../../src/sources/files/plan-files.ts'
import { parseTaskFile } from '../../src/taskfile/parse.ts'
import { ANNA, type Home } from '../support/home.ts'
import { homeOfTest } from '../support/home-of-test.ts'

const file = (tasks: object[]) => JSON.stringify({ tasks }, undefined, 2)
const one = { id: 'one', name: 'First', prompt: 'rehearse: edit a.txt "one"' }
const two = { id: 2, name: 'Second', prompt: 'rehearse: edit b.txt "two"', dependencies: ['one'] }

function newHome(tasks: object[], config = 'tasks: tasks/*.json\n'): Home {
  const home = homeOfTest('', config)
  home.write('tasks/plan.json', file(tasks))
  return home
}
async function planOf({ dir }: Home, all = false) {
  const read = await readConfig({ home: dir, env: {} })
  if (!('config' in read)) throw new Error('no config')
  const { tasks, alreadyDone, problems } = await planTaskFiles(read.config, read.config.projects[0], { all })
  expect(problems).toEqual([])
  return { open: tasks.map(({ spec }) => spec.origin.ref), alreadyDone }
}
describe('a JSON task file', () => {
  test('is worked through, never written to, and its done tasks are skipped by a later run', async () => {
    const home = newHome([one, two])
    const house = await home.open()
    await house.start()
    await house.rest()
    expect([house.status(), house.errors]).toEqual([['done', 'done'], []])
    expect([home.read('a.txt'), home.read('b.txt')]).toEqual(['one', 'two'])
    expect(home.read('tasks/plan.json')).toBe(file([one, two]))
    expect(await planOf(home)).toEqual({ open: [], alreadyDone: 2 })
    expect(await planOf(home, true)).toEqual({ open: ['one', 'Task 2'], alreadyDone: 0 })

    // What is kept is of this text: other words are another task, another place or name of a branch are not.
    const changed = { ...two, prompt: 'rehearse: edit b.txt "more"', branch_name: 'x' }
    home.write('tasks/plan.json', file([changed, { ...one, dependencies: [] }, { id: 3, prompt: 'New' }]))
    expect(await planOf(home)).toEqual({ open: ['Task 2', 'Task 3'], alreadyDone: 1 })
  })

  test('that was changed while its task ran has the earlier text done, and the new one open', async () => {
    const home = newHome([{ ...one, prompt: 'rehearse: ask "Which?" a|b' }])
    const house = await home.open()
    await house.start()
    const ask = await house.ask('question')
    home.write('tasks/plan.json', file([{ ...one, prompt: 'Something else' }]))
    await house.answer(ask, 'a')
    await house.rest()
    expect(house.status()).toEqual(['done'])
    expect(await planOf(home)).toEqual({ open: ['one'], alreadyDone: 0 })
    home.write('tasks/plan.json', file([{ ...one, prompt: 'rehearse: ask "Which?" a|b' }]))
    expect(await planOf(home)).toEqual({ open: [], alreadyDone: 1 })
  })

  test('whose task is undone has it open again', async () => {
    const home = newHome([one])
    home.repository()
    const house = await home.open()
    await house.start()
    await house.rest()
    expect(await planOf(home)).toEqual({ open: [], alreadyDone: 1 })
    const undo = async (confirm?: unknown) =>
      house.runner.api.submit(
        { type: 'undo', task: 1, ...(confirm !== undefined && { confirm: String(confirm) }) },
        ANNA,
      )
    const shown = await undo()
    expect(await undo(shown.data?.confirm)).toMatchObject({ ok: true })
    expect(await planOf(home)).toEqual({ open: ['one'], alreadyDone: 0 })
    const again = await undo()
    expect(await undo(again.data?.confirm)).toMatchObject({ ok: true })
    expect(await planOf(home)).toEqual({ open: [], alreadyDone: 1 })
  })

  test('keeps what is done when home is moved', async () => {
    const home = newHome([one])
    const path = join(home.dir, 'tasks/plan.json')
    const parsed = parseTaskFile(home.read('tasks/plan.json'), 'tasks/plan.json')
    mkdirSync(join(home.dir, '.baton'))
    keepMark(join(home.dir, '.baton'), path, parsed.specs[0]!, new Date(0))
    const moved = `${home.dir}-moved`
    renameSync(home.dir, moved)
    try {
      const read = withKeptMarks(join(moved, '.baton'), join(moved, 'tasks/plan.json'), parsed)
      expect(read.specs.map(({ done }) => done)).toEqual([true])
      const other = withKeptMarks(join(moved, '.baton'), join(moved, 'tasks/other.json'), parsed)
      expect(other.specs.map(({ done }) => done)).toEqual([false])
    } finally {
      renameSync(moved, home.dir)
    }
  })

  test('of a request is never read again, and nothing is kept of it', async () => {
    const home = newHome([one])
    const [spec] = parseTaskFile(home.read('tasks/plan.json'), 'x.json').specs
    home.write('.baton/inline/request.json', file([one]))
    keepMark(join(home.dir, '.baton'), join(home.dir, '.baton/inline/request.json'), spec!, new Date(0))
    expect(existsSync(join(home.dir, '.baton/done.json'))).toBe(false)
  })

  test('is nothing that a task is added to', async () => {
    const home = newHome([one], 'tasks: [tasks/*.md, tasks/*.json]\n')
    const read = await readConfig({ home: home.dir, env: {} })
    if (!('config' in read)) throw new Error('no config')
    const memory = { begun: undefined, begin: () => undefined }
    const [project] = read.config.projects
    const { where } = await addTask(read.config, project, { text: 'New' }, memory)
    expect(where).toMatch(/^tasks\/today\.md:/)
    await expect(addTask(read.config, project, { text: 'New', file: 'tasks/plan.json' }, memory)).rejects.toThrow(
      'tasks/plan.json is JSON, which Baton never writes to. Name a Markdown file.',
    )
    expect(home.read('tasks/plan.json')).toBe(file([one]))
  })

  test('in which an agent says that a task is done does not have it done', async () => {
    const home = newHome([{ ...two, id: 9, dependencies: [], prompt: 'x' }, one])
    const house = await home.open()
    home.write('tasks/other.json', file([{ id: 1, prompt: 'rehearse: ask "Which?" a|b' }]))
    await house.start({ files: ['tasks/other.json'] })
    const ask = await house.ask('question')
    home.write('tasks/plan.json', file([{ ...one, status: 'done' }, two]))
    await house.answer(ask, 'a')
    await house.rest()
    home.write('config.yaml', 'tasks: tasks/plan.json\n')
    const read = await readConfig({ home: home.dir, env: {} })
    if (!('config' in read)) throw new Error('no config')
    const plan = await planTaskFiles(read.config, read.config.projects[0], {})
    expect(plan.tasks.map(({ spec }) => spec.origin.ref)).toEqual(['one', 'Task 2'])
    expect(plan.problems).toEqual([
      expect.objectContaining({ severity: 'warning', message: expect.stringContaining("is not Baton's") }),
    ])
  })
})
