import { execFileSync, spawnSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statfsSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { addTask, attempt, complete } from '../contracts/workspace.ts'
import { type Playground, playIn, temporaryFolder, workingTree } from '../git/support/playground.ts'
import { worktreeWorld } from './world.ts'

type World = ReturnType<typeof worktreeWorld>
const BRANCH = 'refs/heads/baton/2026-11-21-204000-ab3d/1-task-1'

/** Only an administrator may, and not in every container. */
function canMount(): boolean {
  if (process.getuid?.() !== 0) return false
  const folder = mkdtempSync(join(tmpdir(), 'baton-mount-'))
  const isMounted = spawnSync('mount', ['-t', 'tmpfs', 'tmpfs', folder]).status === 0
  if (isMounted) spawnSync('umount', ['-l', folder])
  rmSync(folder, { recursive: true, force: true })
  return isMounted
}

/** Leaves so many bytes free. */
function fillDisk(disk: string, left: number): void {
  const file = join(disk, 'filler')
  const { bavail, bsize } = statfsSync(disk)
  writeFileSync(file, Buffer.alloc(Math.max(0, bavail * bsize - left)))
}

const commitAll = (at: Playground) => {
  at.git('add', '-A')
  at.git('commit', '-q', '-m', 'more')
}

/** A world in which one task has worked and landed. */
async function landed(prepare: (user: Playground) => void, change: (at: Playground, world: World) => void) {
  const world = worktreeWorld()
  prepare(world.user)
  const workspace = world.open()
  const task = addTask(world, 1)
  await attempt(world, workspace, task, (at) => change(at, world))
  expect(await complete(workspace, task)).toMatchObject({ kind: 'landed' })
  return { world, land: () => workspace.landRun(task.runId) }
}

/** Two tasks that do not fit together, of which the second comes back to its session. */
async function returned(prepare: (user: Playground) => void, changes: ((at: Playground) => void)[]) {
  const world = worktreeWorld()
  prepare(world.user)
  commitAll(world.user)
  const workspace = world.open()
  const [one, two] = [addTask(world, 1), addTask(world, 2)]
  await workspace.open(two, 2)
  await attempt(world, workspace, one, changes[0] as (at: Playground) => void)
  expect(await complete(workspace, one)).toMatchObject({ kind: 'landed' })
  await attempt(world, workspace, two, changes[1] as (at: Playground) => void)
  const landing = await complete(workspace, two)
  if (landing.kind !== 'returned') throw new Error(`It was ${landing.kind}.`)
  const { folder } = await workspace.open(two, 2)
  const again = async (change: (at: Playground) => void) => {
    await attempt(world, workspace, two, change)
    return complete(workspace, two)
  }
  return { landing, at: playIn(folder), again }
}

describe('landing a run in a checkout', () => {
  it('never overwrites a file there that git ignores, and names it', async () => {
    const { world, land } = await landed(
      (user) => {
        user.write('.gitignore', 'keys.txt\n')
        commitAll(user)
      },
      (at) => {
        at.write('.gitignore', '')
        at.write('keys.txt', 'of the task\n')
      },
    )
    world.user.write('keys.txt', 'the only copy\n')
    expect(await land()).toEqual({ ok: false, text: expect.stringMatching(/would be overwritten.* keys\.txt\. Move/) })
    expect(world.user.read('keys.txt').toString()).toBe('the only copy\n')
    world.user.remove('keys.txt')
    expect(await land()).toMatchObject({ ok: true })
  })

  it('names the folder that stands in the way of a file, and the file that git was told not to look at', async () => {
    const folder = await landed(
      () => undefined,
      (at) => at.write('new', 'x'),
    )
    folder.world.user.write('new/mine', 'mine')
    expect((await folder.land()).text).toMatch(/untracked files in them: new\. Move/)
    const hidden = await landed(
      (user) => {
        user.write('settings', 'ours\n')
        commitAll(user)
        user.git('update-index', '--skip-worktree', 'settings')
        user.write('settings', 'mine\n')
      },
      (at) => at.write('settings', 'of the task\n'),
    )
    expect((await hidden.land()).text).toMatch(/would be overwritten by merge: settings\. Move/)
    expect(hidden.world.user.read('settings').toString()).toBe('mine\n')
  })
})

/** What lands in the tests below: of every kind that a checkout writes. */
const everything = (at: Playground) => {
  at.write('README.md', `${'changed\n'.repeat(2_000)}`)
  at.remove('gone')
  at.remove('was-file')
  at.write('was-file/inside', 'x\n')
  symlinkSync('README.md', join(at.root, 'link'))
  at.write('new/deep/file', 'y\n')
  for (let i = 0; i < 40; i++) at.write(`many/${i}`, 'z'.repeat(20_000))
}
const start = (user: Playground) => {
  user.write('gone', '1\n')
  user.write('was-file', '2\n')
  commitAll(user)
}

describe('a fast-forward of the checkout that does not come to its end', () => {
  it('is taken back at the next landing, which then comes to its end', async () => {
    const { world, land } = await landed(start, everything)
    const { user } = world
    const branch = 'baton/2026-11-21-204000-ab3d/merged'
    // As a kill leaves it: files, and neither index nor branch.
    user.git('--work-tree', user.root, 'restore', '--source', branch, '--', 'README.md', 'new', 'many')
    user.remove('gone')
    expect(user.git('status', '--porcelain')).toMatch(/ M README\.md\n D gone\n\?\? many/)
    expect(await land()).toMatchObject({ ok: true })
    expect(user.git('status', '--porcelain')).toBe('')
    expect(user.git('diff', '--stat', branch)).toBe('')
  })

  it('is left alone where a file of the user is among them', async () => {
    const { world, land } = await landed(start, everything)
    const { user } = world
    user.git('--work-tree', user.root, 'restore', '--source', 'baton/2026-11-21-204000-ab3d/merged', '--', 'new')
    user.write('README.md', 'mine\n')
    const before = workingTree(user.root)
    expect(await land()).toEqual({ ok: false, text: expect.stringMatching(/not committed in README\.md, new/) })
    expect(workingTree(user.root)).toEqual(before)
  })

  it.runIf(canMount())('leaves every file as it was where the disk is full, and lands when there is room', async () => {
    const disk = temporaryFolder()
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', disk])
    onTestFinished(() => void spawnSync('umount', ['-l', disk]))
    const user = playIn(join(disk, 'project'))
    mkdirSync(user.root)
    user.git('init', '-q', '-b', 'main')
    user.write('README.md', 'hello\n')
    start(user)
    const world = worktreeWorld({ project: { path: user.root, mark: false }, freeBytes: async () => 10 ** 12 })
    const workspace = world.open()
    const task = addTask(world, 1)
    await attempt(world, workspace, task, everything)
    expect(await complete(workspace, task)).toMatchObject({ kind: 'landed' })
    const before = workingTree(user.root)
    for (const left of [0, 8_192, 400_000]) {
      fillDisk(disk, left)
      expect(await workspace.landRun(task.runId)).toEqual({ ok: false, text: expect.stringContaining('land again') })
      rmSync(join(disk, 'filler'))
      expect(workingTree(user.root)).toEqual(before)
      expect(user.git('status', '--porcelain')).toBe('')
    }
    expect(await workspace.landRun(task.runId)).toMatchObject({ ok: true })
    expect(user.git('status', '--porcelain')).toBe('')
  })
})

describe('a branch that git cannot move', () => {
  const lock = 'baton/2026-11-21-204000-ab3d/merged.lock'

  it('keeps work waiting with the reason, and it lands when that is mended', async () => {
    const world = worktreeWorld()
    const workspace = world.open()
    const task = addTask(world, 1)
    await attempt(world, workspace, task, (at) => at.write('one.txt', 'work\n'))
    // As a killed git leaves it.
    world.user.write(`.git/refs/heads/${lock}`, '')
    expect(await complete(workspace, task)).toMatchObject({ kind: 'blocked', words: expect.stringContaining(lock) })
    world.user.remove(`.git/refs/heads/${lock}`)
    expect(await complete(world.open(), task)).toMatchObject({ kind: 'landed' })
  })

  it('keeps an undo from being done, with the reason', async () => {
    const world = worktreeWorld()
    const workspace = world.open()
    const task = addTask(world, 1)
    await attempt(world, workspace, task, (at) => at.write('one.txt', 'work\n'))
    await complete(workspace, task)
    world.user.write(`.git/refs/heads/${lock}`, '')
    expect(await workspace.undo(task)).toMatchObject({ ok: false, text: expect.stringContaining(lock) })
    world.user.remove(`.git/refs/heads/${lock}`)
    expect(await workspace.undo(task)).toMatchObject({ ok: true })
  })

  it('is named where a run starts on it, and where it is to take up commits of the user', async () => {
    const fresh = worktreeWorld()
    fresh.user.write(`.git/refs/heads/${lock}`, '')
    await expect(fresh.open().open(addTask(fresh, 1), 1)).rejects.toThrow(/did not make the branch .*merged\.lock/)
    const { world, land } = await landed(
      () => undefined,
      (at) => at.write('one.txt', 'work\n'),
    )
    world.user.write('theirs.txt', 'x\n')
    commitAll(world.user)
    world.user.write(`.git/refs/heads/${lock}`, '')
    expect(await land()).toEqual({ ok: false, text: expect.stringMatching(/did not move .*merged\.lock.*land again/s) })
    world.user.remove(`.git/refs/heads/${lock}`)
    expect(await land()).toMatchObject({ ok: true })
  })
})

describe('locks that a killed git has left', () => {
  it('in a worktree of Baton’s go with the next use of it', async () => {
    const world = worktreeWorld()
    const workspace = world.open()
    const task = addTask(world, 1)
    const { folder } = await attempt(world, workspace, task, (at) => at.write('one.txt', 'work\n'))
    for (const name of ['HEAD.lock', 'index.lock'])
      writeFileSync(playIn(folder).git('rev-parse', '--path-format=absolute', '--git-path', name).trim(), '')
    expect(await complete(workspace, task)).toMatchObject({ kind: 'landed' })
    expect((await workspace.open(addTask(world, 2), 1)).folder).toBe(folder)
  })

  it('on the branch that was to be moved go at the next start', async () => {
    const world = worktreeWorld()
    const task = addTask(world, 1)
    await attempt(world, world.open(), task, (at) => at.write('one.txt', 'work\n'))
    const branch = 'baton/2026-11-21-204000-ab3d/merged'
    const [from] = world.user.git('rev-parse', branch).trim().split('\n')
    // As a kill leaves both: the step that was to be taken, and the lock.
    world.meta.set('landing:main', { [branch]: { from, to: '1'.repeat(40), facts: {} } })
    world.user.write(`.git/refs/heads/${branch}.lock`, '')
    utimesSync(join(world.user.root, `.git/refs/heads/${branch}.lock`), 1, 1)
    const next = world.open()
    await next.recover()
    expect(await complete(next, task)).toMatchObject({ kind: 'landed' })
  })
})

describe('a file that a sparse checkout leaves out', () => {
  it('and that a task writes anew does not land, and is named with what to do', async () => {
    const world = worktreeWorld()
    const { user } = world
    for (const path of ['in/f', 'out/f']) user.write(path, '1\n')
    commitAll(user)
    user.git('sparse-checkout', 'set', 'in')
    const workspace = world.open()
    const [one, two] = [addTask(world, 1), addTask(world, 2)]
    await attempt(world, workspace, one, (at) => at.write('in/f', '2\n'))
    expect(await complete(workspace, one)).toMatchObject({ kind: 'landed' })
    expect(user.git('ls-tree', '-r', '--name-only', workspace.integrationBranch(one.runId))).toContain('out/f')
    await attempt(world, workspace, two, (at) => at.write('out/f', '2\n'))
    expect(await complete(workspace, two)).toMatchObject({
      kind: 'blocked',
      words: expect.stringMatching(/out\/f is in the commit .*git sparse-checkout add/),
    })
  })
})

describe('a worktree that could not be given back when its task landed', () => {
  it('is given back at the next start', async () => {
    const world = worktreeWorld()
    const workspace = world.open()
    const task = addTask(world, 1)
    const { folder } = await attempt(world, workspace, task, (at) => at.write('one.txt', 'work\n'))
    expect(await workspace.land(task, new AbortController().signal)).toMatchObject({ kind: 'landed' })
    const index = playIn(folder).git('rev-parse', '--path-format=absolute', '--git-path', 'index').trim()
    rmSync(index)
    mkdirSync(index)
    await expect(workspace.finish(task, async () => false)).rejects.toThrow('index')
    expect(await workspace.list()).toMatchObject([{ task: 'task1' }])
    rmSync(index, { recursive: true })
    const next = world.open()
    await next.recover()
    expect((await next.list())[0]).not.toHaveProperty('task')
  })
})

describe('work that comes back in conflict', () => {
  it.each([':(top)x', '*', '-dash', 'caf\xe9', 'new\nline'])('shows the lines of a file called %j', async (name) => {
    const { landing } = await returned(
      (user) => user.write(name, 'a\nb\n'),
      [(at) => at.write(name, 'one\nb\n'), (at) => at.write(name, 'two\nb\n')],
    )
    expect(landing.hunks).toMatch(/one\n=======\ntwo/)
  })

  it('is put together where git is to merge signed commits only', async () => {
    const { at } = await returned(
      (user) => {
        user.git('config', 'merge.verifySignatures', 'true')
        user.write('a', 'a\n')
      },
      [(one) => one.write('a', 'one\n'), (two) => two.write('a', 'two\n')],
    )
    expect(at.read('a').toString()).toMatch(/<<<<<<<.*one.*two/s)
  })

  it.each([
    ['folder', 'its file', (at: Playground) => at.write('f/g', 'x\n'), (at: Playground) => at.write('f', 'y\n')],
    ['file', 'its folder', (at: Playground) => at.write('f', 'y\n'), (at: Playground) => at.write('f/g', 'x\n')],
  ])('does not land under a name of git’s own where a %s is in the place of %s', async (_, __, theirs, own) => {
    const { landing, at, again } = await returned((user) => user.write('other', '1\n'), [theirs, own])
    const aside = readdirSync(at.root).find((name) => name.startsWith('f~')) as string
    expect(landing.words).toContain(`- ${aside}\n`)
    expect(landing.words).toMatch(/Landed meanwhile:\ntask 1/)
    expect(await again(() => undefined)).toMatchObject({ kind: 'returned', words: expect.stringContaining(aside) })
    expect(await again((place) => place.remove(aside))).toMatchObject({ kind: 'landed' })
  })
})

describe('a branch of a task that somebody deletes', () => {
  it('takes nothing along, whether the task changed something or not', async () => {
    for (const content of ['work\n', undefined]) {
      const { world } = await landed(
        () => undefined,
        (at, { user }) => {
          if (content !== undefined) at.write('one.txt', content)
          user.git('update-ref', '-d', BRANCH)
        },
      )
      // Its worktree is free again.
      expect(await world.open().list()).toMatchObject([{ isForChecks: false }])
      expect((await world.open().list())[0]).not.toHaveProperty('task')
    }
  })
})

describe('a worktree that its repository does not know any more', () => {
  it('is made again, and what lay in it is kept and named', async () => {
    const world = worktreeWorld()
    const task = addTask(world, 1)
    const { folder } = await world.open().open(task, 1)
    writeFileSync(join(folder, 'unfinished.txt'), 'the only copy\n')
    rmSync(join(world.user.root, '.git/worktrees'), { recursive: true })
    const workspace = world.open()
    await workspace.recover()
    const { proof } = await attempt(world, workspace, task, (at) => at.write('one.txt', 'work\n'))
    const kept = proof.findings?.flatMap(({ text }) => /is kept in (\S+)\.$/.exec(text)?.[1] ?? [])[0] as string
    expect(readFileSync(join(kept, 'unfinished.txt'), 'utf8')).toBe('the only copy\n')
    expect(dirname(kept)).toBe(realpathSync(world.dir))
    expect(await complete(workspace, task)).toMatchObject({ kind: 'landed' })
    // Said once.
    expect((await attempt(world, workspace, addTask(world, 2), () => undefined)).proof.findings).toBeUndefined()
  })

  it('is made again where a file is in the place of its folder', async () => {
    const world = worktreeWorld()
    const task = addTask(world, 1)
    const { folder } = await world.open().open(task, 1)
    rmSync(folder, { recursive: true })
    writeFileSync(folder, 'x')
    expect(readdirSync((await world.open().open(task, 1)).folder)).toContain('README.md')
  })
})

describe('a repository that git cannot work in', () => {
  const refusal = async (prepare: (user: Playground) => void) => {
    const world = worktreeWorld()
    prepare(world.user)
    return world
      .open()
      .open(addTask(world, 1), 1)
      .then(() => 'none', String)
  }

  it('is not to be made anew: what is wrong with it is said', async () => {
    const said = [
      await refusal(({ root }) => rmSync(root, { recursive: true })),
      await refusal((user) => user.write('.git/config', '[core\nbad')),
      await refusal((user) => {
        const tree = user.git('rev-parse', 'HEAD^{tree}').trim()
        user.remove(`.git/objects/${tree.slice(0, 2)}/${tree.slice(2)}`)
      }),
    ]
    expect(said).toEqual([
      expect.stringMatching(/The folder \S+ does not exist\. Retry/),
      expect.stringMatching(/bad config line 1 .*\. Retry/),
      expect.stringMatching(/cannot read the commit \w{12} of .*"git fsck"/),
    ])
    for (const one of said) expect(one).not.toContain('git init')
  })

  it.runIf(process.getuid?.() === 0)('names the folder that git does not trust', async () => {
    const { chownSync } = await import('node:fs')
    expect(
      await refusal(({ root }) => {
        for (const path of ['', '.git']) chownSync(join(root, path), 65_534, 65_534)
      }),
    ).toMatch(/belongs to another user.*--add safe\.directory \/\S+"/)
  })

  it('is known to keep files with git LFS wherever it says so', async () => {
    for (const name of ['caf\xe9', '"quoted"']) {
      const said = (attributes: string) =>
        refusal((user) => {
          user.write(`${name}/.gitattributes`, attributes)
          commitAll(user)
        })
      expect(await said('* text\n')).toBe('none')
      expect(await said('*.bin filter=lfs\n')).toMatch(/LFS \("/)
    }
  })
})

describe('files that worktrees get a copy of', () => {
  it('are copies also where a link leads out of the checkout', async () => {
    const elsewhere = temporaryFolder()
    writeFileSync(join(elsewhere, 'env'), 'KEY=1\n')
    mkdirSync(join(elsewhere, 'data'))
    writeFileSync(join(elsewhere, 'data/one'), '1')
    const world = worktreeWorld({ options: { copy: ['.env', 'data', 'near', 'above', 'lost'] } })
    world.user.write('.gitignore', '.env\ndata\nnear\nabove\nlost\n')
    commitAll(world.user)
    const links = { '.env': `../${basename(elsewhere)}/env`, data: join(elsewhere, 'data'), near: 'README.md' }
    for (const [name, target] of Object.entries({ ...links, above: '/', lost: '/nowhere/at/all' }))
      symlinkSync(target, join(world.user.root, name))
    const { folder } = await world.open().open(addTask(world, 1), 1)
    const at = playIn(folder)
    expect(['.env', 'data/one', 'near'].map((name) => at.read(name).toString())).toEqual(['KEY=1\n', '1', 'hello\n'])
    for (const name of ['.env', 'data/one', 'near']) at.write(name, 'changed')
    expect(readFileSync(join(elsewhere, 'env'), 'utf8')).toBe('KEY=1\n')
    expect(readFileSync(join(elsewhere, 'data/one'), 'utf8')).toBe('1')
    expect(world.user.read('README.md').toString()).toBe('hello\n')
  })
})
