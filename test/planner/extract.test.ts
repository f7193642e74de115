import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { taskFileIn } from '../../src/planner/extract.ts'

const FILE = '# Tasks - 2026-11-22\n\n## Task 1: One\n**Claude Instruction:**\nRun\n\n```sh\nnpm test\n```\n'

describe('the task file in an answer', () => {
  test('is the answer, when it is nothing else', () => {
    expect(taskFileIn(FILE)).toBe(FILE)
    expect(taskFileIn(`\n\n${FILE}\n\n`)).toBe(FILE)
    expect(taskFileIn(FILE.replaceAll('\n', '\r\n'))).toBe(FILE)
    expect(taskFileIn(`---\nmodel: opus\n---\n\n${FILE}`)).toBe(`---\nmodel: opus\n---\n\n${FILE}`)
  })
  test.each(['```markdown', '```md', '```', '~~~', '````markdown'])('is what stands between fences: %s', (open) => {
    const fence = open.replace(/[a-z]/g, '')
    expect(taskFileIn(`${open}\n${FILE}${fence}`)).toBe(FILE)
    expect(taskFileIn(`Here is the plan:\n\n${open}\n${FILE}${fence}\n`)).toBe(FILE)
  })
  test('begins after what was said before it', () => {
    expect(taskFileIn(`I looked at the project.\n---\n\n${FILE}`)).toBe(FILE)
  })
  test('is whole when its last fence was forgotten', () => {
    expect(taskFileIn('```markdown\n# Tasks\n\n## Task 1: One')).toBe('# Tasks\n\n## Task 1: One\n')
  })
  test('is missing when there is none', () => {
    expect(['', 'I cannot do that.', '```js\ncode()\n```', '#hashtag'].map(taskFileIn)).toEqual(['', '', '', ''])
  })
  test('loses nothing of a file, whatever stands in it', () => {
    const line = fc.oneof(fc.constantFrom('```', '~~~', '---', '# x', '## Task 2: Two', '', '```markdown'), fc.string())
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const file = `${['# Tasks', ...lines.map((one) => one.replaceAll(/[\r\n]/g, ''))].join('\n').trimEnd()}\n`
        expect(taskFileIn(file)).toBe(file)
        expect(taskFileIn(`\`\`\`\`\`\n${file}\`\`\`\`\``)).toBe(file)
      }),
      { numRuns: 200 },
    )
  })
})
