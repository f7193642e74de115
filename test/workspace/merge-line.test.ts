import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Task } from '../../src/core/types.ts'
import { createMergeLines } from '../../src/workspace/worktree/merge-lines.ts'
import { addTask, attempt, complete } from '../contracts/workspace.ts'
import { countGit } from '../git/support/counting.ts'
import { playIn, temporaryFolder } from '../git/support/playground.ts'
import { worktreeWorld } from './world.ts'

const never = new AbortController().signal
type World = ReturnType<typeof worktreeWorld>
type Trees = ReturnType<World['open']>

/** A task that wrote one file. */
async function worked(
  world: World,
  workspace: Trees,
  number: number,
  path: string,
  content = `${number}\n`,
  spec = {},
) {
  const task = addTask(world, number, spec)
  await attempt(world, workspace, task, (at) => at.write(path, content))
  return task
}

const log = (world: World, branch: string) =>
  world.user.git('log', '--format=%s', '--reverse', branch).trim().split('\n')

describe('the merge line', () => {
  it('runs nothing twice where the branch has not moved', async () => {
    const world = worktreeWorld({ verify: ['true'] })
    const workspace = world.open()
    const task = await worked(world, workspace, 1, 'one.txt')
    const work = { name: 'true', command: 'true', ok: true, durationMs: 1, output: '' }
    task.proof = { checks: [work], ...task.proof }
    task.proof.checks = [work]
    expect(await complete(workspace, task)).toMatchObject({ kind: 'landed' })
    expect(world.ran).toEqual([])
    // A second one, beside which another landed, is checked on the result.
    const [two, three] = [await worked(world, workspace, 2, 'two.txt'), await worked(world, workspace, 3, 'three.txt')]
    for (const one of [two, three]) one.proof = { ...one.proof, checks: [work] }
    await complete(workspace, two)
    expect(world.ran).toEqual([])
    await complete(workspace, three)
    expect(world.ran).toEqual(['true'])
  })

  it('starts five processes of git for a task that lands on what it began from, and eight where it is combined', async () => {
    const world = worktreeWorld({ verify: ['true'] })
    const workspace = world.open()
    const good = { name: 'true', command: 'true', ok: true, durationMs: 1, output: '' }
    const landOne = async (task: Task) => {
      task.proof = { ...task.proof, checks: [good] }
      expect(await workspace.land(task, never)).toMatchObject({ kind: 'landed' })
    }
    // What is known of the repository, and the worktree for checks, are there from then on.
    for (const number of [1, 2]) await worked(world, workspace, number, `${number}.txt`)
    for (const task of world.tasks) await landOne(task)
    const [three, four] = [await worked(world, workspace, 3, 'README.md'), await worked(world, workspace, 4, '4.txt')]
    const started = countGit()
    await landOne(three)
    expect(started()).toHaveLength(5)
    await landOne(four)
    expect(started()).toHaveLength(8)
  })

  it('gives a conflict back with markers, the files and both intents, and lands it when it is solved', async () => {
    const world = worktreeWorld()
    world.user.write('a.txt', 'a\nb\nc\n')
    world.user.git('add', '-A')
    world.user.git('commit', '-q', '-m', 'a')
    const workspace = world.open()
    const one = await worked(world, workspace, 1, 'a.txt', 'one\nb\nc\n', { instruction: 'Say one.' })
    const two = addTask(world, 2, { instruction: 'Say two.' })
    const { folder, proof } = await attempt(world, workspace, two, (at) => {
      at.write('a.txt', 'two\nb\nc\n')
      at.write('new.txt', 'new\n')
    })
    expect(proof.findings).toMatchObject([
      { kind: 'overlap', weight: 'tell', text: expect.stringMatching(/Task 1.*a\.txt/) },
    ])
    await complete(workspace, one)
    const returned = await complete(workspace, two)
    expect(returned).toMatchObject({ kind: 'returned', why: 'conflict' })
    const words = returned.kind === 'returned' ? returned.words : ''
    for (const part of ['- a.txt', 'Say one.', 'Say two.', '<<<<<<<']) expect(words).toContain(part)
    await workspace.open(two, 1)
    expect(readFileSync(join(folder, 'a.txt'), 'utf8')).toMatch(
      /<<<<<<<[\s\S]*one[\s\S]*=======[\s\S]*two[\s\S]*>>>>>>>/,
    )
    expect(readFileSync(join(folder, 'new.txt'), 'utf8')).toBe('new\n')
    // A session that continues in the same attempt: what landed meanwhile is none of the task's.
    const stored = world.attempts.findLast(({ taskId }) => taskId === two.id)!
    writeFileSync(join(folder, 'a.txt'), 'one and two\nb\nc\n')
    const after = await workspace.after(two, { attempt: stored }, { kind: 'done', text: '', result: '' }, undefined)
    stored.checkpointAfter = after.checkpointAfter!
    expect(after.proof.gitWrites).toBeUndefined()
    expect(after.proof.files?.map(({ path, added }) => [path, added])).toEqual([
      ['a.txt', 1],
      ['new.txt', 1],
    ])
    expect(await complete(workspace, two)).toMatchObject({ kind: 'landed' })
    const branch = workspace.integrationBranch(one.runId)
    expect(world.user.git('show', `${branch}:a.txt`)).toBe('one and two\nb\nc\n')
    expect(log(world, branch)).toEqual(['first', 'a', 'Task 1', 'Task 2'])
  })

  it('never lands conflict markers that a session left', async () => {
    const world = worktreeWorld()
    const workspace = world.open()
    const [one, two] = [await worked(world, workspace, 1, 'same file.txt', 'one\n'), addTask(world, 2)]
    const { folder } = await attempt(world, workspace, two, (at) => at.write('same file.txt', 'two\n'))
    await complete(workspace, one)
    expect(await complete(workspace, two)).toMatchObject({ kind: 'returned' })
    await attempt(world, workspace, two, (at) => at.write('other.txt', 'other\n'))
    const words = expect.stringMatching(/markers .* are left[\s\S]*- same file\.txt/)
    expect(await complete(workspace, two)).toMatchObject({ kind: 'returned', why: 'conflict', words })
    expect(readFileSync(join(folder, 'other.txt'), 'utf8')).toBe('other\n')
    await attempt(world, workspace, two, (at) => at.write('same file.txt', 'one and two\n'))
    expect(await complete(workspace, two)).toMatchObject({ kind: 'landed' })
    expect(world.user.git('show', `${workspace.integrationBranch(one.runId)}:same file.txt`)).toBe('one and two\n')
    expect(log(world, workspace.integrationBranch(one.runId))).toEqual(['first', 'Task 1', 'Task 2'])
  })

  it('pauses on a red base, and blames nobody', async () => {
    const world = worktreeWorld({ verify: ['test ! -e broken'] })
    world.user.write('broken', '')
    world.user.git('add', '-A')
    world.user.git('commit', '-q', '-m', 'broken')
    const workspace = world.open()
    const task = await worked(world, workspace, 1, 'one.txt')
    expect(await complete(workspace, task)).toMatchObject({
      kind: 'blocked',
      words: expect.stringMatching(/without any of the waiting work[\s\S]*broken/),
    })
    // Mended, it lands as it is.
    const mend = addTask(world, 2)
    await attempt(world, workspace, mend, (at) => at.remove('broken'))
    expect(await complete(workspace, mend)).toMatchObject({ kind: 'landed' })
    expect(await complete(workspace, task)).toMatchObject({ kind: 'landed' })
  })

  it("does not take a task's own check for the base's", async () => {
    const world = worktreeWorld()
    const workspace = world.open()
    const task = await worked(world, workspace, 1, 'one.txt', '1\n', { verify: ['test -e two.txt'] })
    expect(await complete(workspace, task)).toMatchObject({
      kind: 'returned',
      why: 'red',
      words: expect.stringMatching(/test -e two\.txt/),
    })
  })

  it('sets a worktree up again for work that is given back', async () => {
    const world = worktreeWorld({ options: { setup: ['echo made > made.txt'] } })
    const workspace = world.open()
    const [one, two] = [await worked(world, workspace, 1, 'same.txt', 'one\n'), addTask(world, 2)]
    await attempt(world, workspace, two, (at) => at.write('same.txt', 'two\n'))
    await complete(workspace, one)
    expect(await complete(workspace, two)).toMatchObject({ kind: 'returned' })
    const { folder, proof } = await attempt(world, workspace, two, (at) => at.write('same.txt', 'both\n'))
    expect(readFileSync(join(folder, 'made.txt'), 'utf8')).toBe('made\n')
    expect(proof.files?.map(({ path }) => path)).toEqual(['same.txt'])
    expect(await complete(workspace, two)).toMatchObject({ kind: 'landed' })
    const there = world.user.git('ls-tree', '--name-only', workspace.integrationBranch(one.runId))
    expect(there).toBe('README.md\nsame.txt\n')
  })

  it('pushes the branch where that is wanted, and says when it cannot', async () => {
    const world = worktreeWorld({ project: { push: true } })
    const workspace = world.open()
    const land = async (number: number) => {
      const task = await worked(world, workspace, number, `${number}.txt`)
      await workspace.land(task, never)
      return workspace.finish(task, async () => false)
    }
    expect(await land(1)).toMatchObject({ problem: expect.stringMatching(/is not pushed: There is no remote/) })
    const remote = playIn(temporaryFolder())
    remote.git('init', '-q', '--bare')
    world.user.git('remote', 'add', 'origin', remote.root)
    expect((await Promise.all([land(2), land(3)])).map((one) => (one as { problem?: string }).problem)).toEqual([
      undefined,
      undefined,
    ])
    const branch = workspace.integrationBranch('2026-11-21-204000-ab3d')
    expect(remote.git('rev-parse', branch)).toBe(world.user.git('rev-parse', branch))
  })

  it('lands and pushes nothing of a run that another machine has taken meanwhile', async () => {
    let isOurs = true
    const fence = { run: 'offered', number: 1 }
    const rights = { mayWrite: () => isOurs, fence: () => fence }
    // The lease is lost while the checks run.
    const world = worktreeWorld({ project: { push: true }, rights, verify: ['true'] })
    const remote = playIn(temporaryFolder())
    remote.git('init', '-q', '--bare')
    world.user.git('remote', 'add', 'origin', remote.root)
    const workspace = world.open()
    const [one, two] = [await worked(world, workspace, 1, '1.txt'), await worked(world, workspace, 2, '2.txt')]
    expect(remote.git('log', '-1', '--format=%B', 'refs/baton/fence/offered')).toContain('Fence: 1')
    const branch = workspace.integrationBranch(one.runId)
    const tip = () => world.user.git('rev-parse', branch)
    const before = tip()
    isOurs = false
    expect(await workspace.land(one, never)).toMatchObject({
      kind: 'blocked',
      words: 'This machine does not have the run at the moment, so nothing of it lands here.',
    })
    expect(world.ran).toEqual(['true'])
    expect(tip()).toBe(before)
    isOurs = true
    expect(await workspace.land(one, never)).toMatchObject({ kind: 'landed' })
    expect(tip()).not.toBe(before)
    isOurs = false
    expect(await workspace.finish(one, async () => false)).toMatchObject({
      problem: expect.stringMatching(/is not pushed: this machine does not have the run at the moment/),
    })
    expect(remote.git('branch', '--list')).toBe('')
    // It believes that it has the run, and another machine has pushed in it.
    isOurs = true
    expect(await workspace.land(two, never)).toMatchObject({ kind: 'landed' })
    fence.number = 3
    await workspace.finish(one, async () => false)
    const pushed = remote.git('rev-parse', branch)
    fence.number = 2
    expect(await workspace.finish(two, async () => false)).toMatchObject({
      problem: expect.stringMatching(/another machine has taken this run, and the remote has its fence 3/),
    })
    expect(remote.git('rev-parse', branch)).toBe(pushed)
  })

  it('starts from what another machine has pushed of the run, and says what is on its branch', async () => {
    const before = { branch: 'baton/other/merged', commit: '', done: [1] }
    const rights = { mayWrite: () => true, fence: () => ({ run: 'offered', number: 2, before }) }
    const world = worktreeWorld({ project: { push: true }, rights })
    const remote = playIn(temporaryFolder())
    remote.git('init', '-q', '--bare')
    world.user.git('remote', 'add', 'origin', remote.root)
    const [tree, head] = world.user.git('rev-parse', 'HEAD^{tree}', 'HEAD').trim().split('\n') as [string, string]
    before.commit = world.user.git('commit-tree', tree, '-p', head, '-m', 'Task 1, elsewhere').trim()
    world.user.git('update-ref', 'refs/baton/taken/offered', before.commit)
    const workspace = world.open()
    const two = await worked(world, workspace, 2, '2.txt')
    await complete(workspace, two)
    const branch = workspace.integrationBranch(two.runId)
    expect(world.user.git('log', '--format=%s', `${head}..${branch}`).trim().split('\n').slice(1)).toEqual([
      'Task 1, elsewhere',
    ])
    expect(remote.git('log', '-1', '--format=%B', 'refs/baton/fence/offered')).toContain(
      `Fence: 2\nBranch: ${branch}\nDone: 1 2\n`,
    )
    expect(world.user.git('for-each-ref', 'refs/baton/taken/')).toBe('')
  })

  it('merges with the history of the task where that is wanted', async () => {
    const world = worktreeWorld({ merge: { method: 'merge' }, project: { git: 'allow' } })
    const workspace = world.open()
    const one = addTask(world, 1)
    await attempt(world, workspace, one, (at) => {
      at.write('one.txt', '1\n')
      at.git('add', '-A')
      at.git('commit', '-q', '-m', 'by the agent')
    })
    const two = await worked(world, workspace, 2, 'two.txt')
    await complete(workspace, two)
    expect(await complete(workspace, one)).toMatchObject({ kind: 'landed' })
    expect(log(world, workspace.integrationBranch(one.runId))).toContain('by the agent')
  })
})

