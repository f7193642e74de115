import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { parseTaskFile } from '../../src/taskfile/parse.ts'
import { appendTask, writeTask } from '../../src/taskfile/write/append.ts'
import { hostileText, writtenFile } from './hostile.ts'

const specsOf = (text: string) => parseTaskFile(text, 'a.md').specs
const added = (text: string, title = 'New', instruction?: string) => {
  const result = appendTask(text, instruction === undefined ? { title } : { title, instruction })
  if ('problem' in result) throw new Error(result.problem)
  return result
}

describe('a task that is added', () => {
  it.each([
    ['to nothing', '', '## Task 1: New\n\n**Claude Instruction:**\nNew\n', 1],
    [
      'with the next number',
      '## Task 4: a\n**Run:** x',
      '## Task 4: a\n**Run:** x\n\n## Task 5: New\n\n**Claude Instruction:**\nNew\n',
      4,
    ],
    [
      'without a number where the others have none',
      '## a\n**Run:** x\n\n',
      '## a\n**Run:** x\n\n## New\n\n**Claude Instruction:**\nNew\n',
      4,
    ],
    [
      'below a rule where the others have one',
      '## a\n**Run:** x\n\n---\n\n## b\n**Run:** y\n',
      '## a\n**Run:** x\n\n---\n\n## b\n**Run:** y\n\n---\n\n## New\n\n**Claude Instruction:**\nNew\n',
      11,
    ],
    [
      'with the line endings of the file',
      '# a\r\n',
      '# a\r\n\r\n## Task 1: New\r\n\r\n**Claude Instruction:**\r\nNew\r\n',
      3,
    ],
    ['as a check box below the last one', '- [x] a\n  - b\n\n## End\n', '- [x] a\n  - b\n- [ ] New\n\n## End\n', 3],
    ['below the details of the last one', '- [ ] a\n\nMore.\n', '- [ ] a\n\nMore.\n\n- [ ] New\n', 5],
    [
      'in the last list that is open',
      '## Open\n- [ ] a\n\n## Done\n- [x] b\n',
      '## Open\n- [ ] a\n- [ ] New\n\n## Done\n- [x] b\n',
      3,
    ],
    ['with the next number of a numbered list', ' 9. [ ] a', ' 9. [ ] a\n 10. [ ] New', 2],
  ])('%s stands at the end, in the form of the file', (_, text, expected, line) => {
    expect(added(text)).toEqual({ text: expected, line })
  })

  it('keeps its instruction whole, also where it looks like further tasks', () => {
    const instruction = 'Do this:\n\n## Task 2: mine\n**Claude Instruction:** x\n```\nopen'
    const [spec, ...others] = specsOf(added('', 'New', instruction).text)
    expect(others).toEqual([])
    expect(spec?.instruction).toBe(`\`\`\`\`text\n${instruction}\n\`\`\`\``)
    expect(specsOf(added('- [ ] a', 'New', instruction).text)).toMatchObject([
      {},
      { title: 'New', instruction: expect.stringContaining('## Task 2: mine') },
    ])
  })

  it('is refused where it would be swallowed, and without any text', () => {
    expect(appendTask('## Task 1: a\n**Claude Instruction:**\n```\nopen', { title: 'New' })).toMatchObject({
      problem: expect.stringContaining('still open'),
    })
    expect(appendTask('', { title: ' \n' })).toHaveProperty('problem')
  })

  it('leaves all others what they are', () => {
    const words = fc.oneof(fc.string({ unit: 'grapheme', minLength: 1 }), hostileText)
    fc.assert(
      fc.property(
        fc.oneof(
          writtenFile.map(({ text }) => text),
          hostileText,
        ),
        words,
        words,
        (text, title, instruction) => {
          const result = appendTask(text, { title, instruction })
          if ('problem' in result) return
          const before = specsOf(text)
          const after = specsOf(result.text)
          expect(after).toHaveLength(before.length + 1)
          expect(
            after
              .filter(({ origin }) => origin.line !== result.line)
              .map(({ title, instruction, done }) => [title, instruction, done]),
          ).toEqual(before.map(({ title, instruction, done }) => [title, instruction, done]))
          expect(after.filter(({ origin }) => origin.line === result.line)).toHaveLength(1)
        },
      ),
      { numRuns: 150 },
    )
  })

  it('makes its file where there is none, and leaves nothing else behind', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'baton-add-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const path = join(folder, 'new.md')
    expect(await writeTask(path, { title: 'One' })).toEqual({ line: 1 })
    expect(await writeTask(path, { title: 'Two' })).toEqual({ line: 6 })
    expect(specsOf(await readFile(path, 'utf8')).map(({ origin, title }) => [origin.ref, title])).toEqual([
      ['Task 1', 'One'],
      ['Task 2', 'Two'],
    ])
    expect(await readdir(folder)).toEqual(['new.md'])
    await writeFile(path, '```')
    await expect(writeTask(path, { title: 'Three' })).rejects.toThrow('still open')
  })
})
