import { describe, expect, it } from 'vitest'
import { parseTaskFile } from '../../src/taskfile/parse.ts'

const tasks =
  '## Task 1: a\n**Run:** x\n\n## Task 2: b\n**Priority:** high\n**Verify:** own\n**Claude Instruction:** y\n'
const parse = (yaml: string, rest = tasks) => parseTaskFile(`---\n${yaml}\n---\n${rest}`, 'a.md')

describe('front matter', () => {
  it('gives defaults for the tasks of the file, under the names of the fields', () => {
    const { specs, problems, context } = parse(
      'priority: low\nrequires_approval: yes\nmaxTurns: 5\nAllowed Tools: [Edit, "Bash(npm test:*)"]\nverify:\n  - npm test\nbudget: 2.50\ntimeout: 20m\npermission-mode: plan',
    )
    expect(problems).toEqual([])
    expect(context).toBe('')
    expect(specs[0]).toMatchObject({
      priority: 'low',
      requiresApproval: true,
      maxTurns: 5,
      allowedTools: ['Edit', 'Bash(npm test:*)'],
      verify: ['npm test'],
      budgetUsd: 2.5,
      timeoutMs: 1_200_000,
      permissionMode: 'plan',
    })
    expect(specs[1]).toMatchObject({ priority: 'high', verify: ['own'], maxTurns: 5 })
  })

  it('gives defaults for check boxes, too', () => {
    expect(parse('model: opus', '- [ ] a\n').specs).toMatchObject([{ model: 'opus', title: 'a' }])
  })

  it.each([
    ['priority: urgent', 2, 11, 'Priority cannot be "urgent"'],
    ['timeout: 20', 2, 10, 'Timeout cannot be "20"'],
    ['retries: [1, {a: b}]', 2, 10, 'Retries has no value'],
    ['a: b: c', 2, 4, 'Front matter: '],
    ['model: "opus', 3, 1, 'Front matter: '],
    ['- a', 2, 1, 'The front matter is no mapping'],
    ['priority: low\nPriority: high', 3, 1, 'Priority stands twice in the front matter'],
    ['depends on: 1', 2, 1, 'Depends On cannot have a default'],
    ['status: done', 2, 1, 'Status cannot have a default'],
  ])('%j is an error at its place', (yaml, line, column, message) => {
    const errors = parse(yaml).problems.filter(({ severity }) => severity === 'error')
    expect(errors[0]).toMatchObject({ line, column, message: expect.stringContaining(message) })
  })

  it('warns of a key that is no field', () => {
    expect(parse('prioriti: low').problems).toMatchObject([
      {
        line: 2,
        column: 1,
        severity: 'warning',
        message: 'Unknown field "prioriti" in the front matter',
        hint: 'Did you mean "Priority"?',
      },
    ])
  })

  it('may be empty, and ends only at a line of three dashes', () => {
    expect(parse('').problems).toEqual([])
    expect(parse('# a comment').problems).toEqual([])
    const { specs } = parseTaskFile(`---\n\n${tasks}`, 'a.md')
    expect(specs).toHaveLength(2)
  })

  it('stands behind a byte order mark, too', () => {
    expect(parseTaskFile(`\ufeff---\r\nmodel: opus\r\n---\r\n${tasks}`, 'a.md').specs[0]).toMatchObject({
      model: 'opus',
    })
  })

  it('cannot grow by aliases', () => {
    const { problems } = parse('a: &a [x, x]\nb: &b [*a, *a]\nmodel: *b')
    expect(problems.some(({ severity, message }) => severity === 'error' && message.includes('Model'))).toBe(true)
  })
})