describe('a branch of the user', () => {
  it('has one line, whichever run comes, and another branch has another', () => {
    const world = worktreeWorld()
    const ports = {
      merge: { into: 'develop', method: 'squash', returns: 2 } as const,
      tasks: () => [],
      meta: world.meta,
    }
    // Nothing of a line is used before something lands.
    const lines = createMergeLines(ports, { checks: {} } as never)
    const at = (branch: string, run: string) => lines.of({ root: world.user.root } as never, branch, run)
    expect(at('develop', 'run-a')).toBe(at('develop', 'run-b'))
    expect(at('main', 'run-a')).not.toBe(at('develop', 'run-a'))
  })

  it('that is named gets the work of every run through one line, which knows what each of them wanted', async () => {
    const world = worktreeWorld({ merge: { into: 'develop' } })
    world.user.write('a.txt', 'a\nb\nc\n')
    world.user.git('add', '-A')
    world.user.git('commit', '-q', '-m', 'a')
    const main = world.user.git('rev-parse', 'main')
    const workspace = world.open()
    const one = await worked(world, workspace, 1, 'a.txt', 'one\nb\nc\n', { instruction: 'Say one.' })
    const two = addTask(world, 2, { instruction: 'Say two.' })
    two.runId = 'another-run'
    const { proof } = await attempt(world, workspace, two, (at) => at.write('a.txt', 'two\nb\nc\n'))
    // Reported before either lands, though the other one is of another run.
    expect(proof.findings).toMatchObject([{ kind: 'overlap', text: expect.stringMatching(/Task 1.*a\.txt/) }])
    const three = await worked(world, workspace, 3, 'three.txt')
    three.runId = 'another-run'
    const [first, other] = await Promise.all([workspace.land(one, never), workspace.land(three, never)])
    expect([first.kind, other.kind]).toEqual(['landed', 'landed'])
    expect(log(world, 'develop').sort()).toEqual(['Task 1', 'Task 3', 'a', 'first'])
    const wanted = async (trees: Trees) => {
      const returned = await trees.land(two, never)
      expect(returned).toMatchObject({ kind: 'returned', why: 'conflict' })
      return returned.kind === 'returned' ? returned.words : ''
    }
    // In the next life, too, which no task of the first run takes part in.
    for (const trees of [workspace, world.open()]) expect(await wanted(trees)).toMatch(/Say two\.[\s\S]*Say one\./)
    expect(world.user.git('rev-parse', 'main')).toBe(main)
    expect(world.user.git('branch', '--list', '*merged*')).toBe('')
  })
})

