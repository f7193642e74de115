import { chmodSync, existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { fenceRef, type PushFence } from '../../src/git/commit/fence.ts'
import { fenceRemote, lastPushed, push, releaseLastPushed } from '../../src/git/commit/push.ts'
import { locate, type Repository } from '../../src/git/repository.ts'
import { newRepository, playIn, temporaryFolder } from './support/playground.ts'

const RUN = 'b1f0c1d2-0000-4000-8000-000000000001'
const OLD: PushFence = { run: RUN, number: 1 }
const NEW: PushFence = { run: RUN, number: 2 }

/** Two machines with a clone each of one repository. */
async function machines() {
  const remote = playIn(temporaryFolder())
  remote.git('init', '-q', '--bare', '-b', 'main')
  const first = newRepository()
  first.git('remote', 'add', 'origin', remote.root)
  first.git('push', '-q', 'origin', 'main')
  const second = playIn(temporaryFolder())
  second.git('clone', '-q', remote.root, '.')
  const repositoryOf = async ({ root }: { root: string }): Promise<Repository> => {
    const found = await locate(root)
    if ('reason' in found) throw new Error(found.reason)
    return found.repository
  }
  const work = (at: typeof first, file: string) => {
    at.write(file, file)
    at.git('add', '-A')
    at.git('commit', '-q', '-m', file)
    return at.git('rev-parse', 'HEAD').trim()
  }
  return {
    ...{ remote, first, second, work },
    one: await repositoryOf(first),
    two: await repositoryOf(second),
    tip: () => remote.git('rev-parse', 'main').trim(),
  }
}

it('a machine whose run another one has taken pushes nothing more, though nobody has moved the branch', async () => {
  const { first, one, two, work, tip, remote } = await machines()
  const before = work(first, 'before.txt')
  expect(await push(one, 'main', OLD)).toEqual({ ok: true, remote: 'origin' })
  expect(tip()).toBe(before)
  expect(await fenceRemote(two, 'main', NEW)).toBeUndefined()
  const after = work(first, 'after.txt')
  expect(await push(one, 'main', OLD)).toEqual({
    ok: false,
    reason: 'another machine has taken this run, and the remote has its fence 2.',
  })
  expect(await fenceRemote(one, 'main', OLD)).toMatch(/has its fence 2/)
  expect(tip()).toBe(before)
  expect(remote.git('log', '-1', '--format=%B', fenceRef(NEW))).toContain('Fence: 2')
  // Without its fence it would have gone through.
  expect(await push(one, 'main')).toMatchObject({ ok: true })
  expect(tip()).toBe(after)
})

for (const fence of [OLD, undefined])
  it(`a push that ${fence ? 'carries its fence is refused' : 'carries none goes through'} when it was frozen in the middle`, async () => {
    const { first, one, two, work, tip } = await machines()
    expect(await push(one, 'main', OLD)).toMatchObject({ ok: true })
    const before = tip()
    // Git runs it when it has heard what the remote has, and before it sends anything.
    const [begun, go] = ['begun', 'go'].map((name) => join(temporaryFolder(), name)) as [string, string]
    const hook = join(first.root, '.git/hooks/pre-push')
    writeFileSync(hook, `#!/bin/sh\necho $$ > ${begun}\nwhile [ ! -e ${go} ]; do sleep 0.05; done\n`)
    chmodSync(hook, 0o755)
    const after = work(first, 'after.txt')
    const frozen = push(one, 'main', fence)
    await expect.poll(() => existsSync(begun), { timeout: 20_000 }).toBe(true)
    expect(await fenceRemote(two, 'main', NEW)).toBeUndefined()
    writeFileSync(go, '')
    const result = await frozen
    expect(result.ok).toBe(fence === undefined)
    expect(tip()).toBe(fence ? before : after)
  }, 60_000)

it('what stands at the place of a fence and is none is not overwritten', async () => {
  const { first, one, work, tip, remote } = await machines()
  const before = tip()
  remote.git('update-ref', fenceRef(OLD), before)
  work(first, 'x.txt')
  expect(await push(one, 'main', OLD)).toMatchObject({ ok: false, reason: expect.stringMatching(/no fence/) })
  expect([tip(), remote.git('rev-parse', fenceRef(OLD)).trim()]).toEqual([before, before])
})

it('says what was pushed with it, to a machine that takes the run later', async () => {
  const { first, second, one, two, work, remote } = await machines()
  expect(await lastPushed(two, RUN)).toBeUndefined()
  first.git('checkout', '-q', '-b', 'baton/a/merged')
  const tip = work(first, 'one.txt')
  await push(one, 'baton/a/merged', { ...OLD, done: [1, 3] })
  expect(await lastPushed(two, RUN)).toEqual({ branch: 'baton/a/merged', done: [1, 3], commit: tip })
  expect(second.git('show', `${tip}:one.txt`)).toBe('one.txt')
  // A fence alone says nothing new of it.
  expect(await fenceRemote(two, 'main', NEW)).toBeUndefined()
  expect(await lastPushed(two, RUN)).toMatchObject({ commit: tip, done: [1, 3] })
  expect(second.git('for-each-ref', 'refs/baton/')).toContain(tip)
  await releaseLastPushed(two, RUN)
  expect(second.git('for-each-ref', 'refs/baton/')).toBe('')
  remote.git('update-ref', '-d', 'refs/heads/baton/a/merged')
  expect(await lastPushed(two, RUN)).toBeUndefined()
})

it('names a branch, whatever somebody has written there', async () => {
  const { two, remote } = await machines()
  const tree = remote.git('mktree').trim()
  for (const branch of ['--upload-pack=touch', '../../x', 'a..b', 'refs/heads/main:refs/heads/mine']) {
    const made = remote.git(
      '-c',
      'user.name=x',
      '-c',
      'user.email=x',
      'commit-tree',
      tree,
      '-m',
      `Fence: 1\nBranch: ${branch}\nDone: 1`,
    )
    remote.git('update-ref', fenceRef(OLD), made.trim())
    expect(await lastPushed(two, RUN)).toBeUndefined()
  }
})
