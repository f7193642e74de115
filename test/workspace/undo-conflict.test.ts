import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Task, UndoConflict } from '../../src/core/types.ts'
import { addTask, attempt, complete } from '../contracts/workspace.ts'
import { playIn } from '../git/support/playground.ts'
import { worktreeWorld } from './world.ts'

type World = ReturnType<typeof worktreeWorld>
type Trees = ReturnType<World['open']>

/** A task that wrote a file and landed. */
async function landed(
  world: World,
  workspace: Trees,
  number: number,
  path: string,
  content: string,
  more: Partial<Task> = {},
) {
  const task = Object.assign(addTask(world, number), more)
  await attempt(world, workspace, task, (at) => at.write(path, content))
  expect(await complete(workspace, task)).toMatchObject({ kind: 'landed' })
  task.landed = { at: number }
  return task
}

async function conflictOf(workspace: Trees, task: Task): Promise<UndoConflict> {
  const shown = await workspace.previewUndo(task)
  if (typeof shown === 'string' || !('conflict' in shown)) throw new Error(`no conflict: ${JSON.stringify(shown)}`)
  return shown.conflict
}
const contentOf = (world: World, branch: string, path: string) => world.user.git('show', `${branch}:${path}`)
const LINES = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
const text = (change: Record<number, string>) => LINES.map((line, at) => `${change[at] ?? line}\n`).join('')

/** Task 2 changed what task 1 wrote; task 3 another line, and task 4 another file. */
async function fourLanded(more: Parameters<typeof worktreeWorld>[0] = {}) {
  const world = worktreeWorld(more)
  world.user.write('lines.txt', text({}))
  world.user.git('add', '-A')
  world.user.git('commit', '-q', '-m', 'lines')
  const workspace = world.open()
  const tasks = [
    await landed(world, workspace, 1, 'lines.txt', text({ 0: 'one' })),
    await landed(world, workspace, 2, 'lines.txt', text({ 0: 'two' })),
    await landed(world, workspace, 3, 'lines.txt', text({ 0: 'two', 7: 'three' })),
    await landed(world, workspace, 4, 'four.txt', '4\n'),
  ] as [Task, Task, Task, Task]
  return { world, workspace, tasks, branch: workspace.integrationBranch(tasks[0].runId) }
}

