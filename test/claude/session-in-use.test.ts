import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { sessionInUse } from '../../src/claude/start/session-in-use.ts'

/** A program of that name that prints this as its list of agents. */
function program(name: string, printed: string): string {
  const dir = mkdtempSync(join(tmpdir(), 'baton-in-use-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  const path = join(dir, name)
  writeFileSync(join(dir, 'printed'), printed)
  writeFileSync(path, `#!/bin/sh\n[ "$*" = "agents --json" ] && cat ${join(dir, 'printed')}\n`)
  chmodSync(path, 0o755)
  return path
}
const env = { PATH: process.env.PATH ?? '' }
const LIST = JSON.stringify([
  { pid: 41, cwd: '/a', sessionId: 'one', status: 'idle' },
  { pid: 42, cwd: '/b', sessionId: 'two', status: 'busy' },
])

it('finds the process that has a session open, and nobody for another one', async () => {
  const claude = program('claude', LIST)
  expect(await sessionInUse([claude], env, 'two')).toBe(42)
  expect(await sessionInUse([claude], env, 'three')).toBeUndefined()
})

it.each(['', 'error: unknown command', '{"pid":42}', '[null, 7, {"sessionId":"two","pid":"x"}]'])(
  'takes nobody for it where the program prints %j',
  async (printed) => {
    expect(await sessionInUse([program('claude', printed)], env, 'two')).toBeUndefined()
  },
)

it('starts nothing that is not Claude or needs words of its own, and misses none that is not there', async () => {
  expect(await sessionInUse([program('agent', LIST)], env, 'two')).toBeUndefined()
  expect(await sessionInUse([program('claude', LIST), '--debug'], env, 'two')).toBeUndefined()
  expect(await sessionInUse(['/nonexistent/claude'], env, 'two')).toBeUndefined()
})
