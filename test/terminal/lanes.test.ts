import { execFileSync } from 'node:child_process'
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { aHome, baton, type Home, REHEARSED, startBaton, tasks } from './program.ts'

/** A repository with two lanes whose tasks write a file each once they are let go. */
function aRepository(count: number) {
  const act = (number: number) =>
    `bash until test -e "$HOME/go-${number}"; do sleep 0.02; done; echo ${number} > ${number}.txt`
  const home = aHome({
    'config.yaml': `lanes: 2\non_failure: continue\nmark: false\nhttp: {enabled: false}\n${REHEARSED}`,
    'today.md': tasks(...Array.from({ length: count }, (_, index) => act(index + 1))),
    '.gitignore': 'go-*\n.baton/\n.agent/\nlogs/\n',
  })
  const git = (...args: string[]) => execFileSync('git', args, { cwd: home.dir, encoding: 'utf8', stdio: 'pipe' })
  git('init', '-q', '-b', 'main')
  git('add', '-A')
  git('-c', 'user.name=a', '-c', 'user.email=a@localhost', 'commit', '-q', '-m', 'first')
  return { home, git, letGo: (number: number) => home.write(`go-${number}`, '') }
}

const list = async (home: Home) =>
  JSON.parse((await baton(home, ['instance', 'list', '--json'])).stdout).instances as Record<string, unknown>[]
const numbers = async (home: Home) => (await list(home)).map(({ task }) => task)

it('instances of lanes are listed, moved to the front and stopped, and what they did is landed from the terminal', async () => {
  const { home, git, letGo } = aRepository(4)
  const run = startBaton(home, ['tasks', 'today.md', '--auto-approve'])
  await expect.poll(() => numbers(home), { timeout: 15_000 }).toEqual([1, 2])
  await expect
    .poll(() => list(home), { timeout: 15_000 })
    .toMatchObject([
      { task: 1, lane: 1, state: 'running', branch: expect.stringMatching(/^baton\/.*\/1-part-1$/) },
      {
        lane: 2,
        pid: expect.any(Number),
        since: expect.any(Number),
        turns: 1,
        lastLine: expect.stringMatching(/until/),
      },
    ])
  const [one] = await list(home)
  expect(one).toMatchObject({ title: 'Part 1', project: 'main', costUsd: expect.any(Number) })
  expect(existsSync(join(String(one?.worktree), 'today.md'))).toBe(true)

  expect((await baton(home, ['instance', 'spawn', '--task', '4'])).exitCode).toBe(0)
  letGo(1)
  await expect.poll(() => numbers(home), { timeout: 15_000 }).toEqual([2, 4])
  expect((await baton(home, ['instance', 'stop', '2'])).exitCode).toBe(0)
  await expect.poll(() => numbers(home), { timeout: 15_000 }).toEqual([4, 3])
  for (const number of [3, 4]) letGo(number)
  expect((await run.ended).exitCode).toBe(1)

  const worked = { lane: null, worktree: null, branch: expect.stringMatching(/1-part-1$/), commit: expect.any(String) }
  const { tasks: done } = JSON.parse((await baton(home, ['status', '--json'])).stdout)
  expect(done[0]).toMatchObject(worked)

  // Only what would change must be clean.
  home.write('3.txt', 'mine')
  const refused = await baton(home, ['land'])
  expect([refused.exitCode, refused.stderr]).toEqual([1, expect.stringContaining('not committed in 3.txt')])
  execFileSync('rm', [join(home.dir, '3.txt')])
  home.write('notes.txt', 'mine')
  const landed = await baton(home, ['land'])
  expect([landed.exitCode, landed.stdout]).toEqual([0, expect.stringMatching(/^main is at .*: 3 files changed\./)])
  expect(git('log', '--format=%s').trim().split('\n').sort()).toEqual(['Part 1', 'Part 3', 'Part 4', 'first'])
  expect(git('status', '--porcelain')).toBe('?? notes.txt\n')
  expect((await baton(home, ['land'])).stdout).toMatch(/already/)

  // What a task changed stays known when its folder is gone.
  rmSync(String(one?.worktree), { recursive: true })
  expect(await baton(home, ['diff', '1'])).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^\+1$/m) })
})

it('a number that tasks of two runs have is asked about, or read with the run that it is of', async () => {
  const { home, git, letGo } = aRepository(1)
  home.write(
    'other.md',
    tasks('bash until test -e "$HOME/go-2"; do sleep 0.02; done; echo 2 > 2.txt').replace('Part 1', 'Other'),
  )
  git('add', '-A')
  git('-c', 'user.name=a', '-c', 'user.email=a@localhost', 'commit', '-q', '-m', 'other')
  await startBaton(home, ['start']).hears('is running (pid')
  const first = startBaton(home, ['tasks', 'today.md', '--auto-approve'])
  await expect.poll(() => numbers(home), { timeout: 15_000 }).toEqual([1])
  const second = startBaton(home, ['tasks', 'other.md', '--auto-approve'])
  await expect.poll(() => numbers(home), { timeout: 15_000 }).toEqual([1, 1])

  const asked = await baton(home, ['skip', '1'])
  const [, one = '', two = ''] = /several runs; say in which:\n(\S+): Part 1\n(\S+): Other\n/.exec(asked.stderr) ?? []
  expect([asked.exitCode, asked.stderr]).toEqual([1, expect.stringContaining('Add --run with the one that you mean.')])
  const read = await baton(home, ['logs', '1'])
  expect([read.exitCode, read.stderr]).toEqual([
    0,
    expect.stringContaining(`This is task 1 of ${one}: Part 1\nOther runs have one, too:\n  --run ${two}: Other\n`),
  ])
  expect((await baton(home, ['logs', '1', '--run', two])).stdout).toContain('go-2')
  expect((await baton(home, ['logs', '1', '--run', 'none'])).stderr).toContain('There is no run none.')
  expect((await baton(home, ['skip', '1', '--run', two])).stdout).toContain('Skipped task 1: Other')
  letGo(1)
  expect([(await first.ended).exitCode, (await second.ended).exitCode]).toEqual([0, 1])

  // Both are over, and the later one is not meant.
  const undo = await baton(home, ['undo', '1', '--run', one, '--yes'])
  expect([undo.exitCode, undo.stdout]).toEqual([0, expect.stringContaining('Undid task 1 (Part 1) on the branch')])
  expect(undo.stderr).toContain(`Redo with:  baton retry 1 --run ${one}`)
})
