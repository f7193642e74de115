import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { baton, startBaton, tasks } from './program.ts'
import { laneProject } from './repository.ts'

/** Task 2 changes what task 1 wrote; once it has, it writes something else. */
const FILES = {
  'today.md': tasks('edit a.txt "one"', { fields: '**Depends On:** Task 1\n', act: 'bash sh two.sh' }),
  'two.sh': 'if [ -e two.txt ]; then echo kept > a.txt; else echo two > a.txt; echo two > two.txt; fi\n',
}

test('an undo that a later task is in the way of is asked about, and done together with it', async () => {
  const { home, git, merged } = laneProject(FILES)
  expect(await baton(home, ['tasks', 'today.md', '--auto-approve'])).toMatchObject({ exitCode: 0 })
  const undo = await baton(home, ['undo', '1', '--yes'])
  expect(undo).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('cannot be undone on its own') })
  const status = await baton(home, ['status'])
  expect(status.stdout).toContain('answer 1 "Undo tasks 2 and 1"')
  const both = await baton(home, ['answer', '1', 'Undo tasks 2 and 1'])
  expect(both).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/^Undid task 2 .*, task 1 .*: 2 files changed/),
  })
  expect(git('ls-tree', '--name-only', merged()).split('\n')).not.toContain('a.txt')
  expect(home.read('today.md')).not.toContain('**Status:** done')
  expect((await baton(home, ['status', '--json'])).stdout).toMatch(/"status": ?"undone"/)
})

test('Claude takes a task out that a later one built on, in a task of its own that the checks decide on', async () => {
  const { home, git, merged } = laneProject(FILES)
  expect(await baton(home, ['tasks', 'today.md', '--auto-approve'])).toMatchObject({ exitCode: 0 })
  await baton(home, ['undo', '1', '--yes'])
  const solved = await baton(home, ['approve', '1'])
  // 1: a task of the run is undone.
  expect(solved).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('Take out task 1') })
  expect(git('show', `${merged()}:a.txt`)).toBe('kept\n')
  expect(home.read('today.md').match(/^\*\*Status:\*\* done /gm)).toHaveLength(1)
  // And back, by a revert of what took it out.
  expect(await baton(home, ['undo', '1', '--yes'])).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining('Brought back task 1'),
  })
  expect(git('show', `${merged()}:a.txt`)).toBe('two\n')
  expect(home.read('today.md').match(/^\*\*Status:\*\* done /gm)).toHaveLength(2)
})

test('whoever waits for the undo in a terminal is told when Baton is killed, and the next start finishes it', async () => {
  const files = {
    ...FILES,
    // The undo is being checked for as long as it takes to kill Baton.
    'slow.sh': 'test -e a.txt && exit\ntouch "$HOME/checking"\nuntil test -e "$HOME/go"; do sleep 0.05; done\n',
    '.gitignore': '.baton/\nlogs/\n.agent/\nchecking\ngo\n',
  }
  const { home, git, merged } = laneProject(files, 'http: {enabled: false}\nmerge: {verify: [sh slow.sh]}\n')
  expect(await baton(home, ['tasks', 'today.md', '--auto-approve'])).toMatchObject({ exitCode: 0 })
  await baton(home, ['undo', '1', '--yes'])
  const daemon = startBaton(home, ['start'])
  await daemon.hears('is running (pid')
  const both = startBaton(home, ['answer', '1', 'Undo tasks 2 and 1'])
  await expect.poll(() => existsSync(join(home.dir, 'checking')), { timeout: 15_000 }).toBe(true)
  daemon.child.kill('SIGKILL')
  expect(await both.ended).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('Baton has stopped.') })
  home.write('go', '')
  await startBaton(home, ['start']).hears('is running (pid')
  await expect.poll(() => home.read('today.md'), { timeout: 15_000 }).not.toContain('**Status:** done')
  expect(git('ls-tree', '--name-only', merged()).split('\n')).not.toContain('a.txt')
})
