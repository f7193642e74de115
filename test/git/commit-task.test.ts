import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { type CommitRequest, commitTask } from '../../src/git/commit/commit-task.ts'
import {
  committed,
  newRepository,
  type Playground,
  playIn,
  temporaryFolder,
  usersOwn,
  workingTree,
} from './support/playground.ts'
import { around } from './support/taking.ts'

const lines = (...changed: [number, string][]) =>
  Array.from({ length: 20 }, (_, i) => `${changed.find(([at]) => at === i)?.[1] ?? `line ${i}`}\n`).join('')

/** Commits what `work` does, as the daemon would. */
async function commitWork(play: Playground, work: () => void, more: Partial<CommitRequest> = {}) {
  const { before, after } = await around(play, work)
  return commitTask({
    cwd: play.root,
    before: before.commit,
    after: after.commit,
    message: 'A task\n\nDone.\n',
    ...more,
  })
}

test('Only the task’s own files are committed, and the status afterwards shows just the user’s work', async () => {
  const play = newRepository()
  for (const name of ['gone', 'mode', 'staged', 'unstaged']) play.write(name, 'old\n')
  play.git('add', '-A')
  play.git('commit', '-q', '-m', 'second')
  play.write('staged', 'mine\n')
  play.git('add', 'staged')
  play.write('unstaged', 'mine\n')
  play.write('untracked', 'mine\n')
  const result = await commitWork(play, () => {
    play.write('README.md', 'task\n')
    play.write('new/file', 'task\n')
    play.remove('gone')
    chmodSync(join(play.root, 'mode'), 0o755)
  })
  expect(result).toMatchObject({ kind: 'committed', branch: 'main', files: 4 })
  expect(Object.fromEntries(committed(play, 'main'))).toEqual({
    'README.md': '644 task\n',
    mode: '755 old\n',
    'new/file': '644 task\n',
    staged: '644 old\n',
    unstaged: '644 old\n',
  })
  expect(play.git('status', '--porcelain')).toBe('M  staged\n M unstaged\n?? untracked\n')
  expect(play.git('log', '-1', '--format=%an%n%B').trim()).toBe('Ursula\nA task\n\nDone.')
  expect(play.git('reflog', '-1', '--format=%gs').trim()).toBe('baton: commit of a task')
})

test('In a file that held uncommitted lines of the user’s, only the task’s lines are committed', async () => {
  const play = newRepository()
  play.write('file', lines())
  play.git('add', '-A')
  play.git('commit', '-q', '-m', 'second')
  play.write('file', lines([2, 'mine']))
  await commitWork(play, () => play.write('file', lines([2, 'mine'], [15, 'task'])))
  expect(committed(play, 'main').get('file')).toBe(`644 ${lines([15, 'task'])}`)
  expect(play.git('diff', '--cached')).toBe('')
  expect(play.read('file').toString()).toBe(lines([2, 'mine'], [15, 'task']))
})

test.each([
  ['overlapping lines', (p: Playground) => p.write('README.md', 'mine\n'), /README\.md held uncommitted changes/],
  [
    'a file that is the user’s and not committed',
    (p: Playground) => p.write('new', 'mine\n'),
    /new held uncommitted changes/,
  ],
  [
    'a staged version of its own',
    (p: Playground) => {
      p.write('README.md', 'mine\n')
      p.git('add', '-A')
      p.write('README.md', 'hello\n')
    },
    /README\.md had staged changes/,
  ],
])('With %s nothing is committed, and the reason names the file', async (_, prepare, reason) => {
  const play = newRepository()
  prepare(play)
  const own = usersOwn(play)
  const result = await commitWork(play, () => {
    play.write('README.md', 'task\n')
    play.write('new', 'task\n')
  })
  expect(result).toEqual({ kind: 'none', reason: expect.stringMatching(reason) })
  expect(usersOwn(play)).toEqual(own)
})

test('On a branch of its own, nothing of the user’s moves, and tasks follow one another there', async () => {
  const play = newRepository()
  play.write('mine', 'mine\n')
  play.git('add', '-A')
  const { index, head, config } = usersOwn(play)
  await commitWork(play, () => play.write('README.md', 'one\n'), { branch: 'baton/run' })
  const second = await commitWork(play, () => play.write('README.md', 'two\n'), { branch: 'baton/run' })
  expect(second).toMatchObject({ kind: 'committed', branch: 'baton/run', files: 1 })
  expect(play.git('log', '--format=%s', 'main..baton/run').trim()).toBe('A task\nA task')
  expect(Object.fromEntries(committed(play, 'baton/run'))).toEqual({ 'README.md': '644 two\n' })
  expect(usersOwn(play)).toMatchObject({ index, head, config })
  expect(play.git('rev-parse', 'main')).toBe(play.git('rev-parse', 'baton/run~2'))
})

test('A commit holds what git add would have made of the bytes: line endings and filters', async () => {
  const play = newRepository()
  play.git('config', 'filter.up.clean', 'tr a-z A-Z')
  play.git('config', 'filter.up.smudge', 'tr A-Z a-z')
  play.write('.gitattributes', '*.txt text eol=crlf\n*.up filter=up\n')
  play.write('a.txt', 'one\r\n')
  play.git('add', '-A')
  play.git('commit', '-q', '-m', 'second')
  await commitWork(play, () => {
    play.write('a.txt', 'one\r\ntwo\r\n')
    play.write('b.up', 'loud\n')
    play.write('.gitattributes', '*.txt text eol=crlf\n*.up filter=up\n*.bin -text\n')
  })
  const files = committed(play, 'main')
  expect([files.get('a.txt'), files.get('b.up')]).toEqual(['644 one\ntwo\n', '644 LOUD\n'])
  expect(play.git('status', '--porcelain')).toBe('')
})

