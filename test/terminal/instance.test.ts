import { expect, test } from 'vitest'
import { instanceLines } from '../../src/terminal/show/instance-lines.ts'
import { aHome, baton, startBaton, tasks } from './program.ts'

test('instances are listed with their process and memory, stopped, and started again', async () => {
  const home = aHome({ 'tasks/today.md': tasks('edit a.txt "one"\nwait 60s', 'edit b.txt "two"\nwait 60s') })
  expect((await baton(home, ['instance', 'list'])).stdout).toBe('Nothing is running.\n')
  const runner = startBaton(home, ['tasks', '--auto-approve', '--json'])
  await runner.hears('task.started')
  const list = async () => JSON.parse((await baton(home, ['instance', 'list', '--json'])).stdout).instances
  await expect.poll(list, { timeout: 15_000 }).toMatchObject([{ pid: expect.any(Number) }])
  const [first] = await list()
  expect(first).toMatchObject({ task: 1, title: 'Part 1', state: 'running', lane: 1, pid: expect.any(Number) })
  expect(() => process.kill(first.pid, 0)).not.toThrow()
  if (process.platform === 'linux') expect(first.memoryBytes).toBeGreaterThan(1024 ** 2)

  expect((await baton(home, ['instance', 'spawn', '--task', '1'])).stderr).toContain('has already started')
  expect((await baton(home, ['instance', 'stop', '1'])).exitCode).toBe(0)
  await runner.hears('"task":2,')
  await expect.poll(list, { timeout: 15_000 }).toMatchObject([{ task: 2 }])
  expect(() => process.kill(first.pid, 0)).toThrow()
  expect((await baton(home, ['instance', 'spawn', '--task', '1'])).exitCode).toBe(0)
  runner.child.kill('SIGINT')
  await runner.ended
})

test('a line of the list fits 80 columns, whatever stands in it', () => {
  const one = {
    ...{ project: 'main', task: 12, title: 'A long title '.repeat(9), state: 'running' as const, lane: 3 },
    ...{ branch: 'baton/2026-11-26/12-a-long-title', worktree: '/w', pid: 1234567, since: 0, turns: 12, costUsd: 12.5 },
    ...{ memoryBytes: 512 * 1024 ** 2, lastLine: 'editing \u001b[2Jsrc/a.ts '.repeat(9) },
  }
  const lines = instanceLines([one], { now: 90_000, width: 80, paint: (_, text) => text })
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(80)
  expect(lines.join('\n')).not.toContain('\u001b')
  expect(lines[1]).toContain('512 MB')
  // What has no process now says why it is there.
  const { lastLine: _, ...other } = one
  const merging = { ...other, lastLine: 'checking: npm test', state: 'merging' as const, pid: null, branch: 'b' }
  expect(instanceLines([merging], { now: 90_000, width: 80, paint: (_, text) => text })[2]).toBe(
    '      in the merge line · b',
  )
})
