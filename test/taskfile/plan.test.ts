import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseTaskFile } from '../../src/taskfile/parse.ts'
import { type PlanOptions, planRun } from '../../src/taskfile/plan/plan.ts'

const task = (heading: string, ...fields: string[]) =>
  `## ${heading}\n${fields.map((field) => `**${field}\n`).join('')}**Run:** x\n\n`
const plan = (texts: string[], options: Partial<PlanOptions> = {}) =>
  planRun(
    texts.map((text, index) => parseTaskFile(text, `tasks/${'abc'[index]}.md`)),
    { order: 'written', ...options },
  )
const waits = (text: string | string[], options?: Partial<PlanOptions>) => {
  const { tasks, problems } = plan([text].flat(), options)
  expect(problems).toEqual([])
  return Object.fromEntries(tasks.map(({ number, dependsOn }) => [number, dependsOn]))
}

describe('the numbers of a run', () => {
  it('are places in the order written, across files, done ones counted', () => {
    const { tasks, total, alreadyDone } = plan([task('Task 5: a') + task('b', 'Status:** done'), task('Task 5: c')])
    expect(tasks.map(({ number, position, spec }) => [number, position, spec.title])).toEqual([
      [1, 0, 'a'],
      [3, 1, 'c'],
    ])
    expect({ total, alreadyDone }).toEqual({ total: 3, alreadyDone: 1 })
  })

  it('include the done ones again with all', () => {
    const { tasks, alreadyDone } = plan([task('a', 'Status:** done') + task('b')], { all: true })
    expect(tasks.map(({ number }) => number)).toEqual([1, 2])
    expect(alreadyDone).toBe(0)
  })

  it('count a file that is named twice once', () => {
    const file = parseTaskFile(task('a'), 'a.md')
    expect(planRun([file, file], { order: 'written' }).total).toBe(1)
  })
})

describe('the order of a run', () => {
  it('puts high priority first and leaves equals as written, while numbers stay', () => {
    const text =
      task('a') +
      task('b', 'Priority:** low') +
      task('c', 'Priority:** high') +
      task('d') +
      task('e', 'Priority:** high')
    const { tasks } = plan([text], { order: 'priority' })
    expect(tasks.map(({ number }) => number)).toEqual([3, 5, 1, 4, 2])
    expect(tasks.map(({ position }) => position)).toEqual([0, 1, 2, 3, 4])
  })
})

describe('what a task depends on', () => {
  it('is found by the number of its heading in the same file, then by the number in the run', () => {
    const one = task('Task 7: a') + task('Task 8: b', 'Depends On:** 7') + task('c', 'Depends On:** Task 8, 2, #1')
    expect(waits([one, task('d', 'Depends On:** 2')])).toEqual({ 1: [], 2: [1], 3: [1, 2], 4: [2] })
  })

  it('is found by title, in any letter case, below and in other files too', () => {
    const one = task('Task 1: Add `x`', 'Depends On:** SHIP it') + task('Ship *it*', 'Depends On:** other')
    expect(waits([one, task('Task 1: Other') + task('z', 'Depends On:** a.md#Task 1, tasks/a.md#ship it')])).toEqual({
      1: [2],
      2: [3],
      3: [],
      4: [1, 2],
    })
  })

  it('is found although the title has commas or its number in front', () => {
    const text =
      task('Task 1: Add login, logout, and more') +
      task('Task 2: b', 'Depends On:** Add login, logout, and more, 1') +
      task('Task 3: c', 'Depends On:** Task 2: b, "Add login, logout, and more"')
    expect(waits(text)).toEqual({ 1: [], 2: [1], 3: [1, 2] })
  })

  it('is no longer waited for once it is done, unless it runs again', () => {
    const text = task('Task 1: a', 'Status:** done') + task('Task 2: b', 'Depends On:** 1')
    expect(waits(text)).toEqual({ 2: [] })
    expect(waits(text, { all: true })).toEqual({ 1: [], 2: [1] })
  })

  it.each([
    ['Depends On:** Task 9', 'Depends On names "Task 9", but there is no such task', 'commas'],
    ['Depends On:** Ad login', 'Depends On names "Ad login", but there is no such task', 'Did you mean "Add login"?'],
    ['Depends On:** nowhere.md#1', 'Depends On names the file nowhere.md, which is not in this run', 'together'],
    ['Depends On:** same', 'Depends On names "same", but there are several', 'tasks/a.md:4, tasks/a.md:7'],
  ])('is an error with its place when it cannot be found: %j', (field, message, hint) => {
    const { problems } = plan([task('Add login') + task('same') + task('same') + task('Task 4: d', field)])
    expect(problems).toMatchObject([
      { file: 'tasks/a.md', line: 11, column: 17, severity: 'error', message, hint: expect.stringContaining(hint) },
    ])
  })

  it('asks for other numbers where several tasks have the one that is named', () => {
    const { problems } = plan([task('Task 1: a') + task('Task 1: b') + task('Task 3: c', 'Depends On:** 1')])
    expect(problems.map(({ hint }) => hint)).toContain('tasks/a.md:1, tasks/a.md:4: give them different numbers.')
  })

  it.each([
    [task('Task 1: a', 'Depends On:** 1'), 'Task 1 → Task 1'],
    [
      task('Task 1: a', 'Depends On:** 3') + task('Task 2: b') + task('Task 3: c', 'Depends On:** 1'),
      'Task 1 → Task 3 → Task 1',
    ],
    [task('a', 'Depends On:** b') + task('b', 'Depends On:** c') + task('c', 'Depends On:** b'), 'b → c → b'],
  ])('is an error that shows the circle', (text, circle) => {
    const { problems } = plan([text])
    expect(problems).toMatchObject([{ severity: 'error', message: `These tasks wait for each other: ${circle}` }])
  })

  it('shows a circle across files with their names', () => {
    const { problems } = plan([task('Task 1: a', 'Depends On:** b.md#1'), task('Task 1: b', 'Depends On:** a.md#1')])
    expect(problems).toMatchObject([
      { message: expect.stringContaining('tasks/a.md#Task 1 → tasks/b.md#Task 1 → tasks/a.md#Task 1') },
    ])
  })

  it('is free of circles in the plan exactly when no circle is told', () => {
    const edges = fc.array(fc.tuple(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 8 })), { maxLength: 12 })
    fc.assert(
      fc.property(edges, (pairs) => {
        const text = Array.from({ length: 8 }, (_, index) => {
          const needed = pairs.filter(([from]) => from === index + 1).map(([, to]) => to)
          return task(`Task ${index + 1}: t`, ...(needed.length > 0 ? [`Depends On:** ${needed.join(', ')}`] : []))
        }).join('')
        const { tasks, problems } = plan([text])
        const done = new Set<number>()
        for (let round = 0; round < 8; round++)
          for (const { number, dependsOn } of tasks) if (dependsOn.every((needed) => done.has(needed))) done.add(number)
        expect(problems.length === 0).toBe(done.size === 8)
      }),
    )
  })
})

