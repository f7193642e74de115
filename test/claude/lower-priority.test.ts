import { spawn } from 'node:child_process'
import { getPriority } from 'node:os'
import { expect, test } from 'vitest'
import { lowerPriority } from '../../src/claude/process/lower-priority.ts'

test('makes way with everything that it starts, and what is gone is no matter', async () => {
  const child = spawn('sh', ['-c', 'read -r go; exec ps -o ni= -p $$'], { stdio: ['pipe', 'pipe', 'ignore'] })
  lowerPriority(child.pid as number, 7)
  child.stdin.end('go\n')
  let said = ''
  for await (const chunk of child.stdout) said += chunk
  expect(said.trim()).toBe(String(Math.max(7, getPriority())))
  lowerPriority(child.pid as number, 7)
})

test('0 leaves it as it is', () => {
  const before = getPriority()
  lowerPriority(process.pid, 0)
  expect(getPriority()).toBe(before)
})
