import { cpuUsage } from 'node:process'
import { describe, expect, it } from 'vitest'
import { markDone } from '../../src/taskfile/mark.ts'
import { parseTaskFile } from '../../src/taskfile/parse.ts'
import { planRun } from '../../src/taskfile/plan.ts'
import { formatProblems } from '../../src/taskfile/report.ts'
import { pathological } from './hostile.ts'

/** Processor time, so that a busy machine does not fail the test; with room for a slow one. */
function cpuMs(work: () => void): number {
  const before = cpuUsage()
  work()
  const { user, system } = cpuUsage(before)
  return (user + system) / 1000
}

function readAll(text: string): void {
  const file = parseTaskFile(text, 'a.md')
  const { problems } = planRun([file], { order: 'priority' })
  formatProblems([...file.problems, ...problems])
  const last = file.specs.at(-1)
  if (last) markDone(text, last, new Date(0))
}

describe('the time to read a task file', () => {
  const size = 100_000
  it.each(pathological(size).map(({ name, text }) => [name, text]))('stays small for %s', (_, text) => {
    // A quadratic step takes minutes here. Parsing, planning, reporting and marking together: 1 s a MB, and 300 ms to warm up.
    expect(cpuMs(() => readAll(text))).toBeLessThan(300 + (3 * 1_000 * size) / 1_000_000)
  })
})
