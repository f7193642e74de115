import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { checkpoint } from '../../src/git/checkpoint/checkpoint.ts'
import {
  committed,
  makeOld,
  newRepository,
  playIn,
  temporaryFolder,
  userEnvironment,
  usersOwn,
  workingTree,
} from './support/playground.ts'
import { take } from './support/taking.ts'

test('A checkpoint holds changed, staged, deleted, new and linked files as they lie on disk, and no ignored ones', async () => {
  const play = newRepository()
  play.write('.gitignore', 'secret\nnode_modules/\n')
  play.write('gone', 'x')
  play.write('staged', 'one')
  play.git('add', '-A')
  play.git('commit', '-q', '-m', 'second')
  play.write('staged', 'two')
  play.git('add', 'staged')
  play.write('staged', 'three')
  play.remove('gone')
  play.write('new/file', 'n')
  play.write('run.sh', '#!/bin/sh\n', 0o755)
  play.write('secret', 's')
  play.write('node_modules/x/index.js', 'x')
  symlinkSync('/nowhere', join(play.root, 'link'))
  const { commit, notes } = await take(play, 'one')
  expect(Object.fromEntries(committed(play, commit))).toEqual({
    '.gitignore': '644 secret\nnode_modules/\n',
    'README.md': '644 hello\n',
    staged: '644 three',
    'new/file': '644 n',
    'run.sh': '755 #!/bin/sh\n',
    link: '000 /nowhere',
  })
  expect(notes).toEqual([])
})

test('Taking a checkpoint leaves branch, index, stash, reflogs, configuration and hooks as they were, and runs no hook', async () => {
  const play = newRepository()
  play.write('README.md', 'stashed\n')
  play.git('stash')
  play.write('README.md', 'staged\n')
  play.git('add', '-A')
  play.write('README.md', 'unstaged\n')
  const witness = join(play.root, '.git', 'hook-ran')
  for (const hook of [
    'reference-transaction',
    'post-index-change',
    'pre-commit',
    'post-commit',
    'fsmonitor-watchman',
  ]) {
    play.write(`.git/hooks/${hook}`, `#!/bin/sh\necho ${hook} >> '${witness}'\n`, 0o755)
  }
  writeFileSync(witness, '')
  play.git('config', 'core.fsmonitor', '.git/hooks/fsmonitor-watchman')
  play.git('config', 'commit.gpgsign', 'true')
  play.git('config', 'core.logAllRefUpdates', 'always')
  const own = usersOwn(play)
  writeFileSync(witness, '')
  await take(play, 'one')
  await take(play, 'two')
  expect(readFileSync(witness, 'utf8')).toBe('')
  expect(usersOwn(play)).toEqual(own)
})

test('A second checkpoint sees a change that came in the same second and left the length as it was', async () => {
  const play = newRepository()
  play.write('a', 'one')
  play.git('add', '-A')
  play.write('a', 'two')
  // Git's times have seconds: what counts is that our copy of the index must not look younger than the user's.
  await new Promise((resolve) => setTimeout(resolve, 1100 - (Date.now() % 1000)))
  expect(committed(play, (await take(play, 'one')).commit).get('a')).toBe('644 two')
  play.write('a', 'six')
  expect(committed(play, (await take(play, 'two')).commit).get('a')).toBe('644 six')
})

test('Bytes on disk are recorded where git would convert them: line endings, filters, $Id$, encodings', async () => {
  const play = newRepository()
  play.git('config', 'filter.up.clean', 'tr a-z A-Z')
  play.git('config', 'filter.up.smudge', 'tr A-Z a-z')
  play.write('.gitattributes', '* text=auto\n*.up filter=up\n*.id ident\n*.u16 working-tree-encoding=UTF-16LE\n')
  const contents = {
    'a.txt': 'one\r\ntwo\r\n',
    'b.up': 'loud',
    'c.id': '$Id: mine $',
    'd.u16': 'h\0i\0',
    'e.txt': 'plain\n',
  }
  for (const [path, content] of Object.entries(contents)) play.write(path, content)
  makeOld(play.root)
  play.git('add', '-A')
  play.git('commit', '-q', '-m', 'converted')
  expect(committed(play, 'HEAD').get('a.txt')).toBe('644 one\ntwo\n')
  const recorded = committed(play, (await take(play, 'one')).commit)
  for (const [path, content] of Object.entries(contents)) expect(recorded.get(path)).toBe(`644 ${content}`)
})

