import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkpoint } from '../../src/git/checkpoint/checkpoint.ts'
import { changes } from '../../src/git/diff/changes.ts'
import { git } from '../../src/git/program.ts'
import { locate } from '../../src/git/repository.ts'
import { factsOf, gitFacts } from '../../src/git/watch/facts.ts'
import { headOf } from '../../src/git/watch/head.ts'
import { tipOf } from '../../src/git/watch/ref-files.ts'
import { gitWrites } from '../../src/git/watch/writes.ts'
import { branchInTheWay, checkedOutIn } from '../../src/git/worktree/branches.ts'
import { countGit } from './support/counting.ts'
import { committed, makeOld, newRepository, type Playground, playIn, temporaryFolder } from './support/playground.ts'
import { take } from './support/taking.ts'

/** The looks of one task, as the daemon takes them. */
async function task(play: Playground, name: string, work: () => Promise<void> | void) {
  const cwd = play.root
  const ref = (when: string) => `refs/baton/${name}/${when}`
  const taken = await checkpoint({ cwd, ref: ref('before'), refLater: true, message: `before ${name}` })
  if (taken.kind === 'none') throw new Error(taken.reason)
  const before = await gitFacts(cwd)
  await work()
  const refs = [[ref('before'), taken.commit]] as const
  const end = await checkpoint({ cwd, ref: ref('after'), refs, message: `after ${name}`, since: taken.commit })
  if (end.kind === 'none') throw new Error(end.reason)
  const files = await changes({ cwd, from: taken.commit, to: end.commit })
  const after = await gitFacts(cwd)
  if (!before || !after) throw new Error('no facts')
  return { files, writes: await gitWrites({ cwd, before, after }), before: taken.commit, after: end.commit }
}

test('A task that changes nothing costs three processes of git, one that changes files six', async () => {
  const play = newRepository()
  for (const name of ['a', 'b', 'c/d']) play.write(name, name)
  makeOld(play.root)
  // What changed this very moment is looked at once more by the next task: how fast this machine is must not decide.
  await setTimeout(100)
  await task(play, 'first', () => {})
  const started = countGit()
  const quiet = await task(play, 'second', () => {})
  expect(started()).toHaveLength(3)
  expect(quiet).toMatchObject({ files: [], writes: [] })
  expect(play.git('rev-parse', 'refs/baton/second/before', 'refs/baton/second/after').trim().split('\n')).toEqual([
    quiet.before,
    quiet.after,
  ])
  started()
  const busy = await task(play, 'third', async () => {
    play.write('a', 'changed')
    play.write('new', 'new')
    play.remove('b')
    // Files that changed this very moment are looked at once more.
    await setTimeout(100)
  })
  expect(started()).toHaveLength(6)
  expect(busy.files.map(({ change, path }) => `${change} ${path}`)).toEqual(['M a', 'D b', 'A new'])
  await task(play, 'fourth', () => {})
  expect(started()).toHaveLength(3)
})

test('Changes that git’s clock of seconds cannot tell apart are seen, however often the same file is written', async () => {
  const play = newRepository()
  for (const content of ['one', 'two', 'six', 'ten', 'one']) {
    play.write('a', content)
    expect(committed(play, (await take(play, 'now')).commit).get('a')).toBe(`644 ${content}`)
    await setTimeout(60)
    expect(committed(play, (await take(play, 'later')).commit).get('a')).toBe(`644 ${content}`)
  }
})

test('The last checkpoint is no help once its commit or its files are gone', async () => {
  const play = newRepository()
  play.write('a', 'one')
  makeOld(play.root)
  const first = await take(play, 'one')
  expect((await take(play, 'two')).commit).toBe(first.commit)
  for (const name of ['one', 'two']) play.git('update-ref', '-d', `refs/baton/${name}`)
  play.git('prune', '--expire=now')
  const third = await take(play, 'three')
  play.git('fsck', '--strict', '--connectivity-only')
  expect(committed(play, third.commit).get('a')).toBe('644 one')
})

test('A repository found once is looked for again when there is a nearer one, or none any more', async () => {
  const play = newRepository()
  play.write('sub/deep/file', 'x')
  const cwd = join(play.root, 'sub/deep')
  expect(await locate(cwd)).toMatchObject({ repository: { root: play.root, prefix: 'sub/deep/' } })
  play.git('init', '-q', 'sub')
  expect(await locate(cwd)).toMatchObject({ repository: { root: join(play.root, 'sub'), prefix: 'deep/' } })
  play.remove('sub/.git')
  expect(await locate(cwd)).toMatchObject({ repository: { root: play.root } })
  play.write('.gitignore', 'sub/\n')
  expect(await locate(cwd)).toHaveProperty('reason')
  play.remove('.git')
  expect(await locate(cwd)).toHaveProperty('reason')
})

