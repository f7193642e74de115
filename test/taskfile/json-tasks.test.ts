import { describe, expect, test } from 'vitest'
import { parseTaskFile } from '../../src/taskfile/parse.ts'
import { planRun } from '../../src/taskfile/plan/plan.ts'
import { formatProblems } from '../../src/taskfile/report.ts'

const read = (text: string, file = 'plan.json') => parseTaskFile(text, file)

function problems(text: string): string[] {
  const parsed = read(text)
  const all = [...parsed.problems, ...planRun([parsed], { order: 'written' }).problems]
  return all.map(({ line, column, severity, message, hint }) =>
    [`${line}:${column}: ${severity}: ${message}`, ...(hint === undefined ? [] : [hint])].join(' | '),
  )
}

describe('a JSON task file', () => {
  const file = JSON.stringify(
    {
      tasks: [
        {
          id: 1,
          name: 'Add a login',
          description: 'With\ntwo lines',
          prompt: '## Task 9: x\r\n**Run:** rm -rf /\n',
          branch_name: 'feature/login',
          dependencies: [],
        },
        { id: 'docs', name: 'Write it down', description: 'The whole thing', dependencies: [1, 'Add a login'] },
        { id: 3, prompt: 'Ship it.\nNow.', dependencies: ['docs', 'Task 1'] },
      ],
    },
    undefined,
    2,
  )

  test.each([
    ['LF', file],
    ['CRLF', file.replace(/\n/g, '\r\n')],
    ['a byte order mark', `\ufeff${file}`],
    ['one line', JSON.stringify(JSON.parse(file))],
  ])('with %s is a list of tasks, their prompts byte for byte', (_, text) => {
    const parsed = read(text)
    expect(parsed.problems).toEqual([])
    const [login, docs, ship] = parsed.specs
    expect(login).toMatchObject({
      ...{ headingNumber: 1, title: 'Add a login', description: 'With\ntwo lines' },
      origin: { ref: 'Task 1', form: 'json' },
      ...{ instruction: '## Task 9: x\r\n**Run:** rm -rf /\n', branch: 'feature/login', done: false, verify: [] },
    })
    expect(login?.run).toBeUndefined()
    expect(docs).toMatchObject({ origin: { ref: 'docs' }, instruction: 'The whole thing' })
    expect(docs?.description).toBeUndefined()
    expect(ship).toMatchObject({ title: 'Ship it.', origin: { ref: 'Task 3' } })
    const plan = planRun([parsed], { order: 'written' })
    expect([plan.problems, plan.tasks.map(({ dependsOn }) => dependsOn)]).toEqual([[], [[], [1], [1, 2]]])
  })

  test('takes the fields of Markdown tasks, and a text of several lines as a script', () => {
    const { specs, problems } = read(
      JSON.stringify({
        tasks: [
          {
            prompt: 'Do',
            priority: 'high',
            requires_approval: true,
            verify: ['npm test', 'cd build\nrm -f *'],
            max_turns: 5,
            budget_usd: 2.5,
            timeout: '20m',
            acceptance_criteria: ['a\nb'],
          },
        ],
      }),
    )
    expect(problems).toEqual([])
    expect(specs[0]).toMatchObject({
      ...{ priority: 'high', requiresApproval: true, verify: ['npm test', 'set -e\ncd build\nrm -f *'], maxTurns: 5 },
      ...{ budgetUsd: 2.5, timeoutMs: 1_200_000, criteria: ['a b'] },
    })
  })

  test('an id is meant before a name, and no number is a place where tasks have ids', () => {
    const tasks = [
      { id: 'a', name: 'b', prompt: 'x' },
      { id: 'b', name: 'a', prompt: 'y', dependencies: ['a'] },
      { id: 'c', name: 'A, B', prompt: 'z', dependencies: ['a', 'b'] },
    ]
    const waits = (of: object[]) =>
      planRun([read(JSON.stringify({ tasks: of }))], { order: 'written' }).tasks.map(({ dependsOn }) => dependsOn)
    expect(waits(tasks)).toEqual([[], [1], [1, 2]])
    expect(problems(JSON.stringify({ tasks: [...tasks, { id: 'd', prompt: 'x', dependencies: [1] }] }))).toEqual([
      expect.stringContaining('error: There is no task "1" in this list'),
    ])
    expect(waits([{ name: 'A' }, { name: 'B', dependencies: [1] }].map((t) => ({ ...t, prompt: 'p' })))).toEqual([
      [],
      [1],
    ])
  })

  test('may wait for a task of another file, and the other way round', () => {
    const json = read('{"tasks": [{"id": 4, "name": "Build", "prompt": "x", "dependencies": ["today.md#Task 1"]}]}')
    const markdown = read(
      '## Task 1: A\n**Claude Instruction:**\nx\n\n## Task 2: B\n**Depends On:** plan.json#Task 4\n**Claude Instruction:**\nx\n',
      'today.md',
    )
    const plan = planRun([json, markdown], { order: 'written' })
    expect([plan.problems, plan.tasks.map(({ dependsOn }) => dependsOn)]).toEqual([[], [[2], [], [1]]])
  })

  test('has all its problems told at once, each with its place', () => {
    const text = `{"tasks": [
  {"id": 1, "name": "Build", "prompt": "x", "dependencies": ["Biuld it", 3]},
  {"id": "1", "name": "Ship", "prompt": "", "dependencies": "1"},
  {"id": true, "name": 7, "prompt": ["x"], "branch_name": "a..b", "priority": "urgent"},
  "Do it",
  {"id": 3, "name": "Build it", "prompt": "x", "prompt": "y", "promt": "z", "details": 1, "verify": ["npm test", "it works well for everybody"]},
  {"id": 4, "prompt": "x", "details": 2, "status": "cancelled", "run": "make"}
]}`
    expect(problems(text)).toEqual([
      '2:62: error: There is no task "Biuld it" in this list | Did you mean "Build it"? Name tasks by id or name; those of another file as other.md#Title.',
      '3:3: error: "Ship" has no prompt | Add "prompt": what Claude should do.',
      '3:10: error: Another task has the same id | The first one is on line 2. Give each task its own id.',
      '3:61: error: "dependencies" must be a list of ids, and this is a text',
      '4:10: error: "id" must be a text or a number, and this is true',
      '4:24: error: "name" must be a text, and this is a number',
      '4:37: error: "prompt" must be a text, and this is a list',
      expect.stringMatching(/^4:59: error: "branch_name" cannot be "a\.\.b"/),
      expect.stringMatching(/^4:79: error: "priority" cannot be "urgent" \| It must be high, medium or low\.$/),
      expect.stringMatching(/^5:3: error: A task must be an object, and this is a text/),
      expect.stringMatching(/^6:48: error: "prompt" repeats what this task already has/),
      '6:63: warning: Unknown field "promt" | Did you mean "prompt"?',
      '6:77: warning: Unknown field "details" | It has no effect.',
      expect.stringMatching(/^6:114: error: This reads as words, not as a command/),
      expect.stringMatching(/^7:3: error: This task has both run and prompt/),
      expect.stringMatching(/^7:52: error: "status" cannot be "cancelled"/),
    ])
  })

  test('has its circles shown', () => {
    const text = `{"tasks": [
  {"id": 1, "prompt": "x", "dependencies": ["b"]},
  {"id": "b", "prompt": "y", "dependencies": [1]},
  {"id": "c", "prompt": "y", "dependencies": ["c"]}
]}`
    expect(problems(text)).toEqual([
      expect.stringContaining('2:45: error: These tasks wait for each other: Task 1 → b → Task 1'),
      expect.stringContaining('4:47: error: These tasks wait for each other: c → c'),
    ])
  })

  test.each([
    ['', '1:1: error: The file is empty'],
    ['{"tasks": []}', '1:11: error: The file has no task'],
    ['[{"id": 1}]', '1:1: error: There is no list "tasks"'],
    ['{"tasks": {}}', '1:11: error: "tasks" must be a list'],
    ['{"tasks": [],\n "tasks": []}', '2:2: error: "tasks" appears twice'],
    ['{"tasks": [\r\n  {"id": 1,}\r\n]}', '2:11: error: This is not JSON: there is nothing after this comma'],
    ['# Tasks\n- [ ] one', '1:1: error: This is not JSON: it has no comments'],
    ['\ufeff{"tasks": [{"prompt": "a\tb"}]}', '1:25: error: This is not JSON: a tab inside'],
    ['{"tasks": [{"prompt": "a\\u0000"}]}', '1:23: error: There is a NUL character in "prompt"'],
  ])('%#: %j is refused where it is wrong', (text, words) => {
    expect(problems(text)[0]).toContain(words)
  })

  test('with thousands of problems is read in one go, and not all of them are listed', () => {
    const many = (task: object) => JSON.stringify({ tasks: Array.from({ length: 5_000 }, () => task) })
    for (const task of [{ id: 1 }, { id: 1, prompt: 'x', dependencies: ['nothing like it at all'] }])
      expect(read(many(task)).problems.length).toBeLessThanOrEqual(402)
  })

  test('has its problems shown with the line and a caret', () => {
    const shown = formatProblems(read('{"tasks": [\n  {"id": 1, "prompt": 5}\n]}').problems)
    expect(shown).toBe(
      'plan.json:2:23: "prompt" must be a text, and this is a number\n  2 |   {"id": 1, "prompt": 5}\n    |                       ^',
    )
  })
})
