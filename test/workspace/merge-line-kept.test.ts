import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createChecked } from '../../src/workspace/merge-line/checked.ts'
import { addTask, attempt, complete } from '../contracts/workspace.ts'
import { temporaryFolder } from '../git/support/playground.ts'
import { worktreeWorld } from './world.ts'

describe('what the merge line does', () => {
  it('gives red work back in a folder that holds both, with both intents and what failed', async () => {
    const world = worktreeWorld({ verify: ['test ! -e one.txt || test ! -e two.txt || { echo both; exit 1; }'] })
    const workspace = world.open()
    const [one, two] = [addTask(world, 1, { instruction: 'Say one.' }), addTask(world, 2, { instruction: 'Say two.' })]
    await attempt(world, workspace, one, (at) => at.write('one.txt', '1\n'))
    const { folder } = await attempt(world, workspace, two, (at) => at.write('two.txt', '2\n'))
    expect(await complete(workspace, one)).toMatchObject({ kind: 'landed' })
    const returned = await complete(workspace, two)
    expect(returned).toMatchObject({ kind: 'returned', why: 'red' })
    const words = returned.kind === 'returned' ? returned.words : ''
    for (const part of ['Say one.', 'Say two.', 'both']) expect(words).toContain(part)
    expect((await workspace.open(two, 1)).folder).toBe(folder)
    for (const name of ['one.txt', 'two.txt']) expect(existsSync(join(folder, name))).toBe(true)
  })

  it('checks all that is combined in one worktree, whose ignored caches stay', async () => {
    const log = join(temporaryFolder(), 'log')
    const world = worktreeWorld({
      verify: [`test "$BATON_LANE" != 0 || { echo "$PWD $(cat cache 2>/dev/null)" >> ${log}; echo warm > cache; }`],
    })
    world.user.write('.gitignore', 'cache\n')
    world.user.git('add', '-A')
    world.user.git('commit', '-q', '-m', 'ignore')
    const workspace = world.open()
    const tasks = [1, 2, 3].map((number) => addTask(world, number))
    for (const task of tasks) await attempt(world, workspace, task, (at) => at.write(`${task.number}.txt`, 'x\n'))
    for (const task of tasks) expect(await complete(workspace, task)).toMatchObject({ kind: 'landed' })
    const lines = readFileSync(log, 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.trim().split(' '))
    expect(lines.length).toBeGreaterThan(1)
    expect(new Set(lines.map(([folder]) => folder)).size).toBe(1)
    expect(lines.map(([, cache]) => cache)).toEqual([undefined, ...lines.slice(1).map(() => 'warm')])
  })

  it('checks the commit of one run at a time, however many runs land at once', async () => {
    const heads = join(temporaryFolder(), 'heads')
    const world = worktreeWorld({ verify: [`git rev-parse HEAD >> ${heads}`] })
    const workspace = world.open()
    const tasks = [1, 2].map((number) => addTask(world, number))
    const never = new AbortController().signal
    for (const [index, task] of tasks.entries()) {
      task.runId = ['run-a', 'run-b'][index] as string
      await attempt(world, workspace, task, (at) => at.write(`${task.number}.txt`, 'x'))
    }
    await Promise.all(tasks.map((task) => workspace.land(task, never)))
    const tips = ['run-a', 'run-b'].map((run) => world.user.git('rev-parse', workspace.integrationBranch(run)).trim())
    const checked = readFileSync(heads, 'utf8').trim().split('\n')
    expect(checked).toHaveLength(new Set(checked).size)
    expect(checked).toEqual(expect.arrayContaining(tips))
  })

  it('keeps a result for this tree, this command and this environment', () => {
    const kept = new Map<string, unknown>()
    const meta = {
      get: <T>(key: string) => kept.get(key) as T | undefined,
      set: (key: string, value: unknown) => void kept.set(key, value),
    }
    const what = { tree: 't', command: 'c', environment: 'e' }
    createChecked(meta, 'checked').noteGood(what)
    const later = createChecked(meta, 'checked')
    expect(later.good(what)).toBe(true)
    for (const other of [{ tree: 'u' }, { command: 'd' }, { environment: 'f' }])
      expect(later.good({ ...what, ...other })).toBe(false)
  })

  it('checks again where what is copied into worktrees has changed', async () => {
    const world = worktreeWorld({ verify: ['true'], options: { copy: ['local.json'] } })
    world.user.write('.gitignore', 'local.json\n')
    world.user.git('add', '-A')
    world.user.git('commit', '-q', '-m', 'ignore')
    world.user.write('local.json', '1')
    const workspace = world.open()
    const work = { name: 'true', command: 'true', ok: true, durationMs: 1, output: '' }
    const land = async (number: number, change: () => void) => {
      const task = addTask(world, number)
      await attempt(world, workspace, task, (at) => at.write(`${number}.txt`, 'x\n'))
      task.proof = { ...task.proof, checks: [work] }
      change()
      expect(await complete(workspace, task)).toMatchObject({ kind: 'landed' })
    }
    await land(1, () => undefined)
    expect(world.ran).toEqual([])
    await land(2, () => world.user.write('local.json', '2'))
    expect(world.ran).toEqual(['true'])
  })
})