test('Files that git was told not to look at are looked at', async () => {
  const play = newRepository()
  for (const name of ['assumed', 'skipped']) play.write(name, 'one')
  makeOld(play.root)
  play.git('add', '-A')
  play.git('commit', '-q', '-m', 'second')
  play.git('update-index', '--assume-unchanged', 'assumed')
  play.git('update-index', '--skip-worktree', 'skipped')
  for (const name of ['assumed', 'skipped']) play.write(name, 'mine')
  const recorded = committed(play, (await take(play, 'one')).commit)
  expect([recorded.get('assumed'), recorded.get('skipped')]).toEqual(['644 mine', '644 mine'])
})

test('A file that was added by force stays recorded, though it is ignored', async () => {
  const play = newRepository()
  play.write('.gitignore', 'forced\n')
  play.write('forced', 'one')
  await take(play, 'none')
  play.git('add', '-f', 'forced')
  play.write('forced', 'two')
  expect(committed(play, (await take(play, 'one')).commit).get('forced')).toBe('644 two')
})

test('What became ignored is recorded as long as the checkpoint before had it, and no longer', async () => {
  const play = newRepository()
  play.write('later-ignored', 'one')
  const before = await take(play, 'one')
  play.write('.gitignore', 'later-ignored\n')
  await take(play, 'between')
  const after = await take(play, 'two', { since: before.commit })
  const next = await take(play, 'three')
  expect(committed(play, after.commit).has('later-ignored')).toBe(true)
  expect(committed(play, next.commit).has('later-ignored')).toBe(false)
})

test('Folders that are not the project’s are left out, tracked or not', async () => {
  const play = newRepository()
  play.write('logs/.gitkeep', '')
  play.git('add', '-A')
  play.write('logs/run/1.log', 'l')
  play.write('logs-of-mine', 'm')
  const link = join(temporaryFolder(), 'link')
  symlinkSync(play.root, link)
  const recorded = committed(
    play,
    (await take(play, 'one', { exclude: [join(link, 'logs'), join(link, 'none', 'yet')] })).commit,
  )
  expect([...recorded.keys()]).toEqual(['README.md', 'logs-of-mine'])
})

test('Where there is nothing to record, the reason is said', async () => {
  const folder = temporaryFolder()
  const ask = (cwd: string) => checkpoint({ cwd, ref: 'refs/baton/x', message: 'x' })
  expect(await ask(folder)).toEqual({ kind: 'none', reason: 'Not a git repository.' })
  expect(await ask(join(folder, 'missing'))).toMatchObject({
    kind: 'none',
    reason: expect.stringContaining('does not exist'),
  })
  playIn(folder).git('init', '-q', '--bare')
  expect(await ask(folder)).toMatchObject({ kind: 'none', reason: expect.stringContaining('bare repository') })
  const play = newRepository()
  play.write('.gitignore', 'project/\n')
  mkdirSync(join(play.root, 'project'))
  expect(await ask(join(play.root, 'project'))).toMatchObject({
    kind: 'none',
    reason: expect.stringContaining('ignored'),
  })
})

test('A project reached through a link is recorded where it really lies', async () => {
  const play = newRepository()
  play.write('sub/a', 'x')
  const link = join(temporaryFolder(), 'link')
  symlinkSync(join(play.root, 'sub'), link)
  expect((await take({ root: link }, 'one')).root).toBe(play.root)
})

test('A ref outside refs/baton/ is refused', async () => {
  await expect(checkpoint({ cwd: '.', ref: 'refs/heads/main', message: 'x' })).rejects.toThrow('refs/baton/')
})

