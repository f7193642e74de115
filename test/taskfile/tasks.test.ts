import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseTaskFile } from '../../src/taskfile/parse.ts'
import { hostileText, writtenFile } from './hostile.ts'
import { parseHostile } from './parsing-faults.ts'

const parse = (text: string) => parseTaskFile(text, 'tasks/a.md')
const errors = (text: string) => parse(text).problems.filter(({ severity }) => severity === 'error')

const whole = `# Tasks - 2026-11-21

Anything before the first task is context: it goes to every task of this file.

## Task 1: Add a login endpoint
**Type:** backend
**Priority:** high
**Requires Approval:** true
**Depends On:** Task 3
**Description:** What this task does
**Acceptance Criteria:**
- Criterion 1
- Criterion 2

**Verify:**
- npm test

**Claude Instruction:**
Detailed instruction.

---

## Task 2: Another Task
**Claude Instruction:** Go.

## Task 3: A third one
**Run:** make
`

describe('a task file', () => {
  it('gives every field of a task', () => {
    const { specs, problems, references } = parse(whole)
    expect(problems).toEqual([])
    expect(specs[0]).toEqual({
      origin: { source: 'files', ref: 'Task 1', file: 'tasks/a.md', line: 5, form: 'section' },
      headingNumber: 1,
      title: 'Add a login endpoint',
      type: 'backend',
      priority: 'high',
      requiresApproval: true,
      description: 'What this task does',
      criteria: ['Criterion 1', 'Criterion 2'],
      verify: ['npm test'],
      instruction: 'Detailed instruction.',
      context: '# Tasks - 2026-11-21\n\nAnything before the first task is context: it goes to every task of this file.',
      done: false,
    })
    expect(references.map((names) => names.map(({ name }) => name))).toEqual([['Task 3'], [], []])
    expect(specs[2]).toMatchObject({ title: 'A third one', run: ['make'], instruction: '', priority: 'medium' })
  })

  it('gives all its tasks the same context, sections that are no tasks included', () => {
    const { specs, context } = parse(
      'Hello\n\n## Notes\nmind this\n\n## Task 1: A\n**Run:** a\n\n## Rules\n- b\n\n---\n\n## Task 2: C\n**Run:** c\n',
    )
    expect(context).toBe('Hello\n\n## Notes\nmind this\n\n## Rules\n- b')
    expect(specs.map((spec) => spec.context === context)).toEqual([true, true])
  })

  it('takes a heading for a task when it has an instruction or is called Task N', () => {
    const { specs } = parse(
      '## Any name\n**Claude Instruction:** x\n\n## Notes\n\ntext\n\n## Task 7 - Other mark\n**Run:** x\n',
    )
    expect(specs.map(({ origin, title, headingNumber }) => [origin.ref, title, headingNumber])).toEqual([
      ['Any name', 'Any name', undefined],
      ['Task 7', 'Other mark', 7],
    ])
  })

  it('knows underlined headings, and dashes below a paragraph for what people mean by them', () => {
    const { specs, problems } = parse(
      'Task 1: Underlined\n------------------\n**Claude Instruction:**\nDo this.\n\nThen that.\n---\n## Task 2: B\n**Claude Instruction:** one line\n---\n',
    )
    expect(problems).toEqual([])
    expect(specs.map(({ title, instruction }) => [title, instruction])).toEqual([
      ['Underlined', 'Do this.\n\nThen that.'],
      ['B', 'one line'],
    ])
  })

  it('reads titles without their markup', () => {
    const titles = [
      'Fix `a_b`',
      'Ship *it* **now**',
      '[link](http://x) & more',
      '~~old~~ new ##',
      '`` a`b ``',
      '\\# c',
      '1. d',
      '',
    ]
    const { specs } = parse(titles.map((title, index) => `## Task ${index + 1}: ${title}\n**Run:** x\n`).join('\n'))
    expect(specs.map(({ title }) => title)).toEqual([
      'Fix a_b',
      'Ship it now',
      'link & more',
      'old new',
      'a`b',
      '# c',
      '1. d',
      'Task 8',
    ])
  })

  it('says which tasks are done', () => {
    const states = ['done 2026-11-21T09:14Z', 'Done', '✅ completed', 'open', 'pending', '⏳ In progress']
    const { specs, problems } = parse(
      states.map((state, index) => `## Task ${index + 1}: x\n**Status:** ${state}\n**Run:** x\n`).join('\n'),
    )
    expect(problems).toEqual([])
    expect(specs.map(({ done }) => done)).toEqual([true, true, true, false, false, false])
  })

  it('gives tasks of the same name different keys', () => {
    const { specs } = parse('## A\n**Run:** x\n## A\n**Run:** y\n## A (2)\n**Run:** z\n')
    expect(specs.map(({ origin }) => origin.ref)).toEqual(['A', 'A (2)', 'A (2) (2)'])
  })
})