describe('undoing what landed', () => {
  it('is a revert that is checked, also after others landed', async () => {
    const world = worktreeWorld({ verify: ['test ! -e needs-one || test -e one.txt'] })
    const workspace = world.open()
    const one = await worked(world, workspace, 1, 'one.txt')
    await complete(workspace, one)
    const two = await worked(world, workspace, 2, 'two.txt')
    await complete(workspace, two)
    expect(await workspace.undo(one)).toMatchObject({ ok: true })
    const branch = workspace.integrationBranch(one.runId)
    expect(world.user.git('ls-tree', '--name-only', branch).split('\n')).toEqual(['README.md', 'two.txt', ''])
    one.phase = 'undone'
    expect(await workspace.undo(one)).toMatchObject({ ok: true, again: true })
    one.phase = 'done'
    await complete(workspace, await worked(world, workspace, 3, 'needs-one'))
    expect(await workspace.undo(one)).toMatchObject({
      ok: false,
      text: expect.stringMatching(/the checks fail without it/),
    })
  })

  it('tells the conflict with what landed after it, and changes nothing', async () => {
    const world = worktreeWorld()
    const workspace = world.open()
    const one = await worked(world, workspace, 1, 'README.md', 'one\n')
    await complete(workspace, one)
    const two = await worked(world, workspace, 2, 'README.md', 'two\n')
    await complete(workspace, two)
    const tip = world.user.git('rev-parse', workspace.integrationBranch(one.runId))
    const branch = workspace.integrationBranch(one.runId)
    const words = `The same lines of the branch ${branch} were changed later, by task 2: Task 2.`
    const hunks = expect.stringContaining(
      `README.md\n@@ line 1 @@\n<<<<<<< ${branch} now\ntwo\n=======\nhello\n>>>>>>> without task 1`,
    )
    expect(await workspace.previewUndo(one)).toMatchObject({ conflict: { words, hunks, also: [2] } })
    const { ok, text } = await workspace.undo(one)
    expect({ ok, text }).toEqual({ ok: false, text: expect.stringContaining(words) })
    expect(world.user.git('rev-parse', workspace.integrationBranch(one.runId))).toBe(tip)
  })
})