test('A repository without commits is recorded, and its HEAD stays unborn', async () => {
  const play = playIn(temporaryFolder())
  play.git('init', '-q', '-b', 'main')
  play.write('a', 'one')
  const { commit, notes } = await take(play, 'one')
  expect(committed(play, commit).get('a')).toBe('644 one')
  expect(notes).toContain('The repository has no commits yet.')
  expect(() => play.git('rev-parse', '-q', '--verify', 'HEAD')).toThrow()
})

test('A linked worktree has its own checkpoints', async () => {
  const play = newRepository()
  const linked = playIn(join(temporaryFolder(), 'linked'))
  play.git('worktree', 'add', '-q', '-b', 'other', linked.root)
  linked.write('only-here', 'x')
  const own = usersOwn(linked)
  const { commit, notes } = await take(linked, 'one')
  expect([...committed(play, commit).keys()]).toEqual(['README.md', 'only-here'])
  expect(notes.join()).toContain('linked worktree')
  expect(usersOwn(linked)).toEqual(own)
})

test('A detached HEAD and a rebase or merge under way are recorded, told, and left as they are', async () => {
  const play = newRepository()
  play.git('checkout', '-q', '-b', 'side')
  play.write('README.md', 'side\n')
  play.git('commit', '-q', '-a', '-m', 'side')
  play.git('checkout', '-q', 'main')
  play.write('README.md', 'main\n')
  play.git('commit', '-q', '-a', '-m', 'main')
  for (const [operation, args] of [
    ['merge', ['merge', 'side']],
    ['rebase', ['rebase', 'side']],
  ] as const) {
    expect(() => play.git(...args)).toThrow()
    const own = usersOwn(play)
    const { commit, notes } = await take(play, operation)
    expect(committed(play, commit).get('README.md')).toContain('<<<<<<<')
    expect(notes.join()).toContain(`In the middle of a ${operation}`)
    expect(usersOwn(play)).toEqual(own)
    play.git(operation, '--abort')
  }
  play.git('checkout', '-q', '--detach')
  expect((await take(play, 'detached')).notes.join()).toContain('HEAD is detached')
})

test('A submodule is recorded as its commit, and told when it has changes of its own', async () => {
  const inner = newRepository()
  const play = newRepository()
  play.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner.root, 'lib')
  const first = await take(play, 'one')
  expect(committed(play, first.commit).get('lib')).toMatch(/^submodule /)
  expect(first.notes).toEqual([])
  play.write('lib/README.md', 'changed\n')
  expect((await take(play, 'two')).notes.join()).toContain('submodule lib has its own changes')
  playIn(join(play.root, 'lib')).git('commit', '-q', '-a', '-m', 'inside')
  const moved = await take(play, 'three')
  expect(committed(play, moved.commit).get('lib')).not.toBe(committed(play, first.commit).get('lib'))
})

test('A repository inside the working tree that is no submodule is left out and told, with and without a commit', async () => {
  const play = newRepository()
  for (const name of ['empty', 'full']) {
    mkdirSync(join(play.root, name))
    const nested = playIn(join(play.root, name))
    nested.git('init', '-q')
    nested.write('a', 'x')
    if (name === 'full') nested.git('add', '-A')
    if (name === 'full') nested.git('commit', '-q', '-m', 'x')
  }
  const { commit, notes } = await take(play, 'one')
  expect([...committed(play, commit).keys()]).toEqual(['README.md'])
  expect(notes).toEqual(['Not recorded, and not restored by undo, because a separate repository: empty, full'])
})

test('A project in a folder of a repository has the whole repository recorded', async () => {
  const play = newRepository()
  play.write('sub/a', 'x')
  play.write('other/b', 'x')
  const { commit, root, notes } = await take({ root: join(play.root, 'sub') }, 'one')
  expect([...committed(play, commit).keys()]).toEqual(['README.md', 'other/b', 'sub/a'])
  expect(root).toBe(play.root)
  expect(notes.join()).toContain('folder of a larger repository')
})