describe('an instruction', () => {
  it('is what stands between its field and the next task, byte for byte', () => {
    fc.assert(
      fc.property(writtenFile, ({ text, tasks }) => {
        const { specs, problems } = parse(text)
        expect(problems.filter(({ severity }) => severity === 'error')).toEqual([])
        expect(specs.map(({ instruction }) => instruction)).toEqual(tasks.map(({ instruction }) => instruction))
        expect(specs.map(({ headingNumber }) => headingNumber)).toEqual(tasks.map(({ number }) => number))
      }),
      { numRuns: 200 },
    )
  })

  it('keeps carriage returns, trailing blanks and the indentation of its first line', () => {
    const { specs } = parse(
      '## Task 1: a\r\n**Claude Instruction:**\r\n\r\n    code  \r\n\tx\r\n\r\nlast  \r\n\r\n---\r\n',
    )
    expect(specs[0]?.instruction).toBe('    code  \r\n\tx\r\n\r\nlast  ')
  })

  it('takes every field below it for its own words, and warns of those that protect', () => {
    const { specs, problems } = parse(
      '## Task 1: a\n**Claude Instruction:**\ndo\n\n**Type:** x\n**Requires Approval:** true\n',
    )
    expect(specs[0]).toMatchObject({ instruction: 'do\n\n**Type:** x\n**Requires Approval:** true' })
    expect(specs[0]?.requiresApproval).toBeUndefined()
    expect(problems).toMatchObject([
      { line: 6, severity: 'warning', message: expect.stringContaining('Requires Approval') },
    ])
  })

  it('must be there, once, and say something', () => {
    expect(errors('## Task 1: a\ntext\n')).toMatchObject([
      { line: 1, column: 4, message: 'Task 1 has no Claude Instruction' },
    ])
    expect(errors('## Task 1: a\n**Claude Instruction:**\n\n---\n')).toMatchObject([
      { line: 2, message: expect.stringContaining('is empty') },
    ])
    expect(errors('## Task 1: a\n**Run:** x\n**Claude Instruction:** y\n')).toMatchObject([
      { line: 2, message: expect.stringContaining('both') },
    ])
    expect(errors('## Task 1: a\n- **Claude Instruction:** y\n')).toMatchObject([
      { hint: expect.stringContaining('line 2') },
    ])
  })
})

describe('hostile text', () => {
  it('never throws, and every problem has its place and its line', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const { problems, specs, references } = parse(text)
        const lines = text.replace(/^\ufeff/, '').split(/\r\n|\n|\r/)
        for (const { line, column, sourceLine, message } of problems) {
          expect(message).not.toBe('')
          expect(sourceLine ?? '').toBe(lines[line - 1])
          expect(column).toBeLessThanOrEqual((sourceLine ?? '').length + 1)
        }
        expect(references).toHaveLength(specs.length)
        expect(new Set(specs.map(({ origin }) => origin.ref)).size).toBe(specs.length)
        for (const { instruction } of specs) expect(text).toContain(instruction)
        if (specs.length === 0) expect(problems.some(({ severity }) => severity === 'error')).toBe(true)
      }),
      { numRuns: 600 },
    )
  })

  it('is parsed without a crash, a silent refusal or a lost byte', () => {
    const seed = Date.now()
    expect({ seed, ...parseHostile(400, seed) }).toEqual({
      seed,
      tried: 400,
      crashed: 0,
      unsaid: 0,
      inexact: 0,
      slow: [],
    })
  })
})
