import { execFileSync } from 'node:child_process'
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'

// What the machine's own git configuration says is none of a test's business.
process.env.GIT_CONFIG_GLOBAL = '/dev/null'
process.env.GIT_CONFIG_NOSYSTEM = '1'
// Tests name the permissions of files; those under other umasks are a test of their own.
process.umask(0o022)

/** A real repository in a temporary folder. */
export interface Playground {
  root: string
  git: (...args: string[]) => string
  /** Names may be any bytes: one character a byte. */
  write: (path: string, content: string | Buffer, mode?: number) => void
  read: (path: string) => Buffer
  remove: (path: string) => void
}

/** An empty folder that goes with the test. */
export function temporaryFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'baton-git-')))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export function playIn(root: string): Playground {
  const on = (path: string) => Buffer.concat([Buffer.from(`${root}/`), Buffer.from(path, 'latin1')])
  return {
    root,
    git: (...args) =>
      execFileSync('git', args, { cwd: root, env: userEnvironment(), stdio: ['ignore', 'pipe', 'pipe'] }).toString(
        'latin1',
      ),
    write: (path, content, mode) => {
      mkdirSync(on(dirname(path)), { recursive: true })
      writeFileSync(on(path), content, mode === undefined ? {} : { mode })
    },
    read: (path) => readFileSync(on(path)),
    remove: (path) => rmSync(on(path), { recursive: true }),
  }
}

/** `git init` with one commit. */
export function newRepository(...options: string[]): Playground {
  const play = playIn(temporaryFolder())
  play.git('init', '-q', '-b', 'main', ...options)
  play.git('config', 'user.name', 'Ursula')
  play.git('config', 'user.email', 'ursula@example.org')
  play.write('README.md', 'hello\n')
  play.git('add', '-A')
  play.git('commit', '-q', '-m', 'first')
  return play
}

/** A user with a name and nothing else configured, whatever the machine has. */
export function userEnvironment(): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    HOME: '/nonexistent',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_AUTHOR_NAME: 'Ursula',
    GIT_AUTHOR_EMAIL: 'ursula@example.org',
    GIT_COMMITTER_NAME: 'Ursula',
    GIT_COMMITTER_EMAIL: 'ursula@example.org',
    GIT_ALLOW_PROTOCOL: 'file',
  }
}

/** Everything in the working tree that is not a folder: kind, permission bits, bytes. */
export function workingTree(root: string): Map<string, string> {
  const files = new Map<string, string>()
  const walk = (folder: Buffer, prefix: string) => {
    for (const name of readdirSync(folder, { encoding: 'buffer' })) {
      const path = Buffer.concat([folder, Buffer.from('/'), name])
      const label = prefix + name.toString('latin1')
      const stat = lstatSync(path)
      if (label === '.git') continue
      if (stat.isDirectory()) walk(path, `${label}/`)
      else if (stat.isSymbolicLink())
        files.set(label, `link ${readlinkSync(path, { encoding: 'buffer' }).toString('latin1')}`)
      else files.set(label, `${(stat.mode & 0o777).toString(8)} ${readFileSync(path).toString('latin1')}`)
    }
  }
  walk(Buffer.from(root), '')
  return files
}

/** Sets every file's time to a day long ago. */
export function makeOld(root: string): void {
  const then = new Date('2020-01-01T00:00:00Z')
  for (const path of workingTree(root).keys()) {
    const file = Buffer.concat([Buffer.from(`${root}/`), Buffer.from(path, 'latin1')])
    if (lstatSync(file).isFile()) utimesSync(file, then, then)
  }
}

/** What is the user's alone in the repository: index bytes, HEAD, branches, stash, reflogs, hooks, configuration. */
export function usersOwn({ git }: Pick<Playground, 'git'>): Record<string, string> {
  const gitDir = git('rev-parse', '--absolute-git-dir').trim()
  const read = (file: string) => {
    try {
      return readFileSync(join(gitDir, file)).toString('latin1')
    } catch {
      return 'none'
    }
  }
  const reflogs = () => execFileSync('find', [join(gitDir, 'logs'), '-type', 'f', '-exec', 'cat', '{}', '+']).toString()
  return {
    index: read('index'),
    head: read('HEAD'),
    refs: git('for-each-ref', '--format=%(refname) %(objectname)')
      .split('\n')
      .filter((line) => !line.startsWith('refs/baton/'))
      .join('\n'),
    reflogs: read('logs/HEAD') === 'none' ? 'none' : reflogs(),
    config: read('config'),
    hooks: readdirSync(gitDir).includes('hooks') ? readdirSync(join(gitDir, 'hooks')).join() : 'none',
  }
}

/** What a commit holds: kind and bytes of every file. */
export function committed({ git }: Pick<Playground, 'git'>, commit: string): Map<string, string> {
  const files = new Map<string, string>()
  for (const line of git('ls-tree', '-r', '-z', '--full-tree', commit).split('\0').filter(Boolean)) {
    const [mode = '', kind = '', oid = ''] = line.slice(0, line.indexOf('\t')).split(' ')
    files.set(
      line.slice(line.indexOf('\t') + 1),
      kind === 'commit' ? `submodule ${oid}` : `${mode.slice(-3)} ${git('cat-file', 'blob', oid)}`,
    )
  }
  return files
}