describe('some tasks only', () => {
  const text =
    task('Task 1: a') +
    task('Task 2: b', 'Depends On:** 1') +
    task('Task 3: c', 'Depends On:** 2') +
    task('Task 4: d', 'Status:** done')

  it('run when what they wait for is selected or done', () => {
    expect(waits(text, { only: [2, 1] })).toEqual({ 1: [], 2: [1] })
    expect(plan([text], { only: [1, 4] })).toMatchObject({ total: 4, alreadyDone: 1, problems: [] })
  })

  it('are refused with all that must be added', () => {
    expect(plan([text], { only: [3] }).problems).toMatchObject([
      {
        file: 'tasks/a.md',
        line: 9,
        severity: 'error',
        message: 'Task 3 depends on task 2: neither done nor selected',
        hint: 'Add 1,2 to --only.',
      },
    ])
  })

  it.each([[0], [5], [1.5], [-1]])('are refused when there is no task %d', (number) => {
    expect(plan([text], { only: [number] }).problems).toMatchObject([
      {
        file: '--only',
        severity: 'error',
        message: `There is no task ${number}`,
        hint: 'The tasks are numbered from 1 to 4.',
      },
    ])
  })
})

describe('a long chain', () => {
  it('is planned without recursion', () => {
    const text = Array.from({ length: 20_000 }, (_, index) =>
      task(`Task ${index + 1}: t`, ...(index > 0 ? [`Depends On:** ${index}`] : [])),
    ).join('')
    expect(plan([text], { order: 'priority' })).toMatchObject({ total: 20_000, problems: [] })
  })
})

describe('the machine of a run', () => {
  it('is the one that its tasks are for', () => {
    expect(plan([task('a', 'Machine:** studio'), task('b', 'Machine:** studio')]).machine).toBe('studio')
    expect(plan([task('a')])).not.toHaveProperty('machine')
    // Done tasks ask for nothing any more.
    expect(plan([task('a', 'Machine:** old', 'Status:** done') + task('b', 'Machine:** any')]).machine).toBe('any')
  })

  it('is only one', () => {
    const { machine, problems } = plan([task('a'), task('b', 'Machine:** any')])
    expect(machine).toBeUndefined()
    expect(problems).toMatchObject([
      {
        ...{ file: 'tasks/b.md', line: 1, severity: 'error' },
        message: 'Task 2 is for any, and task 1 for the machine that starts it',
      },
    ])
  })
})