test('Around a project whose surrounding repository hides untracked files, only the project’s own are recorded', async () => {
  const play = newRepository()
  play.git('config', 'status.showUntrackedFiles', 'no')
  play.write('sub/a', 'x')
  play.write('holiday.jpg', 'x')
  const { commit } = await take({ root: join(play.root, 'sub') }, 'one')
  expect([...committed(play, commit).keys()]).toEqual(['README.md', 'sub/a'])
})

test('Of a sparse checkout, what is in the working tree is recorded', async () => {
  const play = newRepository()
  play.write('in/a', 'x')
  play.write('out/b', 'x')
  play.git('add', '-A')
  play.git('commit', '-q', '-m', 'second')
  play.git('sparse-checkout', 'set', '--cone', '--sparse-index', 'in')
  const own = usersOwn(play)
  play.write('in/a', 'changed')
  play.write('out/new', 'n')
  const { commit, notes } = await take(play, 'one')
  expect([...committed(play, commit).keys()]).toEqual(['README.md', 'in/a', 'out/new'])
  expect(notes.join()).toContain('1 files are not in the working tree')
  expect(usersOwn(play)).toEqual(own)
})

test('Files beyond the limit, and things that are no files, are left out and told', async () => {
  const play = newRepository()
  play.write('was-file', 'x')
  play.git('add', '-A')
  play.write('big', Buffer.alloc(2000))
  play.remove('was-file')
  execFileSync('mkfifo', [join(play.root, 'was-file')])
  const { commit, notes } = await take(play, 'one', { maxFileBytes: 1000 })
  expect([...committed(play, commit).keys()]).toEqual(['README.md'])
  expect(notes).toEqual([
    'Not recorded, and not restored by undo, because too large: big',
    'Not recorded, and not restored by undo, because neither a file, a link nor a folder: was-file',
  ])
})

test('A name that git refuses is left out and told', async () => {
  const play = newRepository()
  play.write('git~1', 'x')
  play.write('a\\.git\\config', 'x')
  play.write('fine', 'x')
  for (const name of ['one', 'two']) {
    const { commit, notes } = await take(play, name)
    expect([...committed(play, commit).keys()]).toEqual(['README.md', 'fine'])
    expect(notes).toEqual([
      'Not recorded, and not restored by undo, because of a name that git refuses: a\\.git\\config, git~1',
    ])
  }
})

test('Names of any kind come back as they are', async () => {
  const play = newRepository()
  const names = ['-rf', ':(top)x', '*', 'nl\nx', '"q"', 'tab\t', 'caf\xe9', 'sp ace/\\back', 'ünï'.normalize('NFD')]
  for (const name of names)
    play.write(Buffer.from(name, name.includes('\xe9') ? 'latin1' : 'utf8').toString('latin1'), 'x')
  const on = workingTree(play.root)
  expect(new Set(committed(play, (await take(play, 'one')).commit).keys())).toEqual(new Set(on.keys()))
})

test.each([
  ['a split index', ['update-index', '--split-index']],
  ['version 4', ['update-index', '--index-version', '4']],
  ['an untracked cache', ['update-index', '--force-untracked-cache']],
])('A user’s index with %s serves as well', async (_, args) => {
  const play = newRepository()
  play.git(...args)
  play.write('a', 'one')
  play.git('add', '-A')
  play.write('a', 'two')
  expect(committed(play, (await take(play, 'one')).commit).get('a')).toBe('644 two')
})

test('A repository with SHA-256 names is recorded', async () => {
  const play = newRepository('--object-format=sha256')
  play.write('a', 'one')
  const { commit } = await take(play, 'one')
  expect(commit).toHaveLength(64)
  expect(committed(play, commit).get('a')).toBe('644 one')
})

test('A file that was only announced (add -N) is recorded with its content', async () => {
  const play = newRepository()
  play.write('announced', 'x')
  play.git('add', '-N', 'announced')
  expect(committed(play, (await take(play, 'one')).commit).get('announced')).toBe('644 x')
})

