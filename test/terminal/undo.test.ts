import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { aHome, baton, tasks } from './program.ts'

it('a task is undone, shown as that, and done again by retry', async () => {
  const home = aHome({
    'today.md': tasks('edit one.txt "1"', 'edit two.txt "2"'),
    '.gitignore': '.baton/\nlogs/\n.agent/\n',
  })
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@example.org', ...args], { cwd: home.dir })
  git('init', '-q')
  git('add', '-A')
  git('commit', '-qm', 'start')
  expect((await baton(home, ['tasks', 'today.md', '--auto-approve'])).exitCode).toBe(0)

  const undone = await baton(home, ['undo', '1', '--yes'])
  expect(undone).toMatchObject({ exitCode: 0, stdout: 'Undid task 1 (Part 1): 1 file deleted\n' })
  expect(undone.stderr).toContain('Will delete 1 file:\n  one.txt')
  expect(undone.stderr).toMatch(/Redo with: {2}.*baton retry 1/)
  expect(existsSync(join(home.dir, 'one.txt'))).toBe(false)
  expect(home.read('today.md').match(/\*\*Status:\*\* done/g)).toHaveLength(1)

  const status = await baton(home, ['tasks', '--status'])
  expect(status.stdout).toContain('1 done, 1 undone')
  expect(status.stdout).toMatch(/← 1 {2}Part 1 {2}undone/)
  const json = JSON.parse((await baton(home, ['tasks', '--status', '--json'])).stdout)
  expect(json.run.counts).toMatchObject({ undone: 1, done: 1, skipped: 0 })
  expect(json.tasks[0]).toMatchObject({ number: 1, status: 'undone' })

  const redone = await baton(home, ['retry', '1'])
  expect(redone.exitCode).toBe(0)
  expect(redone.stdout).toContain('Task 1 starts over: Part 1')
  expect(home.read('one.txt')).toBe('1')
  expect(home.read('today.md').match(/\*\*Status:\*\* done/g)).toHaveLength(2)
}, 60_000)
