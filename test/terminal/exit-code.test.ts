import { expect, it } from 'vitest'
import type { RunStatus, TaskStatus } from '../../src/core/types.ts'
import { exitCode } from '../../src/terminal/follow/result.ts'
import type { FollowEnd } from '../../src/terminal/follow/session.ts'

const code = (ended: FollowEnd, run: RunStatus, tasks: TaskStatus[], onFailure: 'ask' | 'stop' = 'ask') =>
  exitCode(
    [{ status: run }],
    tasks.map((status) => ({ status })),
    { ended, onFailure },
  )

it('is 0 only when every task is done', () => {
  expect(code('over', 'done', ['done', 'done'])).toBe(0)
  expect(code('over', 'done', ['done', 'skipped'])).toBe(1)
  expect(code('over', 'done', ['done', 'undone'])).toBe(1)
  expect(code('over', 'failed', ['failed', 'blocked'])).toBe(1)
})

it('is 3 when something is left, whatever stopped it', () => {
  expect(code('asked', 'waiting', ['done', 'waiting'])).toBe(3)
  expect(code('paused', 'paused', ['failed', 'queued'])).toBe(3)
  expect(code('over', 'stopped', ['done', 'queued'])).toBe(3)
})

it('is 1 when a failure stopped the run as configured', () => {
  expect(code('over', 'stopped', ['failed', 'queued'], 'stop')).toBe(1)
  expect(code('over', 'stopped', ['done', 'queued'], 'stop')).toBe(3)
})

it('is 130 when the person left', () => {
  expect(code('left', 'stopped', ['done', 'queued'])).toBe(130)
})
