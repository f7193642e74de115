import { describe, expect, it } from 'vitest'
import { parseTaskFile } from '../../src/taskfile/parse.ts'
import { planRun } from '../../src/taskfile/plan/plan.ts'
import { formatProblems } from '../../src/taskfile/report.ts'
import { markDone } from '../../src/taskfile/write/mark.ts'
import { pathological } from './hostile.ts'

describe('a large task file, read, planned, reported and marked in one go', () => {
  // A quadratic step takes minutes at this size. What it takes is measured by `npm run bench` and row 5 of the faults.
  it.each(pathological(200_000).map(({ name, text }) => [name, text]))('may be full of %s', (_, text) => {
    const file = parseTaskFile(text, 'a.md')
    const { problems } = planRun([file], { order: 'priority' })
    expect(formatProblems([...file.problems, ...problems])).toBeDefined()
    const last = file.specs.at(-1)
    if (last) expect(markDone(text, last, new Date(0))).toBeDefined()
  })
})