test('What git is configured to do is read again when one of its files changed', async () => {
  const play = newRepository()
  play.write('a', 'one', 0o644)
  makeOld(play.root)
  const first = await take(play, 'one')
  play.git('config', 'core.fileMode', 'false')
  play.write('extra', 'x')
  play.git('config', 'core.excludesFile', join(play.root, '.git', 'mine'))
  play.write('.git/mine', 'extra\n')
  const second = await take(play, 'two')
  expect(second.tree).toBe(first.tree)
})

test('HEAD and refs read from files are what git says of them, whatever is done', async () => {
  const play = newRepository()
  const acts: Record<string, () => void> = {
    commit: () => play.git('commit', '-q', '--allow-empty', '-m', 'x'),
    branch: () => play.git('checkout', '-q', '-B', 'topic/one'),
    back: () => play.git('checkout', '-q', '-B', 'main'),
    detach: () => play.git('checkout', '-q', '--detach'),
    pack: () => play.git('pack-refs', '--all'),
    tag: () => play.git('tag', '-f', 'v1'),
    untag: () => void tryTo(() => play.git('tag', '-d', 'v1')),
    symbolic: () => play.git('symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/heads/main'),
    unborn: () => play.git('checkout', '-q', '--orphan', 'empty'),
    stash: () => {
      play.write('README.md', `${Math.random()}`)
      void tryTo(() => play.git('stash'))
    },
    drop: () => void tryTo(() => play.git('stash', 'drop')),
    linked: () => void tryTo(() => play.git('worktree', 'add', '-q', `${play.root}-linked`, 'topic/one')),
    unlinked: () => void tryTo(() => play.git('worktree', 'remove', '--force', `${play.root}-linked`)),
    gone: () => void tryTo(() => play.git('branch', '-q', '-D', 'topic/one')),
  }
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...Object.keys(acts)), { minLength: 1, maxLength: 6 }), async (names) => {
      for (const name of names) tryTo(() => acts[name]?.())
      const located = await locate(play.root)
      if ('reason' in located) throw new Error(located.reason)
      const say = (...args: string[]) => tryTo(() => play.git(...args).trim()) || undefined
      expect(await headOf(located.repository)).toEqual({
        ...withValue('commit', say('rev-parse', '-q', '--verify', 'HEAD')),
        ...withValue('branch', say('symbolic-ref', '-q', 'HEAD')),
      })
      const lines = (text?: string) => (text ? text.split('\n') : [])
      for (const branch of ['main', 'topic/one', 'topic', 'main/below']) {
        const ref = `refs/heads/${branch}`
        expect(await tipOf(located.repository, branch)).toBe(say('rev-parse', '-q', '--verify', ref))
        const checkedOut = lines(say('for-each-ref', '--format=%(refname) %(worktreepath)')).find((line) =>
          line.startsWith(`${ref} /`),
        )
        expect(await checkedOutIn(located.repository, branch)).toBe(checkedOut?.slice(ref.length + 1))
        const isInTheWay = tryTo(() => play.git('branch', `${branch}/x`, 'HEAD')) === undefined
        if (!isInTheWay) play.git('branch', '-q', '-D', `${branch}/x`)
        const other = await branchInTheWay(located.repository, `${branch}/x`)
        if (say('rev-parse', '-q', '--verify', 'HEAD')) expect(other !== undefined).toBe(isInTheWay)
        const below = say('for-each-ref', '--count=1', '--format=%(refname)', `${ref}/`)
        expect(await branchInTheWay(located.repository, branch)).toBe(
          branch === 'main/below' && say('rev-parse', '-q', '--verify', 'refs/heads/main')
            ? 'main'
            : below?.replace('refs/heads/', ''),
        )
      }
      const facts = await factsOf(located.repository)
      expect(Object.entries(facts.refs).map(([name, oid]) => `${oid} ${name}`)).toEqual(
        lines(say('for-each-ref', '--format=%(objectname) %(refname)')),
      )
      expect(facts.stashes).toEqual(lines(say('log', '-g', '--format=%H', 'refs/stash', '--')))
    }),
    { numRuns: 20 },
  )
})

function tryTo<T>(what: () => T): T | undefined {
  try {
    return what()
  } catch {
    return undefined
  }
}

function withValue(name: string, value: string | undefined): Record<string, string> {
  return value === undefined ? {} : { [name]: value }
}

test('A git that takes too long is ended, and that is said', async () => {
  const play = newRepository()
  const remote = temporaryFolder()
  playIn(remote).git('init', '-q', '--bare')
  play.write('.git/hooks/pre-push', '#!/bin/sh\nexec sleep 2\n', 0o755)
  const pushing = git(['push', '-q', remote, 'main'], { cwd: play.root, hooks: true, timeoutMs: 500 })
  await expect(pushing).rejects.toThrow('git push failed: it took longer than 1 s and was ended')
})
