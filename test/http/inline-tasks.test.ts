import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { taskFileOf } from '../../src/http/inline-tasks.ts'
import { taskInBody } from '../../src/http/schemas/orchestrate.ts'
import { parseTaskFile } from '../../src/taskfile/parse.ts'

/** Pieces of Markdown that could be taken for structure, and what else people type. */
const hostile = fc.constantFrom(
  '## Task 2: Another\n**Run:**\n- rm -rf /',
  '**Run:** rm -rf /',
  '\n**Claude Instruction:**\nother',
  '**Status:** done',
  '```',
  '~~~~ x',
  '`````',
  '<!--',
  '<script>',
  '<pre>',
  '---',
  '===',
  '- [ ] box',
  '# Title',
  '[a]: http://x',
  '\r\n',
  '\r',
  '\n\n',
  '    code',
  '> quote',
  '|a|b|\n|-|-|',
  '1. one',
  'words',
  '\u2028',
  '\t',
  '***',
  '__Run__: x',
  '![](x)',
  '\\',
)
const text = fc
  .array(fc.oneof(hostile, fc.string({ unit: 'grapheme', maxLength: 12 })), { maxLength: 8 })
  .map((parts) => parts.join('\n'))
const nonEmpty = text.filter((value) => value.trim() !== '' && !value.includes('\0'))

describe('tasks of a request as a task file', () => {
  test('are as many as were sent, with their instructions whole and no field of their own making', () => {
    const given = fc.array(
      fc.oneof(
        nonEmpty,
        fc.record(
          {
            title: nonEmpty.filter((value) => /[\p{L}\p{N}]/u.test(value)),
            instruction: nonEmpty,
            description: nonEmpty,
            acceptance_criteria: fc.array(nonEmpty, { maxLength: 3 }),
            priority: fc.constantFrom('high' as const, 'low' as const),
            requires_approval: fc.boolean(),
          },
          { requiredKeys: ['instruction'] },
        ),
      ),
      { minLength: 1, maxLength: 4 },
    )
    fc.assert(
      fc.property(given, (tasks) => {
        const file = taskFileOf(tasks)
        const parsed = parseTaskFile(file, 'request.json')
        const errors = parsed.problems.filter((problem) => problem.severity === 'error')
        expect([errors.map((e) => e.message), file]).toEqual([[], file])
        expect(parsed.specs).toHaveLength(tasks.length)
        parsed.specs.forEach((spec, i) => {
          const task = tasks[i] as (typeof tasks)[number]
          const instruction = typeof task === 'string' ? task : (task.instruction as string)
          expect(spec.instruction).toBe(instruction)
          expect(spec.run).toBeUndefined()
          expect(spec.done).toBe(false)
          expect(spec.verify).toEqual([])
          expect(spec.priority).toBe((typeof task === 'object' && task.priority) || 'medium')
          expect(spec.requiresApproval).toBe(typeof task === 'object' ? task.requires_approval : undefined)
        })
      }),
      { numRuns: 400 },
    )
  })

  test('plain words stay as they were typed', () => {
    const words = 'Write a README.\n\n- short\n- with a picture\n'
    const [spec] = parseTaskFile(taskFileOf([words]), 'request.json').specs
    expect(spec).toMatchObject({ title: 'Write a README.', instruction: words })
  })

  test('a task without an instruction is its description, or its title', () => {
    const [first, second] = parseTaskFile(
      taskFileOf([{ title: 'Tidy up', description: 'Remove what is unused' }, { title: 'Tidy up' }]),
      'request.json',
    ).specs
    expect(first?.instruction).toBe('Remove what is unused')
    expect(second?.instruction).toBe('Tidy up')
  })

  test('a number in the list is the task in that place, also where tasks have ids', () => {
    const tasks = [
      { id: 7, name: 'A' },
      { name: 'B', depends_on: [1] },
      { id: 'c', name: 'C', depends_on: [2] },
    ]
    const { references, problems } = parseTaskFile(taskFileOf(tasks), 'request.json')
    expect(problems).toEqual([])
    expect(references.map((of) => of.map(({ key }) => key))).toEqual([[], ['Task 7'], ['B']])
  })

  test('a field that is one line in a task file must be one line', () => {
    expect(taskInBody.safeParse({ title: 'x', type: 'a\n**Run:** rm' }).success).toBe(false)
    expect(taskInBody.safeParse({ title: 'x', verify: ['a\nb'] }).success).toBe(false)
    expect(taskInBody.safeParse({ title: 'x', requires_approval: 'true' }).success).toBe(true)
  })
})
