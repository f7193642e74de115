import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Task } from '../../src/core/types.ts'
import { locate } from '../../src/git/repository.ts'
import { withRepositoryLock } from '../../src/git/worktree/repository-lock.ts'
import { movedRefs } from '../../src/workspace/evidence/moved-refs.ts'
import { refuseFullDisk, refuseLittleRoom } from '../../src/workspace/worktree/refusals.ts'
import { addTask, attempt, complete, workspaceContract } from '../contracts/workspace.ts'
import { newRepository, playIn, temporaryFolder, workingTree } from '../git/support/playground.ts'
import { worktreeWorld } from './world.ts'

workspaceContract('worktree', async () => worktreeWorld())

const never = new AbortController().signal
const whole = async (folder: string) => {
  const located = await locate(folder)
  if ('reason' in located) throw new Error(located.reason)
  return located.repository
}

describe('worktrees', () => {
  it("leave every byte of the user's tree as it is, while tasks are worked on side by side", async () => {
    const world = worktreeWorld()
    world.user.write('untracked.txt', 'mine\n')
    const before = workingTree(world.user.root)
    const workspace = world.open()
    const [one, two] = [addTask(world, 1), addTask(world, 2)]
    const places = await Promise.all([workspace.open(one, 1), workspace.open(two, 2)])
    expect(places[0].folder).not.toBe(places[1].folder)
    expect(places.map(({ env }) => env.BATON_LANE)).toEqual(['1', '2'])
    expect(Number(places[1].env.BATON_PORT) - Number(places[0].env.BATON_PORT)).toBe(10)
    await attempt(world, workspace, one, (at) => at.write('one.txt', '1\n'))
    await attempt(world, workspace, two, (at) => at.write('two.txt', '2\n'))
    expect(await Promise.all([complete(workspace, one), complete(workspace, two)])).toMatchObject([
      { kind: 'landed' },
      { kind: 'landed' },
    ])
    const branch = workspace.integrationBranch(one.runId)
    expect(world.user.git('ls-tree', '--name-only', branch).split('\n')).toEqual([
      'README.md',
      'one.txt',
      'two.txt',
      '',
    ])
    expect(workingTree(world.user.root)).toEqual(before)
  })

  it('blame no task for what a neighbour or the user does to the repository', async () => {
    const world = worktreeWorld()
    const workspace = world.open()
    const [one, two] = [addTask(world, 1), addTask(world, 2)]
    await workspace.open(two, 2)
    const { proof } = await attempt(world, workspace, one, async (at) => {
      at.write('one.txt', '1\n')
      world.user.git('branch', 'feature')
      world.user.write('README.md', 'changed\n')
      world.user.git('stash')
      await attempt(world, workspace, two, (other) => other.write('two.txt', '2\n'))
      await workspace.land(two, never)
    })
    expect(proof.gitWrites).toBeUndefined()
    expect(proof.files?.map(({ path }) => path)).toEqual(['one.txt'])
  })

  it('that vanish before the work lands, or is given up, cost nothing that a checkpoint has', async () => {
    const world = worktreeWorld()
    const workspace = world.open()
    const [one, two] = [addTask(world, 1), addTask(world, 2)]
    for (const task of [one, two]) {
      const { folder } = await attempt(world, workspace, task, (at) => at.write(`${task.number}.txt`, 'work\n'))
      rmSync(folder, { recursive: true })
    }
    const landing = await complete(workspace, one)
    expect(landing).toMatchObject({ kind: 'landed', commit: expect.any(String) })
    expect(world.user.git('show', `${workspace.integrationBranch(one.runId)}:1.txt`)).toBe('work\n')
    await workspace.discard(two)
    expect(world.user.git('show', 'baton/2026-11-21-204000-ab3d/2-task-2:2.txt')).toBe('work\n')
  })

  it('that a kill left half full are filled again, and what is given up twice stays on its branch', async () => {
    const world = worktreeWorld()
    const task = addTask(world, 1)
    const { folder } = await attempt(world, world.open(), task, (at) => at.write('one.txt', 'work\n'))
    rmSync(folder, { recursive: true })
    // A life that is killed when all but the work is in it again.
    const killed = world.open()
    const { set } = world.meta
    let times = 0
    world.meta.set = (key, value) => {
      if (key.startsWith('worktree:') && ++times === 2) throw new Error('killed')
      set(key, value)
    }
    await expect(killed.open(task, 1)).rejects.toThrow('killed')
    world.meta.set = set
    rmSync(join(folder, 'one.txt'))
    const workspace = world.open()
    await workspace.recover()
    expect(readFileSync(join((await workspace.open(task, 1)).folder, 'one.txt'), 'utf8')).toBe('work\n')
    playIn(folder).write('late.txt', 'late\n')
    for (const life of [workspace, world.open()]) await life.discard(task)
    const branch = 'baton/2026-11-21-204000-ab3d/1-task-1'
    expect(world.user.git('ls-tree', '--name-only', branch).split('\n')).toEqual(
      expect.arrayContaining(['late.txt', 'one.txt']),
    )
  })

  it('say which branches and tags were deleted or led elsewhere meanwhile, and whether the task could have done it', async () => {
    const world = worktreeWorld({ project: { guard: 'ask' } })
    for (const name of ['tag', 'branch']) world.user.git(name, 'mine')
    world.user.git('tag', 'v1')
    world.user.git('branch', 'ahead')
    const workspace = world.open()
    const meanwhile = async (task: Task) => {
      const { proof } = await attempt(world, workspace, task, (at) => {
        at.write(`${task.number}.txt`, 'x')
        const commit = at.git('commit-tree', 'HEAD^{tree}', '-m', 'aside').trim()
        const onTop = at.git('commit-tree', 'HEAD^{tree}', '-p', 'main', '-m', 'on top').trim()
        at.git('tag', '-d', 'mine')
        at.git('tag', '-f', 'v1', commit)
        at.git('update-ref', 'refs/heads/mine', commit)
        // The user commits.
        at.git('update-ref', 'refs/heads/ahead', onTop)
        at.git('branch', `new-${task.number}`)
      })
      return proof.findings?.filter(({ kind }) => kind === 'refs-moved')
    }
    const found = await meanwhile(addTask(world, 1))
    expect(found).toMatchObject([{ weight: 'tell' }])
    expect(found?.[0]?.text).toMatch(
      /branch mine went from \w{12} to \w{12}.*tag mine is gone \(it was at \w{12}\).*tag v1 went/,
    )
    expect(found?.[0]?.text).not.toMatch(/ahead|new-1|baton/)
    expect(
      await movedRefs(
        world.user.root,
        { 'refs/tags/gone': 'a'.repeat(40) },
        { own: () => false, commands: ['cd x && git tag -d gone'] },
      ),
    ).toMatchObject([{ weight: 'ask' }])
  })

  it('say which tags were moved also when Baton was started again meanwhile', async () => {
    const world = worktreeWorld({ project: { guard: 'ask' } })
    world.user.git('tag', 'mine')
    const task = addTask(world, 1)
    const first = world.open()
    let second: typeof first | undefined
    const restarted: typeof first = {
      ...first,
      after: (...given) => {
        second = world.open()
        return second.after(...given)
      },
    }
    const { proof } = await attempt(world, restarted, task, (at) => void at.git('tag', '-d', 'mine'))
    expect(second).toBeDefined()
    expect(proof.findings?.filter(({ kind }) => kind === 'refs-moved')).toMatchObject([
      { text: expect.stringContaining('tag mine is gone') },
    ])
  })

  it('land what the receipt shows, wherever somebody else has moved the branch of the task', async () => {
    const world = worktreeWorld()
    const workspace = world.open()
    const task = addTask(world, 1)
    const { folder } = await attempt(world, workspace, task, (at) => at.write('one.txt', '1\n'))
    const at = playIn(folder)
    const branch = at.git('symbolic-ref', 'HEAD').trim()
    at.write('stray.txt', 'never checked\n')
    at.git('add', '-A')
    at.git('commit', '-qm', 'stray')
    const stray = at.git('rev-parse', 'HEAD').trim()
    at.git('reset', '-q', '--hard', 'HEAD^')
    at.write('one.txt', '1\n')
    world.user.git('update-ref', branch, stray)
    expect(await complete(workspace, task)).toMatchObject({ kind: 'landed' })
    const merged = workspace.integrationBranch(task.runId)
    expect(world.user.git('ls-tree', '--name-only', merged).trim().split('\n')).toEqual(['README.md', 'one.txt'])
  })

  it('are never led to another repository by their .git file', async () => {
    const world = worktreeWorld()
    const workspace = world.open()
    const task = addTask(world, 1)
    const elsewhere = newRepository()
    const { proof, folder } = await attempt(world, workspace, task, (at) => {
      at.write('one.txt', 'work\n')
      rmSync(join(at.root, '.git'))
      at.write('.git', `gitdir: ${elsewhere.root}/.git\n`)
    })
    expect(proof.findings).toMatchObject([{ kind: 'git-settings', weight: 'ask' }])
    expect(proof.files?.map(({ path }) => path)).toEqual(['one.txt'])
    // Left behind by a process that nobody saw.
    rmSync(join(folder, '.git'))
    writeFileSync(join(folder, '.git'), `gitdir: ${elsewhere.root}/.git\n`)
    expect(await locate(folder)).toEqual({ reason: expect.stringMatching(/does not lead to its repository/) })
    expect(await complete(world.open(), task)).toMatchObject({ kind: 'landed' })
    expect(world.user.git('show', `${workspace.integrationBranch(task.runId)}:one.txt`)).toBe('work\n')
    expect(elsewhere.git('log', '--all', '--format=%s').trim()).toBe('first')
    expect(elsewhere.git('for-each-ref', 'refs/baton')).toBe('')
  })

  it('are used again, with their ignored caches and nothing else of the task before', async () => {
    const world = worktreeWorld()
    world.user.write('.gitignore', 'cache/\n')
    world.user.git('add', '-A')
    world.user.git('commit', '-q', '-m', 'ignore')
    const workspace = world.open()
    const one = addTask(world, 1)
    const { folder } = await attempt(world, workspace, one, (at) => {
      at.write('cache/big', 'warm')
      at.write('one.txt', '1\n')
    })
    playIn(folder).write('left-over.txt', 'after the checkpoint')
    await workspace.discard(one)
    const next = await workspace.open(addTask(world, 2), 1)
    expect(next.folder).toBe(folder)
    expect([...workingTree(folder).keys()]).toEqual(['.gitignore', 'README.md', 'cache/big'])
  })

  it('keep some free ones for the next tasks, and remove the others', async () => {
    const world = worktreeWorld({ options: { keep: 1 } })
    const workspace = world.open()
    const tasks = [addTask(world, 1), addTask(world, 2)]
    for (const task of tasks) await workspace.open(task, 1)
    for (const task of tasks) await workspace.discard(task)
    expect(await workspace.list()).toHaveLength(1)
    expect(await workspace.clean()).toHaveLength(1)
    expect(await workspace.list()).toEqual([])
    expect(world.user.git('worktree', 'list').trim().split('\n')).toHaveLength(1)
  })

  it('keep as many as are in use while tasks follow each other, and never hand out one that is being removed', async () => {
    const world = worktreeWorld({ options: { keep: 1 } })
    const workspace = world.open()
    const tasks = Array.from({ length: 6 }, (_, index) => addTask(world, index + 1))
    const [one, two, three, four, five, six] = tasks as [Task, Task, Task, Task, Task, Task]
    for (const task of [one, two, three, four]) await workspace.open(task, 1)
    await workspace.discard(one)
    await workspace.discard(two)
    expect(await workspace.list()).toHaveLength(4)
    // One too many is being removed while two others begin.
    const given = [workspace.discard(three), workspace.discard(four)]
    const places = await Promise.all([workspace.open(five, 1), workspace.open(six, 2)])
    await Promise.all(given)
    for (const { folder } of places) expect(existsSync(join(folder, 'README.md'))).toBe(true)
    expect(new Set(places.map(({ folder }) => folder)).size).toBe(2)
    expect((await workspace.list()).flatMap(({ task }) => task ?? []).sort()).toEqual([five.id, six.id].sort())
  })

  it('get copies of what .worktreeinclude and worktree.copy name, never links', async () => {
    const world = worktreeWorld({ options: { copy: ['local.json'] } })
    world.user.write('.gitignore', '.env*\nlocal.json\nsecret.key\n')
    world.user.write('.worktreeinclude', '.env*\n!.env.test\nREADME.md\nnotes.txt\n')
    world.user.git('add', '-A')
    world.user.git('commit', '-q', '-m', 'include')
    for (const name of ['.env', '.env.test', 'local.json', 'secret.key', 'notes.txt']) world.user.write(name, name)
    const { folder } = await world.open().open(addTask(world, 1), 1)
    // Not ignored (notes.txt), excepted (.env.test), or not named (secret.key).
    expect([...workingTree(folder).keys()].sort()).toEqual([
      '.env',
      '.gitignore',
      '.worktreeinclude',
      'README.md',
      'local.json',
    ])
    writeFileSync(join(folder, '.env'), 'changed by the lane')
    expect(world.user.read('.env').toString()).toBe('.env')
  })

  it('are set up once, and again when a lock file changed; a failed set-up fails that task alone', async () => {
    const log = join(temporaryFolder(), 'log')
    const world = worktreeWorld({ options: { setup: [`echo x >> ${log}`, 'test ! -e broken'], keep: 3 } })
    world.user.write('package-lock.json', '1')
    world.user.git('add', '-A')
    world.user.git('commit', '-q', '-m', 'lock')
    const times = () => readFileSync(log, 'utf8').split('\n').length - 1
    const workspace = world.open()
    const use = async (number: number, change: (folder: string) => void) => {
      const task = addTask(world, number)
      await attempt(world, workspace, task, ({ root }) => change(root))
      expect(await complete(workspace, task)).toMatchObject({ kind: 'landed' })
    }
    await use(1, () => undefined)
    expect(times()).toBe(1)
    await use(2, (root) => writeFileSync(join(root, 'package-lock.json'), '2'))
    expect(times()).toBe(1)
    await use(3, (root) => writeFileSync(join(root, 'broken'), ''))
    expect(times()).toBe(2)
    // The same lock file: not set up again. A fresh worktree is, and fails.
    const held = addTask(world, 4)
    await workspace.open(held, 1)
    expect(times()).toBe(2)
    await expect(workspace.open(addTask(world, 5), 2)).rejects.toThrow(
      /set-up of the worktree failed: test ! -e broken\nIt printed nothing\.\nFix/,
    )
    expect(existsSync((await workspace.open(held, 1)).folder)).toBe(true)
  })

  it('are set up whole after a set-up that ended on the way, also for a task that needs what was there before', async () => {
    // As a package manager does it: the old packages go, then the new ones come.
    const install = 'rm -rf made; test "$(cat package-lock.json)" != fails || exit 1; cp package-lock.json made'
    const world = worktreeWorld({ options: { setup: [install], keep: 1 } })
    world.user.write('package-lock.json', 'one')
    world.user.write('.gitignore', 'made\n')
    world.user.git('add', '-A')
    world.user.git('commit', '-q', '-m', 'lock')
    const workspace = world.open()
    const made = (folder: string) => {
      const file = join(folder, 'made')
      return existsSync(file) ? readFileSync(file, 'utf8') : undefined
    }
    const [first, second] = [addTask(world, 1), Object.assign(addTask(world, 2), { runId: 'other' })]
    await workspace.open(first, 1)
    await workspace.discard(first)
    world.user.write('package-lock.json', 'fails')
    world.user.git('commit', '-aqm', 'fails')
    await expect(workspace.open(second, 1)).rejects.toThrow(/set-up of the worktree failed/)
    await workspace.discard(second)
    expect(await workspace.list()).toHaveLength(1)
    const third = addTask(world, 3)
    expect(made((await workspace.open(third, 1)).folder)).toBe('one')
  })

  it('come back with the work when their folder vanished', async () => {
    const world = worktreeWorld()
    const task = addTask(world, 1)
    const { folder } = await attempt(world, world.open(), task, (at) => {
      at.write('one.txt', '1\n')
      at.remove('README.md')
    })
    rmSync(folder, { recursive: true })
    const workspace = world.open()
    expect((await workspace.recover()).join()).toMatch(/is gone/)
    expect((await workspace.open(task, 1)).folder).toBe(folder)
    expect([...workingTree(folder)]).toEqual([['one.txt', '644 1\n']])
    expect(await complete(workspace, task)).toMatchObject({ kind: 'landed' })
  })

  it('are repaired where a killed git left half an entry, and those of the user are left alone', async () => {
    const world = worktreeWorld()
    const theirs = join(temporaryFolder(), 'theirs')
    world.user.git('worktree', 'add', '-q', '--lock', theirs)
    const entries = join(world.user.root, '.git/worktrees')
    rmSync(theirs, { recursive: true })
    mkdirSync(join(entries, 'baton-tree-1'))
    writeFileSync(join(entries, 'baton-tree-1/HEAD'), 'ref: refs/heads/x\n')
    mkdirSync(join(entries, 'somebody-just-now'))
    const workspace = world.open()
    expect(await workspace.recover()).toHaveLength(1)
    expect(existsSync(join(entries, 'baton-tree-1'))).toBe(false)
    expect(existsSync(join(entries, 'somebody-just-now'))).toBe(true)
    expect(existsSync(join(entries, 'theirs'))).toBe(true)
    await workspace.open(addTask(world, 1), 1)
  })

  it('never run a hook, a monitor or a program of the tree', async () => {
    const world = worktreeWorld()
    const ran = join(temporaryFolder(), 'ran')
    world.user.write('tool.sh', `#!/bin/sh\necho "$0" >> ${ran}\ncat\n`, 0o755)
    world.user.write('.gitattributes', '*.txt filter=own merge=own\n')
    for (const hook of ['post-checkout', 'pre-commit', 'reference-transaction', 'post-merge'])
      world.user.write(`hooks/${hook}`, `#!/bin/sh\necho ${hook} >> ${ran}\n`, 0o755)
    world.user.write('a.txt', 'a\nb\nc\n')
    world.user.git('add', '-A')
    world.user.git('commit', '-q', '-m', 'tools')
    world.user.git('config', 'core.hooksPath', 'hooks')
    world.user.git('config', 'core.fsmonitor', './tool.sh')
    for (const one of ['clean', 'smudge']) world.user.git('config', `filter.own.${one}`, './tool.sh')
    world.user.git('config', 'merge.own.driver', './tool.sh %A')
    const workspace = world.open()
    const [one, two] = [addTask(world, 1), addTask(world, 2)]
    await workspace.open(two, 2)
    await attempt(world, workspace, one, (at) => at.write('a.txt', 'one\nb\nc\n'))
    await attempt(world, workspace, two, (at) => at.write('a.txt', 'a\nb\ntwo\n'))
    await complete(workspace, one)
    await complete(workspace, two)
    await workspace.landRun(one.runId)
    expect(existsSync(ran) ? readFileSync(ran, 'utf8') : '').toBe('')
  })

  it('take one lock a repository in turn', async () => {
    const { root } = newRepository()
    const repository = await whole(root)
    const order: string[] = []
    const use = (name: string) =>
      withRepositoryLock(repository, async () => {
        order.push(`${name} in`)
        await new Promise((resolve) => setTimeout(resolve, 5))
        order.push(`${name} out`)
      })
    await Promise.all([use('a'), use('b')])
    expect(order).toEqual(['a in', 'a out', 'b in', 'b out'])
    expect(
      await withRepositoryLock(repository, async () => {
        throw new Error('no')
      }).catch(String),
    ).toBe('Error: no')
    await use('c')
  })
})