test('What converts files is found wherever it is configured, also where the task began from a clean tree', async () => {
  const home = temporaryFolder()
  const sources: Record<string, (play: Playground) => void> = {
    'a file of attributes': (play) => {
      play.write('deep/.gitattributes', '*.txt text\n')
      play.git('add', '-A')
      play.git('commit', '-q', '-m', 'attributes')
    },
    'the attributes of the clone': (play) => play.write('.git/info/attributes', '*.txt text\n'),
    'the attributes of the user': (play) => {
      writeFileSync(join(home, 'attributes'), '*.txt text\n')
      play.git('config', 'core.attributesFile', join(home, 'attributes'))
    },
    'the usual place for them': () => {
      mkdirSync(join(home, 'git'), { recursive: true })
      writeFileSync(join(home, 'git', 'attributes'), '*.txt text\n')
      vi.stubEnv('XDG_CONFIG_HOME', home)
    },
    'line endings': (play) => play.git('config', 'core.autocrlf', 'input'),
    'the task itself': () => undefined,
  }
  onTestFinished(() => void vi.unstubAllEnvs())
  for (const [name, configure] of Object.entries(sources)) {
    const play = playIn(newRepository().root)
    configure(play)
    const result = await commitWork(play, () => {
      if (name === 'the task itself') play.write('deep/.gitattributes', '*.txt text\n')
      play.write('deep/a.txt', 'one\r\ntwo\r\n')
    })
    expect(result, name).toMatchObject({ kind: 'committed' })
    expect(play.git('show', 'HEAD:deep/a.txt'), name).toBe('one\ntwo\n')
    vi.unstubAllEnvs()
  }
  const plain = newRepository()
  await commitWork(plain, () => plain.write('deep/a.txt', 'one\r\ntwo\r\n'))
  expect(plain.git('show', 'HEAD:deep/a.txt')).toBe('one\r\ntwo\r\n')
  // Attributes that came with what was committed last count from the next task on.
  await commitWork(plain, () => plain.write('.gitattributes', '*.txt text\n'))
  await commitWork(plain, () => plain.write('b.txt', 'one\r\n'))
  expect(plain.git('show', 'HEAD:b.txt')).toBe('one\n')
})

test('A first commit is made where there was none', async () => {
  const play = playIn(temporaryFolder())
  play.git('init', '-q', '-b', 'main')
  expect(await commitWork(play, () => play.write('a', 'x'))).toMatchObject({ kind: 'committed', branch: 'main' })
  expect(play.git('status', '--porcelain')).toBe('')
})

test('Without changes, on a detached HEAD, mid-merge, or for a branch checked out elsewhere, nothing is committed and why is said', async () => {
  const play = newRepository()
  const change = () => play.write('README.md', `${Math.random()}\n`)
  expect(await commitWork(play, () => {})).toEqual({ kind: 'none', reason: 'The task left nothing to commit.' })
  play.git('worktree', 'add', '-q', '-b', 'busy', join(temporaryFolder(), 'linked'))
  expect(await commitWork(play, change, { branch: 'busy' })).toMatchObject({
    reason: expect.stringContaining('checked out in'),
  })
  expect(await commitWork(play, change, { branch: 'no..name' })).toMatchObject({
    reason: expect.stringContaining('not a valid branch name'),
  })
  play.write('.git/MERGE_HEAD', play.git('rev-parse', 'HEAD'))
  expect(await commitWork(play, change)).toMatchObject({ reason: expect.stringContaining('a merge is under way') })
  play.remove('.git/MERGE_HEAD')
  play.git('checkout', '-q', '--detach')
  expect(await commitWork(play, change)).toMatchObject({ reason: expect.stringContaining('HEAD is detached') })
})

test('A held index lock, and a branch that moved meanwhile, leave everything as it was', async () => {
  const play = newRepository()
  play.write('.git/refs/heads/main.lock', '')
  const tree = workingTree(play.root)
  const index = play.git('ls-files', '-s')
  const result = await commitWork(play, () => play.write('README.md', 'task\n'))
  expect(result).toMatchObject({ kind: 'none', reason: expect.stringContaining('Not committed') })
  expect(play.git('ls-files', '-s')).toBe(index)
  expect(workingTree(play.root).get('README.md')).toBe('644 task\n')
  expect(tree.get('README.md')).toBe('644 hello\n')
})

test('Pushing goes to the remote of the branch, runs the user’s own hook, and a refusal is told without the password', async () => {
  const play = newRepository()
  const remote = playIn(temporaryFolder())
  remote.git('init', '-q', '--bare')
  play.git('remote', 'add', 'origin', remote.root)
  play.write('.git/hooks/pre-push', '#!/bin/sh\ntouch .git/pushed\n', 0o755)
  const change = (text: string) => () => play.write('README.md', text)
  const options = { branch: 'baton/run', push: true }
  expect(await commitWork(play, change('one'), options)).toMatchObject({ pushed: { ok: true, remote: 'origin' } })
  expect(committed(remote, 'baton/run').get('README.md')).toBe('644 one')
  play.read('.git/pushed')
  play.git('remote', 'set-url', 'origin', 'https://me:secret@127.0.0.1:1/x.git')
  const refused = await commitWork(play, change('two'), options)
  expect(refused).toMatchObject({ kind: 'committed', pushed: { ok: false } })
  expect(JSON.stringify(refused)).not.toContain('secret')
  play.git('remote', 'remove', 'origin')
  expect(await commitWork(play, change('three'), options)).toMatchObject({
    pushed: { reason: 'There is no remote to push to.' },
  })
})
