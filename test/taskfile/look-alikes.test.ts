import { expect, it } from 'vitest'
import { parseTaskFile } from '../../src/taskfile/parse.ts'

const parse = (text: string) => parseTaskFile(text, 'a.md').problems

it.each([
  ['## Task 2：B', 'U+FF1A', 10],
  ['##\u00a0Task 2: B', 'U+00A0', 3],
  ['## Task\u00a02: B', 'U+00A0', 8],
  ['## \u200bTask 2: B', 'U+200B', 4],
  ['## Task 2∶ B', 'U+2236', 10],
])('a heading that is no task because of a character: the hint names it: %j', (heading, code, column) => {
  const text = `## Task 1: A\n**Claude Instruction:**\nx\n\n${heading}\n\ny\n`
  expect(parse(text)).toMatchObject([{ line: 5, column, hint: expect.stringContaining(code) }])
})

it.each([
  ['**Requires Approval：** true', 'U+FF1A', 20],
  ['**Depends\u00a0On:** 1', 'U+00A0', 10],
  ['**\u200bVerify:** npm test', 'U+200B', 3],
  ['∗∗Verify:∗∗ npm test', 'U+2217', 1],
])('a field that is none because of a character is an error: %j', (field, code, column) => {
  const text = `## Task 1: A\n${field}\n**Claude Instruction:**\nx\n`
  expect(parse(text)).toMatchObject([{ severity: 'error', line: 2, column, hint: expect.stringContaining(code) }])
})

it('says nothing of such characters where they are words', () => {
  expect(
    parse('# Notes — “all”\n\n## Task 1: A “b” – c\n**Claude Instruction:**\n**Verify：** x\n## Über – uns\n'),
  ).toEqual([])
})

it('a code block without an end that holds what looks like a task is a warning in its line', () => {
  for (const inside of ['## Task 2: B', '- [ ] B', '**Claude Instruction:** y'])
    expect(parse(`## Task 1: A\n**Claude Instruction:**\n\`\`\`sh\nls\n\n${inside}\n`)).toMatchObject([
      { severity: 'warning', line: 3, message: expect.stringContaining('line 6') },
    ])
  for (const end of ['```\n', 'no task\n'])
    expect(
      parse(`## Task 1: A\n**Claude Instruction:**\n\`\`\`sh\n${end === '```\n' ? '## Task 2: B\n' : ''}${end}`),
    ).toEqual([])
})

it('a task under a heading of another level is a warning at that heading', () => {
  const written = (marks: string) =>
    parse(`## Work\n**Claude Instruction:**\nx\n\n${marks} Task 2: B\n**Priority:** high\n**Claude Instruction:**\ny\n`)
  for (const marks of ['#', '###', '######'])
    expect(written(marks)).toMatchObject([
      { severity: 'warning', line: 5, column: 1, hint: expect.stringContaining(`this heading has ${marks.length}:`) },
    ])
  expect(written('##')).toEqual([])
  // Also where the first of them makes a task of the section that holds them all.
  const nested = (n: number) => `### Task ${n}: A\n**Claude Instruction:**\nx\n\n`
  expect(parse(`## Work\n\n${nested(1)}${nested(2)}`)).toMatchObject([{ line: 3 }, { line: 7 }])
})

it('says nothing of a heading that only speaks of a task', () => {
  const work = '## Task 1: A\n**Claude Instruction:**\nx\n\n'
  for (const words of [
    '### Task 2: B\nas planned\n',
    '```md\n### Task 2: B\n**Run:** ls\n```\n',
    '### B\n**Run:** ls\n',
  ])
    expect(parse(work + words)).toEqual([])
})