test('What was remembered may be broken or gone: then everything is read again', async () => {
  const play = newRepository()
  play.write('a', 'one')
  const first = await take(play, 'one')
  writeFileSync(join(play.root, '.git', 'baton', 'index'), 'rubbish')
  expect((await take(play, 'two')).tree).toBe(first.tree)
  play.git('update-ref', '-d', 'refs/baton/one')
  play.git('update-ref', '-d', 'refs/baton/two')
  play.git('prune', '--expire=now')
  const third = await take(play, 'three')
  expect(committed(play, third.commit).get('a')).toBe('644 one')
  play.git('fsck', '--strict')
})

test('A user’s index that is broken does not keep the files from being recorded', async () => {
  const play = newRepository()
  play.write('.git/index', 'rubbish')
  play.write('a', 'one')
  await expect(take(play, 'one')).resolves.toMatchObject({ kind: 'taken' })
})

test('Variables of a surrounding git (a hook, say) lead nowhere else', async () => {
  const [play, other] = [newRepository(), newRepository()]
  process.env.GIT_DIR = join(other.root, '.git')
  process.env.GIT_INDEX_FILE = join(other.root, '.git', 'index')
  try {
    expect((await take(play, 'one')).root).toBe(play.root)
  } finally {
    delete process.env.GIT_DIR
    delete process.env.GIT_INDEX_FILE
  }
  expect(play.git('for-each-ref', '--format=%(refname)', 'refs/baton').trim()).toBe('refs/baton/one')
  expect(other.git('for-each-ref', 'refs/baton')).toBe('')
})

test('A file that may not be read is left out and told', () => {
  const play = newRepository()
  play.write('mine', 'x')
  chmodSync(join(play.root, 'mine'), 0)
  // The administrator may read everything; then somebody else has to try.
  const nobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {}
  if ('uid' in nobody) execFileSync('chown', ['-R', '65534:65534', play.root])
  const program = `
    const { checkpoint } = await import(${JSON.stringify(new URL('../../src/git/checkpoint/checkpoint.ts', import.meta.url).href)})
    console.log(JSON.stringify(await checkpoint({ cwd: ${JSON.stringify(play.root)}, ref: 'refs/baton/x', message: 'x' })))`
  const output = execFileSync(process.execPath, ['--input-type=module', '--eval', program], {
    ...nobody,
    env: userEnvironment(),
  })
  expect(JSON.parse(String(output)).notes).toEqual([
    'Not recorded, and not restored by undo, because not readable: mine',
  ])
})

test('A folder that anybody made look like a bare repository runs nothing of its configuration', async () => {
  const home = temporaryFolder()
  const folder = join(home, 'project')
  const ran = join(home, 'ran')
  mkdirSync(join(folder, 'objects'), { recursive: true })
  mkdirSync(join(folder, 'refs'))
  writeFileSync(join(folder, 'HEAD'), 'ref: refs/heads/main\n')
  const evil = `[core]\nrepositoryformatversion = 0\nworktree = ${folder}\n[filter "evil"]\nclean = touch ${ran}\nrequired = true\n`
  writeFileSync(join(folder, 'config'), evil)
  writeFileSync(join(folder, '.gitattributes'), '* filter=evil\n')
  writeFileSync(join(folder, 'file'), 'x')
  expect(await checkpoint({ cwd: folder, ref: 'refs/baton/x', message: 'x' })).toMatchObject({ kind: 'none' })
  expect(existsSync(ran)).toBe(false)

  // What it would have been taken for without the safeguard.
  execFileSync('git', ['add', 'file'], { cwd: folder })
  expect(existsSync(ran)).toBe(true)
})

test('Folders in whose place a file stands now are recorded as gone', async () => {
  const play = newRepository()
  play.write('b/a/a', 'deep')
  play.git('add', '-A')
  play.git('commit', '-q', '-m', 'deep')
  rmSync(join(play.root, 'b'), { recursive: true })
  play.write('b', 'flat')
  const { commit } = await take(play, 'flat')
  expect(play.git('ls-tree', '-r', '--name-only', commit).trim().split('\n')).not.toContain('b/a/a')
  expect(play.git('show', `${commit}:b`)).toBe('flat')
})
