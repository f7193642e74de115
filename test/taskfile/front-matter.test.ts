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
    expect(parse('model: opus\nMachine: studio', '- [ ] a\n').specs).toMatchObject([
      { model: 'opus', machine: 'studio', title: 'a' },
    ])
  })

  it('may write its fields as tasks do, and has its faults where they are written', () => {
    const { specs, problems } = parse('**Machine:** studio\n**Max Turns**: 5\nmodel: opus', '- [ ] a\n')
    expect(problems).toEqual([])
    expect(specs).toMatchObject([{ machine: 'studio', maxTurns: 5, model: 'opus' }])
    expect(parse('**Priority:** urgent').problems).toMatchObject([{ line: 2, column: 15 }])
  })

  it.each([
    ['priority: urgent', 2, 11, 'Priority cannot be "urgent"'],
    ['timeout: 20', 2, 10, 'Timeout cannot be "20"'],
    ['machine: The Studio', 2, 10, 'Machine cannot be "The Studio"'],
    ['retries: [1, {a: b}]', 2, 10, 'Retries has no value'],
    ['model: "opus', 3, 1, 'Front matter: '],
    ['priority: low\nPriority: high', 3, 1, 'Priority appears twice in the front matter'],
    ['depends on: 1', 2, 1, 'Depends On cannot have a default'],
  ])('%j is an error at its place', (yaml, line, column, message) => {
    const errors = parse(yaml).problems.filter(({ severity }) => severity === 'error')
    expect(errors[0]).toMatchObject({ line, column, message: expect.stringContaining(message) })
  })

  it.each([
    'title: Notes\nstatus: draft\ndate: 2026-01-01\ntags: [a, b]',
    'layout: post\ntitle: "A"\nauthor: me\npriority: 3\ntype: page',
    'title: A: b\nstatus: x',
    'status: in-progress',
    'description: Rules\nglobs: ["*.ts"]\nalwaysApply: true',
    'created: 2026-01-01\nmodel: [a]\naliases:\n  - x\ncssclasses: []',
    'notion-id: abc\nstate: open\ndue: 2026-01-01\nowner: me\nmode: dark',
    '- a',
  ])('of another tool is one warning at most, without far-fetched hints: %j', (yaml) => {
    const { problems, specs } = parse(yaml, '- [ ] a\n')
    expect(specs).toHaveLength(1)
    expect(problems).toMatchObject([{ severity: 'warning' }])
    expect(problems[0]?.hint).not.toMatch(/mean|nearest/)
  })

  it('keeps what protects an error, whatever stands beside it', () => {
    const { problems } = parse('title: x\nrequires_approval: ture')
    expect(problems.find(({ severity }) => severity === 'error')).toMatchObject({ line: 3 })
  })

  it('takes several lines for one script', () => {
    expect(parse('verify: |\n  cd web\n  npm test').specs[0]).toMatchObject({ verify: ['set -e\ncd web\nnpm test'] })
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
    const { problems } = parse('a: &a [x, x]\nb: &b [*a, *a]\nmax turns: *b')
    expect(problems.some(({ severity, message }) => severity === 'error' && message.includes('Max Turns'))).toBe(true)
  })

  it('takes no name of other programs for a slip, and none at all where the front matter is not for Baton', () => {
    const unknown = (yaml: string) =>
      parse(yaml)
        .problems.filter(({ message }) => message.startsWith('Unknown field'))
        .map(({ message }) => message)
    expect(unknown('maxTurns: 5\nmode: agent\ntools: Bash\nfile: a.md')).toEqual([])
    expect(unknown('layout: post\nmodle: opus')).toEqual([])
    expect(unknown('maxTurns: 5\nmodle: opus')).toEqual(['Unknown field "modle" in the front matter'])
  })
})
