import { expect, test } from 'vitest'
import { baton, tasks } from './program.ts'
import { laneProject } from './repository.ts'

test('land brings a run to the branch, where it changed its own task file and the marks of both tasks stand there, too', async () => {
  const file = tasks('bash sed -i "s,^# Tasks,# Tasks of today," today.md', 'edit b.txt "two"')
  const { home, git } = laneProject({ 'today.md': file })
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

test('a mark that an agent made in its worktree does not count when it has landed', async () => {
  const { home } = laneProject({
    'today.md': tasks('bash sh mark.sh', 'edit b.txt "two"'),
    'mark.sh': 'sed -i "s,^## Task 2.*,&\\n**Status:** done 2026-11-01T00:00Z," today.md\n',
  })
  expect(await baton(home, ['tasks', 'today.md', '--auto-approve', '--only', '1'])).toMatchObject({ exitCode: 0 })
  expect(await baton(home, ['land'])).toMatchObject({ exitCode: 0 })
  expect(home.read('today.md').match(/^\*\*Status:\*\* done /gm)).toHaveLength(2)
  expect((await baton(home, ['tasks', 'today.md', '--dry-run'])).stdout).toContain('1 task to do, 1 already done')
})

test('a landing that changes the task file is not taken for the doing of a task that is running', async () => {
  const { home, git } = laneProject(
    {
      'today.md': tasks('bash sed -i "s,^# Tasks,# Tasks of today," today.md', 'bash sh wait.sh'),
      // Until the other one has landed.
      'wait.sh': 'for _ in $(seq 300); do grep -q "of today" "$1/today.md" && exit; sleep 0.1; done; exit 1\n',
    },
    'merge: {into: current}\n',
  )
  home.write('today.md', home.read('today.md').replace('wait.sh', `wait.sh ${home.dir}`))
  git('commit', '-q', '-a', '-m', 'where')
  const run = await baton(home, ['tasks', 'today.md', '--auto-approve'])
  expect(run).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('on your branch') })
  expect(run.stdout).toMatch(/^Look at {2}1 · today\.md: This file was changed while the task ran\./m)
  expect(run.stdout).not.toMatch(/2 · today\.md|1, 2 · today\.md/)
  expect(home.read('today.md')).toMatch(/^# Tasks of today\n/)
})

test('a task file, a pipeline and a prompt that first appear with a landing are not taken for the doing of a task that is running', async () => {
  const made = ['tasks/new.md', 'pipelines/ship.md', 'prompts/implement.md']
  const make = made.map((path) => `bash mkdir -p ${path.split('/')[0]} && echo made > ${path}`).join('\n')
  const { home, git } = laneProject(
    {
      'tasks/today.md': tasks(make, 'bash sh wait.sh'),
      // Until the other one has landed.
      'wait.sh': 'for _ in $(seq 300); do test -e "$1/prompts/implement.md" && exit; sleep 0.1; done; exit 1\n',
    },
    'merge: {into: current}\n',
  )
  home.write('tasks/today.md', home.read('tasks/today.md').replace('wait.sh', `wait.sh ${home.dir}`))
  git('commit', '-q', '-a', '-m', 'where')
  const run = await baton(home, ['tasks', 'tasks/today.md', '--auto-approve'])
  expect(run).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('on your branch') })
  for (const path of made)
    expect(run.stdout).toMatch(new RegExp(`^(Look at|       ) +1 · ${path}: This file was made`, 'm'))
  expect(run.stdout).not.toMatch(/2 · |1, 2 · .*This file/)
})

test('a bare land takes the run that has something to land, and tells of others that have, too', async () => {
  const { home, git } = laneProject({
    'one.md': tasks('edit a.txt "one"'),
    'two.md': tasks('edit b.txt "two"'),
    'three.md': tasks('ask "Which colour?" Red|Blue'),
  })
  for (const file of ['one.md', 'two.md']) expect((await baton(home, ['tasks', file])).exitCode).toBe(0)
  // The latest run has landed nothing.
  expect((await baton(home, ['tasks', 'three.md'])).exitCode).toBe(3)
  const unknown = await baton(home, ['land', 'nosuch'])
  expect(unknown.stderr).toMatch(
    /^error: There is no run nosuch\.\ntwo\.md has work .*\none\.md has work .*: baton land \S+$/m,
  )
  const first = await baton(home, ['land'])
  expect(first).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('main is at') })
  const [, run = ''] = /^one\.md has work that has not landed: baton land (\S+)\n$/m.exec(first.stdout) ?? []
  expect(git('ls-files')).toContain('b.txt')
  const second = await baton(home, ['land'])
  expect(second.stdout).toContain(`baton/${run}/merged`)
  expect(second.stdout).not.toContain('has not landed')
  expect(git('ls-files')).toContain('a.txt')
})
