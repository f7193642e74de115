import { spawn } from 'node:child_process'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { countForks, leastIdAfter } from '../../src/claude/process/later-pids.ts'

const LARGEST = 256

/** A machine that gives out ids as Linux does: rising, over those in use, and from the beginning when it has reached the end. */
function machine(inUse: number[], cursor: number) {
  const live = new Set(inUse)
  let forks = 1_000
  let at = cursor
  return {
    fork() {
      do at = at + 1 >= LARGEST ? 2 : at + 1
      while (live.has(at))
      live.add(at)
      forks++
      return at
    },
    end: (pid: number) => live.delete(pid),
    count: () => ({ forks, threads: live.size }),
  }
}

test('A process that was started later never has a smaller id than is said', () => {
  const ids = fc.uniqueArray(fc.integer({ min: 2, max: LARGEST - 1 }), { maxLength: 20 })
  const steps = fc.array(fc.boolean(), { maxLength: 120 })
  let useful = 0
  fc.assert(
    fc.property(ids, fc.integer({ min: 2, max: LARGEST - 1 }), steps, (inUse, cursor, stays) => {
      const { fork, end, count } = machine(inUse, cursor)
      const before = count()
      const root = fork()
      const later = stays.slice(0, 120).map((stay) => {
        const pid = fork()
        if (!stay) end(pid)
        return pid
      })
      const least = leastIdAfter(root, before, count(), LARGEST)
      if (least > 0) useful++
      for (const pid of later) expect(pid).toBeGreaterThanOrEqual(least)
    }),
    { numRuns: 2_000 },
  )
  expect(useful).toBeGreaterThan(100)
})

test('Where a system counts no processes, every one is looked at', () => {
  const count = { forks: 7, threads: 3 }
  expect(leastIdAfter(10, count, count, LARGEST)).toBe(0)
  expect(leastIdAfter(10, undefined, count, LARGEST)).toBe(0)
})

test.runIf(process.platform === 'linux')('This machine counts what it starts', async () => {
  const before = countForks()
  const child = spawn('true')
  await new Promise((resolve) => child.once('exit', resolve))
  expect((countForks()?.forks ?? 0) - (before?.forks ?? 0)).toBeGreaterThanOrEqual(1)
})