describe('undoing what later tasks built on', () => {
  it('names the fewest of them that it comes out with, and tells Claude all it needs', async () => {
    const { workspace, tasks, branch } = await fourLanded()
    const conflict = await conflictOf(workspace, tasks[0])
    expect(conflict).toMatchObject({ again: false, also: [2] })
    expect(conflict.words).toMatch(/^The same lines of the branch .* were changed later, by task 2: Task 2\.$/)
    expect(conflict.hunks).toContain(`<<<<<<< ${branch} now\ntwo\n`)
    expect(conflict.instruction).toContain('lines.txt')
    expect(conflict.instruction).toMatch(/git show [0-9a-f]{40}/)
  })

  it('names them also after they were undone and brought back, in whichever order that was', async () => {
    const { workspace, tasks } = await fourLanded()
    const [one, two] = tasks
    for (const task of [two, one, one, two]) expect(await workspace.undo(task)).toMatchObject({ ok: true })
    expect(await conflictOf(workspace, one)).toMatchObject({ again: false, also: [2] })
    expect(await workspace.undo(one, undefined, [two])).toMatchObject({ ok: true })
  })

  it('takes them out by one commit each, checked at the end, and moves the branch once', async () => {
    const { world, workspace, tasks, branch } = await fourLanded({ verify: ['true'] })
    const before = world.user.git('rev-parse', branch).trim()
    world.ran.length = 0
    const [one, two] = tasks
    expect(await workspace.undo(one, undefined, [two])).toMatchObject({ ok: true, again: false })
    expect(world.ran).toHaveLength(1)
    expect(world.user.git('log', '--format=%s', `${before}..${branch}`)).toMatch(
      /^Revert .*Task 1.*\nRevert .*Task 2.*\n$/,
    )
    expect(contentOf(world, branch, 'lines.txt')).toBe(text({ 7: 'three' }))
    expect(world.noted).toEqual(expect.arrayContaining(['open 1', 'open 2']))
    // Killed before that was noted, it is asked for again, and changes nothing more.
    const tip = world.user.git('rev-parse', branch)
    expect(await world.open().undo(one, undefined, [two])).toMatchObject({ ok: true, again: false })
    expect(world.user.git('rev-parse', branch)).toBe(tip)
  })

  it('leaves all as it is where the checks fail without them', async () => {
    const { world, workspace, tasks, branch } = await fourLanded({
      verify: ['! test -e four.txt || grep -q ^two lines.txt'],
    })
    const tip = world.user.git('rev-parse', branch)
    expect(await workspace.undo(tasks[0], undefined, [tasks[1]])).toMatchObject({
      ok: false,
      text: expect.stringMatching(/^Task 1 .* is not undone: the checks fail without these tasks\./),
    })
    expect(world.user.git('rev-parse', branch)).toBe(tip)
    expect(await workspace.previewUndo(tasks[1])).toMatchObject({ again: false })
  })

  it('offers no other tasks where it does not come out with them either', async () => {
    const { world, workspace, tasks, branch } = await fourLanded({ merge: { into: 'dev' } })
    // A commit of the user's on a branch that is theirs as well.
    const folder = join(world.dir, 'own')
    world.user.git('worktree', 'add', '-q', folder, branch)
    const own = playIn(folder)
    own.write('lines.txt', text({ 0: 'mine', 7: 'three' }))
    own.git('commit', '-q', '-a', '-m', 'mine')
    world.user.git('worktree', 'remove', folder)
    expect(await conflictOf(workspace, tasks[0])).toMatchObject({ also: [] })
  })

  it('is done when a task that takes it out has landed, which then is not undone itself', async () => {
    const { world, workspace, tasks, branch } = await fourLanded()
    const [one] = tasks
    const undoes = { taskId: one.id, again: false, by: { surface: 'telegram' as const, id: '1', name: 'Anna' } }
    one.markedAt = 1
    world.noted.length = 0
    const solver = await landed(world, workspace, 5, 'lines.txt', text({ 0: 'only two', 7: 'three' }), { undoes })
    expect(world.noted).toEqual(['open 1'])
    expect(await workspace.previewUndo(one)).toMatchObject({ again: true })
    expect(await workspace.previewUndo(solver)).toMatch(
      /It took task 1: Task 1 out\. Undo task 1 instead, which brings it back\./,
    )
    expect(await workspace.undo(solver)).toMatchObject({ ok: false })
    one.phase = 'undone'
    expect(await workspace.undo(one)).toMatchObject({ ok: true, again: true })
    expect(contentOf(world, branch, 'lines.txt')).toBe(text({ 0: 'two', 7: 'three' }))
  })

  it('is not taken for done where nothing was changed', async () => {
    const { world, workspace, tasks } = await fourLanded()
    const solver = addTask(world, 5)
    solver.undoes = { taskId: tasks[0].id, again: false, by: { surface: 'telegram', id: '1', name: 'Anna' } }
    await attempt(world, workspace, solver, () => undefined)
    expect(await workspace.land(solver, new AbortController().signal)).toMatchObject({
      kind: 'returned',
      words: expect.stringMatching(/^Nothing was changed/),
    })
  })

  it('is followed by the user’s own branch where that follows each landing', async () => {
    const { world, workspace, tasks } = await fourLanded({ merge: { into: 'current' } })
    expect(world.user.read('four.txt').toString()).toBe('4\n')
    expect(await workspace.undo(tasks[3])).toMatchObject({ ok: true })
    expect(() => world.user.read('four.txt')).toThrow()
    world.user.write('lines.txt', 'mine\n')
    expect(await workspace.undo(tasks[2])).toMatchObject({
      ok: true,
      text: expect.stringMatching(/Your branch did not follow: .*lines\.txt/),
    })
    expect(world.user.read('lines.txt').toString()).toBe('mine\n')
  })
})