describe('a project that cannot have worktrees', () => {
  const refusal = async (change: (world: ReturnType<typeof worktreeWorld>) => void) => {
    const world = worktreeWorld()
    change(world)
    return world
      .open()
      .open(addTask(world, 1), 1)
      .then(() => 'none', String)
  }

  it('says why in one line, with what to do', async () => {
    expect(await refusal(({ user }) => rmSync(join(user.root, '.git'), { recursive: true }))).toMatch(
      /need a git repository.*git init/,
    )
    expect(await refusal(({ user }) => user.write('.git/shallow', `${user.git('rev-parse', 'HEAD')}`))).toMatch(
      /shallow.*--unshallow/,
    )
    expect(await refusal(({ user }) => user.write('README.md', 'changed\n'))).toMatch(
      /not committed \(README\.md\).*stash/,
    )
    expect(await refusal(({ user }) => user.git('branch', 'baton/2026-11-21-204000-ab3d/1-task-1'))).toMatch(
      /already exists/,
    )
    expect(
      await refusal(({ user }) => {
        user.write('.gitattributes', '*.bin filter=lfs diff=lfs merge=lfs -text\n')
        user.git('add', '-A')
        user.git('commit', '-q', '-m', 'lfs')
      }),
    ).toMatch(/LFS \(\.gitattributes\)/)
    expect(
      await refusal(({ user }) => {
        user.write('.gitattributes', '# *.bin filter=lfs is not used here\n*.txt text\n')
        user.write('assets/video/.gitattributes', '*.mp4 filter=lfs diff=lfs merge=lfs -text\n')
        user.git('add', '-A')
        user.git('commit', '-q', '-m', 'lfs below')
      }),
    ).toMatch(/LFS \(assets\/video\/\.gitattributes\)/)
    expect(
      await refusal(({ user }) => {
        user.git('update-index', '--add', '--cacheinfo', `160000,${user.git('rev-parse', 'HEAD').trim()},sub`)
        user.git('commit', '-q', '-m', 'sub')
      }),
    ).toMatch(/submodule \(sub\)/)
  })

  it('says so of one without a commit, and of a bare one', async () => {
    const empty = playIn(temporaryFolder())
    empty.git('init', '-q')
    const bare = playIn(temporaryFolder())
    bare.git('init', '-q', '--bare')
    const at = (path: string) => {
      const world = worktreeWorld({ project: { path } })
      return world
        .open()
        .open(addTask(world, 1), 1)
        .then(() => 'none', String)
    }
    expect(await at(empty.root)).toMatch(/no commit yet/)
    expect(await at(bare.root)).toMatch(/bare repository/)
  })

  it('has a branch in whose place those of the tasks would lie', async () => {
    expect(await refusal(({ user }) => user.git('branch', 'baton'))).toMatch(
      /a branch “baton”, and beside it git cannot have .*git branch -m baton NEW-NAME/,
    )
    const world = worktreeWorld()
    world.user.git('branch', 'feature')
    world.user.git('branch', 'fix/one')
    const open = (branch: string) => world.open().open(addTask(world, 1, { branch }), 1)
    await expect(open('feature/mine')).rejects.toThrow(/a branch “feature”/)
    await expect(open('fix')).rejects.toThrow(/a branch “fix\/one”/)
  })

  it('has no room for another one', async () => {
    const repository = await whole(newRepository().root)
    const room = (freeBytes: number) => refuseFullDisk(repository, '/nowhere/at/all', 'HEAD', async () => freeBytes)
    await expect(room(100 * 1024 * 1024)).rejects.toThrow(/no room .* 201 MB are needed, 100 MB are free/)
    await expect(room(1024 ** 3)).resolves.toBeUndefined()
  })

  it('has no room to work in a worktree that is there already, which is looked at before every start', async () => {
    let freeBytes = 1024 ** 3
    const world = worktreeWorld({ freeBytes: async () => freeBytes })
    const workspace = world.open()
    const task = addTask(world, 1)
    const { folder } = await workspace.open(task, 1)
    freeBytes = 100 * 1024 * 1024
    const refused = await workspace.open(task, 1).then(
      () => undefined,
      (error) => error,
    )
    expect(refused).toMatchObject({
      concerns: 'run',
      message: expect.stringMatching(/no room .* 200 MB .* 100 MB are/),
    })
    await expect(workspace.open(addTask(world, 2), 2)).rejects.toThrow(/no room/)
    freeBytes = 1024 ** 3
    expect((await workspace.open(task, 1)).folder).toBe(folder)
  })

  it.runIf(existsSync('/proc/self'))('has room where the file system does not say how much', async () => {
    await expect(refuseLittleRoom('/proc/self', {})).resolves.toBeUndefined()
  })

  it('may have marks of Baton in its task files', async () => {
    expect(
      await refusal(({ user }) => {
        user.write('tasks.md', 'tasks\n')
        user.git('add', '-A')
        user.git('commit', '-q', '-m', 'tasks')
        user.write('tasks.md', 'tasks, done\n')
      }),
    ).toBe('none')
  })

  it('refuses a branch that is checked out elsewhere, and a name that is none', async () => {
    const world = worktreeWorld()
    world.user.git('worktree', 'add', '-q', '-b', 'taken', join(temporaryFolder(), 'there'))
    const open = (branch: string) =>
      world
        .open()
        .open(addTask(world, 1, { branch }), 1)
        .then(() => 'none', String)
    expect(await open('taken')).toMatch(/is checked out in .*there/)
    expect(await open('no..name')).toMatch(/is not a valid branch name/)
    expect(await open('feature/mine')).toBe('none')
  })
})
