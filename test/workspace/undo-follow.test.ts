import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Task } from '../../src/core/types.ts'
import { addTask, attempt, complete } from '../contracts/workspace.ts'
import { playIn, temporaryFolder } from '../git/support/playground.ts'
import { worktreeWorld } from './world.ts'

type World = ReturnType<typeof worktreeWorld>
type Trees = ReturnType<World['open']>

/** A task that wrote one file and has landed. */
async function landed(world: World, workspace: Trees, number: number, path = `${number}.txt`): Promise<Task> {
  const task = addTask(world, number)
  await attempt(world, workspace, task, (at) => at.write(path, `${number}\n`))
  await complete(workspace, task)
  return task
}

const tipOf = (world: World, workspace: Trees, { runId }: Task) =>
  world.user.git('rev-parse', workspace.integrationBranch(runId))

/** Everything that is stored once the branch has moved is lost, with the process. */
async function killedRightAfter(world: World, move: () => Promise<unknown>): Promise<void> {
  const { set } = world.meta
  world.meta.set = (key, value) => {
    if (key.startsWith('landed:')) throw new Error('killed')
    set(key, value)
  }
  await expect(move()).rejects.toThrow('killed')
  world.meta.set = set
}

describe('the branch that follows, after an undo', () => {
  const following = { merge: { into: 'current' } } as const
  const isThere = (world: World, path: string) => existsSync(join(world.user.root, path))

  it('follows at once, also when the task is brought back', async () => {
    const world = worktreeWorld(following)
    const workspace = world.open()
    const one = await landed(world, workspace, 1)
    await landed(world, workspace, 2)
    for (const again of [false, true]) {
      const { ok, text } = await workspace.undo(one)
      expect([ok, text]).toEqual([true, expect.not.stringMatching(/follow/)])
      expect(isThere(world, '1.txt')).toBe(again)
      expect(world.user.git('rev-parse', 'HEAD')).toBe(tipOf(world, workspace, one))
      expect(world.user.git('status', '--porcelain')).toBe('')
      one.phase = again ? 'done' : 'undone'
    }
    // The mark goes before the work, and comes back after it.
    expect(world.noted.slice(-2)).toEqual(['open 1', 'done 1'])
  })

  it('loses nothing that is not committed, says so, and follows with what comes next', async () => {
    const world = worktreeWorld(following)
    const workspace = world.open()
    const one = await landed(world, workspace, 1)
    world.user.write('1.txt', 'mine\n')
    expect(await workspace.undo(one)).toMatchObject({
      ok: true,
      text: expect.stringMatching(/^Undid task 1 .*; Your branch did not follow: .* not committed in 1\.txt/),
    })
    expect(world.user.read('1.txt').toString()).toBe('mine\n')
    world.user.git('checkout', '-q', '--', '1.txt')
    await landed(world, workspace, 2)
    expect([isThere(world, '1.txt'), isThere(world, '2.txt')]).toEqual([false, true])
  })

  it("merges the user's own commits under it, and checks that", async () => {
    const world = worktreeWorld({ ...following, verify: ['test ! -e clash || test -e 1.txt'] })
    const workspace = world.open()
    const one = await landed(world, workspace, 1)
    world.user.write('clash', '')
    world.user.git('add', '-A')
    world.user.git('commit', '-q', '-m', 'theirs')
    expect(await workspace.undo(one)).toMatchObject({
      ok: true,
      text: expect.stringMatching(/did not follow: The checks fail .* together with your commits/),
    })
    expect(isThere(world, '1.txt')).toBe(true)
  })

  it('follows at the next start when Baton was killed between the two', async () => {
    const world = worktreeWorld(following)
    const workspace = world.open()
    const one = await landed(world, workspace, 1)
    await killedRightAfter(world, () => workspace.undo(one))
    expect([isThere(world, '1.txt'), world.noted.at(-1)]).toEqual([true, 'done 1'])
    expect(await world.open().recover()).toEqual([])
    expect([isThere(world, '1.txt'), world.noted.at(-1)]).toEqual([false, 'open 1'])
    expect(world.user.git('rev-parse', 'HEAD')).toBe(tipOf(world, workspace, one))
    expect(world.noted).toHaveLength(2)
    // Once, and not again: the user may go back to where they were.
    world.user.git('reset', '-q', '--hard', 'HEAD~1')
    expect(await world.open().recover()).toEqual([])
    expect(isThere(world, '1.txt')).toBe(true)
  })

  it('checks nothing at a start: what the user committed meanwhile waits for the next landing', async () => {
    const world = worktreeWorld({ ...following, verify: ['true'] })
    const workspace = world.open()
    const one = await landed(world, workspace, 1)
    await killedRightAfter(world, () => workspace.undo(one))
    world.user.write('theirs.txt', '')
    world.user.git('add', '-A')
    world.user.git('commit', '-q', '-m', 'theirs')
    const before = world.ran.length
    const next = world.open()
    expect(await next.recover()).toEqual([expect.stringMatching(/^Your branch did not follow: main has commits/)])
    expect(world.ran).toHaveLength(before)
    await landed(world, next, 2)
    expect([isThere(world, '1.txt'), isThere(world, '2.txt'), isThere(world, 'theirs.txt')]).toEqual([
      false,
      true,
      true,
    ])
  })
})

describe('the branch of a run, in an undo', () => {
  it('is pushed where landings are, and the undo says when it cannot be', async () => {
    const world = worktreeWorld({ project: { push: true } })
    const workspace = world.open()
    const remote = playIn(temporaryFolder())
    remote.git('init', '-q', '--bare')
    world.user.git('remote', 'add', 'origin', remote.root)
    const one = await landed(world, workspace, 1)
    expect(await workspace.undo(one)).toMatchObject({ ok: true, text: expect.not.stringMatching(/pushed/) })
    expect(remote.git('rev-parse', workspace.integrationBranch(one.runId))).toBe(tipOf(world, workspace, one))
    one.phase = 'undone'
    world.user.git('remote', 'remove', 'origin')
    expect(await workspace.undo(one)).toMatchObject({
      ok: true,
      text: expect.stringMatching(/is not pushed: There is/),
    })
  })

  it('does not move under somebody who has it checked out', async () => {
    const world = worktreeWorld()
    const workspace = world.open()
    const one = await landed(world, workspace, 1)
    const tip = tipOf(world, workspace, one)
    world.user.git('checkout', '-q', workspace.integrationBranch(one.runId))
    expect(await workspace.previewUndo(one)).toMatch(/is checked out in .*then undo again\.$/)
    expect(await workspace.undo(one)).toMatchObject({ ok: false, text: expect.stringMatching(/is checked out in/) })
    expect([tipOf(world, workspace, one), world.user.git('status', '--porcelain')]).toEqual([tip, ''])
  })

  it('is not built upon where somebody else moved it', async () => {
    const world = worktreeWorld()
    const workspace = world.open()
    const one = await landed(world, workspace, 1)
    const branch = workspace.integrationBranch(one.runId)
    world.user.git(
      'branch',
      '-f',
      branch,
      world.user.git('commit-tree', '-m', 'theirs', '-p', branch, 'main^{tree}').trim(),
    )
    const tip = tipOf(world, workspace, one)
    expect(await workspace.previewUndo(one)).toMatch(/somebody else moved it.*then undo again\.$/)
    expect(await workspace.undo(one)).toMatchObject({
      ok: false,
      text: expect.stringMatching(/somebody else moved it/),
    })
    expect(tipOf(world, workspace, one)).toBe(tip)
  })
})