describe('landing a run', () => {
  const run = async (world: World) => {
    const workspace = world.open()
    const one = await worked(world, workspace, 1, 'one.txt')
    await complete(workspace, one)
    return { workspace, runId: one.runId }
  }

  it("fast-forwards the user's branch, with their other changes where they are", async () => {
    const world = worktreeWorld()
    world.user.write('tasks.md', 'tasks\n')
    world.user.git('add', '-A')
    world.user.git('commit', '-q', '-m', 'tasks')
    const { workspace, runId } = await run(world)
    world.user.write('tasks.md', 'tasks, done\n')
    world.user.write('notes.txt', 'mine\n')
    expect(await workspace.landRun(runId)).toMatchObject({
      ok: true,
      text: expect.stringMatching(/^main is at .*1 file changed/),
    })
    expect(world.user.read('one.txt').toString()).toBe('1\n')
    expect(world.user.git('status', '--porcelain')).toBe(' M tasks.md\n?? notes.txt\n')
    expect(await workspace.landRun(runId)).toMatchObject({ ok: true, text: expect.stringMatching(/already/) })
  })

  it('touches nothing where changes of the user would be lost', async () => {
    const world = worktreeWorld()
    const { workspace, runId } = await run(world)
    world.user.write('one.txt', 'mine\n')
    expect(await workspace.landRun(runId)).toMatchObject({
      ok: false,
      text: expect.stringMatching(/not committed in one\.txt/),
    })
    expect(world.user.read('one.txt').toString()).toBe('mine\n')
  })

  it("merges the user's own commits under it and checks again", async () => {
    const world = worktreeWorld({ verify: ['test ! -e one.txt || test ! -e theirs.txt || test ! -e clash'] })
    const { workspace, runId } = await run(world)
    world.user.write('theirs.txt', 'theirs\n')
    world.user.write('clash', '')
    world.user.git('add', '-A')
    world.user.git('commit', '-q', '-m', 'theirs')
    expect(await workspace.landRun(runId)).toMatchObject({
      ok: false,
      text: expect.stringMatching(/checks fail .*together with your commits/),
    })
    expect(existsSync(join(world.user.root, 'one.txt'))).toBe(false)
    world.user.git('rm', '-q', 'clash')
    world.user.git('commit', '-q', '-m', 'no clash')
    expect(await workspace.landRun(runId)).toMatchObject({ ok: true })
    expect(world.user.git('status', '--porcelain')).toBe('')
    expect(existsSync(join(world.user.root, 'one.txt'))).toBe(true)
  })

  it("touches nothing where the user's own commits change the same lines, and says how to merge them", async () => {
    const world = worktreeWorld()
    const { workspace, runId } = await run(world)
    world.user.write('one.txt', 'theirs\n')
    world.user.git('add', '-A')
    world.user.git('commit', '-q', '-m', 'theirs')
    const head = world.user.git('rev-parse', 'HEAD')
    const branch = workspace.integrationBranch(runId)
    const tip = world.user.git('rev-parse', branch)
    expect(await workspace.landRun(runId)).toEqual({
      ok: false,
      text: `main and ${branch} change the same lines of one.txt. Merge them yourself: git merge ${branch}`,
    })
    expect([world.user.git('rev-parse', 'HEAD'), world.user.git('rev-parse', branch)]).toEqual([head, tip])
    expect(world.user.git('status', '--porcelain')).toBe('')
    // As it says.
    expect(() => world.user.git('merge', '-q', branch)).toThrow()
    world.user.write('one.txt', 'both\n')
    world.user.git('commit', '-q', '-a', '-m', 'merged by hand')
    expect(await workspace.landRun(runId)).toMatchObject({ ok: true, text: expect.stringMatching(/already/) })
  })

  it('follows each landing where the branch that is checked out is meant', async () => {
    const world = worktreeWorld({ merge: { into: 'current' } })
    const workspace = world.open()
    expect(await complete(workspace, await worked(world, workspace, 1, 'one.txt'))).toMatchObject({ followed: true })
    expect(world.user.read('one.txt').toString()).toBe('1\n')
    world.user.write('two.txt', 'mine\n')
    const two = await worked(world, workspace, 2, 'two.txt')
    expect(await workspace.land(two, never)).toMatchObject({
      kind: 'landed',
      notes: [expect.stringMatching(/did not follow.*two\.txt/)],
    })
  })
})
