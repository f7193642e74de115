import { expect, it } from 'vitest'
import { parseTaskFile } from '../../src/taskfile/parse.ts'
import { planRun } from '../../src/taskfile/plan/plan.ts'

const file = (...headings: [heading: string, dependsOn?: string][]) =>
  parseTaskFile(
    headings
      .map(([heading, on]) => `## ${heading}\n${on ? `**Depends On:** ${on}\n` : ''}**Claude Instruction:**\nx\n`)
      .join('\n'),
    'a.md',
  )

it.each([
  ['Task 1: A', 1, 'A'],
  ['task 01. A', 1, 'A'],
  ['Task 1.1: A', '1.1', 'A'],
  ['Task 2.10.3 – A', '2.10.3', 'A'],
  ['Task 2a: A', '2a', 'A'],
  ['TASK-1: A', 1, 'A'],
  ['TASK-1', 1, 'Task 1'],
  ['Task #3 A: b', undefined, 'Task #3 A: b'],
  ['Task #3: A', 3, 'A'],
  ['📝 Task 4: A', 4, 'A'],
  ['✅ Task 4', 4, 'Task 4'],
  ['🧑‍💻 Task 5: A', 5, 'A'],
  ['Tasks 1: A', undefined, 'Tasks 1: A'],
])('%j has the number %j', (heading, number, title) => {
  const { specs, problems } = file([heading])
  expect(problems).toEqual([])
  expect(specs[0]?.headingNumber).toBe(number)
  expect(specs[0]?.title).toBe(title)
})

it.each(['1.1', 'Task 1.1', 'task-1.1', '#1.1', 'Task 1.1: Add a login', 'Task 01.1'])(
  'is what Depends On means with %j',
  (name) => {
    const plan = planRun([file(['Task 1: Set up'], ['Task 1.1: Add a login'], ['Task 2: Test', name])], {
      order: 'written',
    })
    expect(plan.problems).toEqual([])
    expect(plan.tasks[2]?.dependsOn).toEqual([2])
  },
)

it('stands once in a file', () => {
  expect(file(['Task 1.1: A'], ['Task 1.10: B'], ['Task 1.1: C']).problems).toMatchObject([
    { message: expect.stringContaining('two tasks called Task 1.1') },
  ])
})

it('is not needed for a check box in another file, whatever the headings above it', () => {
  const boxes = parseTaskFile('## Backend\n- [ ] Add tests\n', 'b.md')
  for (const name of ['Add tests', 'Backend › Add tests'])
    expect(planRun([boxes, file(['Task 1: A', name])], { order: 'written' })).toMatchObject({
      problems: [],
      tasks: [{}, { dependsOn: [1] }],
    })
})

const waits = (...headings: [heading: string, dependsOn?: string][]) => {
  const { tasks, problems } = planRun([file(...headings)], { order: 'written' })
  return problems.length > 0 ? problems.map(({ message }) => message) : tasks.map(({ dependsOn }) => dependsOn)
}

it.each(['3', '#3', 'Task 3', '03', '3. Add a login', 'add a login'])(
  'in front of a title is what Depends On means with %j, before any place',
  (name) => {
    for (const heading of [
      '3. Add a login',
      '3) Add a login',
      '03: Add a login',
      '3 – Add a login',
      '#3 - Add a login',
    ])
      if (!name.includes('. ') || heading.startsWith('3. '))
        expect(waits(['1. Set up'], [heading], ['7. Test'], ['8. Ship', name])).toEqual([[], [], [], [2]])
  },
)

it('in front of a title counts where no heading has it, and only when it is that of one task', () => {
  expect(waits(['Task 3: A'], ['3. B'], ['C', '3'])).toEqual([[], [], [1]])
  expect(waits(['1. A'], ['1. B'], ['C', '1'])).toEqual([expect.stringContaining('there are several')])
  expect(waits(['1.2 A'], ['2. B'], ['C', '1.2, 2'])).toEqual([[], [], [1, 2]])
  // No number of a task: a place in the run is meant.
  expect(waits(['2 little pigs'], ['2026 goals'], ['C', '2'])).toEqual([[], [], [2]])
})
