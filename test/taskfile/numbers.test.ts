import { expect, it } from 'vitest'
import { parseTaskFile } from '../../src/taskfile/parse.ts'
import { planRun } from '../../src/taskfile/plan.ts'

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
