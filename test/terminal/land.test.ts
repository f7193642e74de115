import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { aHome, baton, REHEARSED, tasks } from './program.ts'

test('land brings a run to the branch, where it changed its own task file and the marks of both tasks stand there, too', async () => {
  const file = tasks('bash sed -i "s,^# Tasks,# Tasks of today," today.md', 'edit b.txt "two"')
  const home = aHome({
    'today.md': file,
    '.gitignore': '.baton/\nlogs/\n.agent/\n',
    'config.yaml': `${REHEARSED}lanes: 2\n`,
  })
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=Ursula', '-c', 'user.email=ursula@example.org', ...args], {
      cwd: home.dir,
    }).toString()
  git('init', '-q', '-b', 'main')
  git('add', '-A')
  git('commit', '-q', '-m', 'first')
  const run = await baton(home, ['tasks', 'today.md', '--auto-approve'])
  expect(run).toMatchObject({ exitCode: 0 })
  expect(home.read('today.md')).toMatch(/^# Tasks\n/)
  expect(await baton(home, ['land'])).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('main is at') })
  expect(home.read('today.md')).toMatch(/^# Tasks of today\n/)
  expect(home.read('today.md').match(/^\*\*Status:\*\* done /gm)).toHaveLength(2)
  expect(git('show', 'HEAD:today.md')).not.toContain('**Status:**')
  expect(git('status', '--porcelain')).toBe(' M today.md\n')
  expect(
    (await baton(home, ['tasks', 'today.md', '--dry-run'])).stdout + (await baton(home, ['check', 'today.md'])).stdout,
  ).toContain('no errors')
})
