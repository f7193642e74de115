import { describe, expect, it } from 'vitest'
import { parseTaskFile } from '../../src/taskfile/parse.ts'
import type { Problem } from '../../src/taskfile/problem.ts'
import { formatProblems } from '../../src/taskfile/report.ts'

const problem: Problem = {
  file: 'a.md',
  line: 3,
  column: 5,
  severity: 'error',
  message: 'Wrong',
  sourceLine: 'abcdefgh',
}

describe('the report of problems', () => {
  it('shows place, message, line, caret and hint of each, all at once', () => {
    const { problems } = parseTaskFile('## Task 1: a\n**Priority:** urgent\n**Owner:** me\n**Run:** x\n', 'tasks/a.md')
    expect(formatProblems(problems)).toBe(
      [
        'tasks/a.md:2:15: Priority cannot be "urgent"',
        '  2 | **Priority:** urgent',
        '    |               ^',
        '  hint: It must be high, medium or low.',
        '',
        'tasks/a.md:3:3: warning: Unknown field "Owner"',
        '  3 | **Owner:** me',
        '    |   ^',
        '  hint: The nearest known field is "Type". As it is, it is read as part of the description.',
      ].join('\n'),
    )
  })

  it('puts the caret below wide characters and tabs', () => {
    expect(formatProblems([{ ...problem, sourceLine: '数\té*x' }])).toBe('a.md:3:5: Wrong\n  3 | 数 é*x\n    |      ^')
  })

  it('shows the part of a long line where the problem is', () => {
    const report = formatProblems([{ ...problem, column: 1001, sourceLine: `${'x'.repeat(1000)}Y${'z'.repeat(1000)}` }])
    expect(report).toContain('Yzzz')
    for (const row of report.split('\n')) expect(row.length).toBeLessThan(120)
    expect(report.split('\n')[2]!.indexOf('^')).toBe(report.split('\n')[1]!.indexOf('Y'))
  })

  it('does not let a file steer the terminal', () => {
    expect(
      formatProblems([{ ...problem, message: 'a\x1b[2J\rb', hint: '\u202e', sourceLine: '\x1b]0;x\x07\x9b1m' }]),
    ).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/)
  })

  it('leaves out the place of what has none', () => {
    expect(
      formatProblems([{ file: '--only', line: 0, column: 0, severity: 'error', message: 'There is no task 5' }]),
    ).toBe('--only: There is no task 5')
  })
})
