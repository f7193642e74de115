import { join } from 'node:path'
import { expect, test } from 'vitest'
import { gitFacts } from '../../src/git/watch/facts.ts'
import { gitWrites } from '../../src/git/watch/writes.ts'
import { newRepository, type Playground, playIn, temporaryFolder } from './support/playground.ts'
import { take } from './support/taking.ts'

async function writesOf(play: Playground, work: () => unknown): Promise<string[]> {
  const facts = async () => {
    const found = await gitFacts(play.root)
    if (!found) throw new Error('no repository')
    // As it is stored between the two looks.
    return JSON.parse(JSON.stringify(found)) as typeof found
  }
  const before = await facts()
  await work()
  return gitWrites({ cwd: play.root, before, after: await facts() })
}

test('Looking at a repository, and Baton’s own checkpoints, are no writes', async () => {
  const play = newRepository()
  play.write('README.md', 'changed\n')
  expect(
    await writesOf(play, async () => {
      await take(play, 'one')
      play.git('status')
      play.git('diff')
      play.git('log')
    }),
  ).toEqual([])
})

test('Commits are told with their subjects, on the branch that got them', async () => {
  const play = newRepository()
  const told = await writesOf(play, () => {
    for (const subject of ['Fix “login”', 'Second']) play.git('commit', '-q', '--allow-empty', '-m', subject)
  })
  expect(told).toHaveLength(1)
  expect(told[0]).toMatch(/^branch main: 2 new commits \(“[0-9a-f]{7} Second”, “[0-9a-f]{7} Fix “login””\)$/)
})

test.each([
  ['a new branch', (p: Playground) => p.git('branch', 'new'), /^branch new was created at [0-9a-f]{7}$/],
  ['a deleted branch', (p: Playground) => p.git('branch', '-D', 'side'), /^branch side was deleted/],
  [
    'a rewritten branch',
    (p: Playground) => p.git('commit', '-q', '--amend', '--allow-empty', '-m', 'other'),
    /^branch main was rewritten from/,
  ],
  ['a reset', (p: Playground) => p.git('reset', '-q', '--soft', 'HEAD~1'), /^branch main was rewritten|moved/],
  ['a tag', (p: Playground) => p.git('tag', 'v1'), /^tag v1 was created/],
  ['a stash', (p: Playground) => p.git('stash'), /^1 stash entry added$/],
  ['a staged file', (p: Playground) => p.git('add', '-A'), /^the index changed/],
  ['a checkout', (p: Playground) => p.git('checkout', '-q', 'side'), /^HEAD went from branch main to branch side$/],
  ['a changed configuration', (p: Playground) => p.git('config', 'core.pager', 'evil'), /^\.git\/config was changed$/],
  ['a hook', (p: Playground) => p.write('.git/hooks/pre-commit', '#!/bin/sh\n', 0o755), /^\.git\/hooks was changed$/],
])('%s is told, and nothing else', async (_, work, expected) => {
  const play = newRepository()
  play.git('commit', '-q', '--allow-empty', '-m', 'second')
  play.git('branch', 'side')
  play.write('README.md', 'changed\n')
  const told = await writesOf(play, () => work(play))
  expect(told).toEqual([expect.stringMatching(expected)])
})

test('A push, a worktree, a merge left unfinished and a commit on no branch are told', async () => {
  const play = newRepository()
  const remote = playIn(temporaryFolder())
  remote.git('init', '-q', '--bare')
  play.git('remote', 'add', 'origin', remote.root)
  expect(await writesOf(play, () => play.git('push', '-q', 'origin', 'main'))).toEqual([
    expect.stringMatching(/^remote branch origin\/main is now at [0-9a-f]{7} \(a push or a fetch\)$/),
  ])
  const elsewhere = join(temporaryFolder(), 'linked')
  expect(await writesOf(play, () => play.git('worktree', 'add', '-q', '--detach', elsewhere))).toEqual([
    '2 working trees instead of 1',
  ])
  play.git('checkout', '-q', '-b', 'side')
  play.write('README.md', 'side\n')
  play.git('commit', '-q', '-a', '-m', 'side')
  play.git('checkout', '-q', 'main')
  play.write('README.md', 'main\n')
  play.git('commit', '-q', '-a', '-m', 'main')
  const merge = await writesOf(play, () => expect(() => play.git('merge', 'side')).toThrow())
  expect(merge).toContain('a merge was started and is not finished')
  play.git('merge', '--abort')
  play.git('checkout', '-q', '--detach')
  const detached = await writesOf(play, () => play.git('commit', '-q', '--allow-empty', '-m', 'lost'))
  expect(detached).toEqual([expect.stringContaining('detached HEAD: 1 new commit (')])
})

test('Where there is no repository there are no facts, and a repository without commits has some', async () => {
  const play = playIn(temporaryFolder())
  expect(await gitFacts(play.root)).toBeUndefined()
  play.git('init', '-q', '-b', 'main')
  play.write('a', 'x')
  const told = await writesOf(play, () => {
    play.git('add', '-A')
    play.git('commit', '-q', '-m', 'first')
  })
  expect(told).toEqual([expect.stringMatching(/^branch main was created at .*: 1 new commit \(“[0-9a-f]{7} first”\)$/)])
})
