import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
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
import { join } from 'node:path'

const ENV = {
  PATH: process.env.PATH ?? '',
  HOME: '/nonexistent',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
}

/** Tasks of one house: each has a lane of its own. */
export const LANES = 10

/** A user's repository that Baton makes worktrees of, with worktrees of the user's own. */
export interface LanesHouse {
  dir: string
  repository: string
  /** Where Baton's worktrees lie. */
  pool: string
  git: (args: string[], cwd?: string) => string
  journal: () => string[][]
  /** All that is the user's, by name: files, index, HEAD, branches, tags, stash, configuration, worktrees. */
  usersOwn: () => Map<string, string>
  /** Baton's worktrees that are there now. */
  trees: () => string[]
  entryOf: (tree: string) => string
  /** Somebody makes a worktree just now, of which only half an entry is there. */
  beginOne: () => void
  remove: () => void
}

/** Makes it: changes and a stash in the checkout, a worktree with changes, and one on a drive that is not plugged in. */
export function buildLanesHouse(): LanesHouse {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'baton-lanes-')))
  const repository = join(dir, 'repository')
  const [pool, beside, away] = [join(dir, 'pool'), join(dir, 'beside'), join(dir, 'drive', 'away')]
  mkdirSync(repository)
  mkdirSync(pool)
  const git = (args: string[], cwd = repository) =>
    execFileSync('git', args, { cwd, env: ENV, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  const write = (path: string, content: string) => writeFileSync(join(repository, path), content)
  git(['init', '-q', '-b', 'main'])
  git(['config', 'user.name', 'Ursula'])
  git(['config', 'user.email', 'ursula@example.org'])
  for (const name of ['README.md', 'a.txt', 'b.txt', 'c.txt']) write(name, `${name}\n`)
  git(['add', '-A'])
  git(['commit', '-q', '-m', 'first'])
  write('a.txt', 'stashed\n')
  git(['stash', '-q'])
  git(['tag', 'v1'])
  git(['branch', 'feature'])
  git(['worktree', 'add', '-q', beside, 'feature'])
  writeFileSync(join(beside, 'b.txt'), 'in the middle of something\n')
  writeFileSync(join(beside, 'new.txt'), 'new\n')
  git(['add', 'new.txt'], beside)
  git(['worktree', 'add', '-q', '-b', 'on-a-drive', away])
  git(['worktree', 'lock', '--reason', 'not plugged in', away])
  rmSync(join(dir, 'drive'), { recursive: true })
  const begun = join(repository, '.git', 'worktrees', 'being-made')
  mkdirSync(begun)
  writeFileSync(join(begun, 'locked'), 'initializing')
  for (const hook of ['post-checkout', 'pre-commit', 'post-merge', 'reference-transaction']) {
    const file = join(repository, '.git', 'hooks', hook)
    mkdirSync(join(repository, '.git', 'hooks'), { recursive: true })
    writeFileSync(file, `#!/bin/sh\necho hook ${hook} >> ${join(dir, 'journal')}\n`)
    chmodSync(file, 0o755)
  }
  write('untracked.txt', 'mine\n')
  const common = join(repository, '.git')
  // What a set-up makes stays when a worktree is used again.
  mkdirSync(join(common, 'info'), { recursive: true })
  writeFileSync(join(common, 'info', 'exclude'), '/made/\n')
  return {
    dir,
    repository,
    pool,
    git,
    journal: () =>
      existsSync(join(dir, 'journal'))
        ? readFileSync(join(dir, 'journal'), 'utf8')
            .trim()
            .split('\n')
            .map((line) => line.split(' '))
        : [],
    usersOwn: () => {
      const own = new Map<string, string>()
      for (const [name, root] of [
        ['checkout', repository],
        ['worktree', beside],
      ] as const)
        for (const [path, content] of filesIn(root)) own.set(`${name} ${path}`, content)
      for (const file of ['index', 'HEAD', 'config', 'logs/HEAD', 'logs/refs/stash', 'logs/refs/heads/main'])
        own.set(`.git/${file}`, bytesOf(join(common, file)))
      for (const name of ['beside', 'away', 'being-made'])
        for (const [path, content] of filesIn(join(common, 'worktrees', name)))
          own.set(`entry ${name} ${path}`, content)
      const refs = git(['for-each-ref', '--format=%(refname) %(objectname)']).trim().split('\n')
      for (const line of refs) if (!/^refs\/(heads\/)?baton\//.test(line)) own.set(line.split(' ')[0] ?? '', line)
      return own
    },
    trees: () => readdirSync(pool).map((name) => join(pool, name)),
    entryOf: (tree) => join(common, 'worktrees', tree.slice(pool.length + 1)),
    // Where Baton took it away, that is what the row looks for, and not a reason to stop.
    beginOne: () => {
      if (existsSync(begun)) utimesSync(begun, new Date(), new Date())
    },
    remove: () => rmSync(dir, { recursive: true, force: true, maxRetries: 5 }),
  }
}

function filesIn(root: string, prefix = ''): [string, string][] {
  if (!existsSync(root)) return []
  return readdirSync(root).flatMap((name): [string, string][] => {
    const path = join(root, name)
    if (prefix === '' && name === '.git' && lstatSync(path).isDirectory()) return []
    const found = lstatSync(path)
    if (found.isDirectory()) return filesIn(path, `${prefix}${name}/`)
    const content = found.isSymbolicLink() ? readlinkSync(path) : bytesOf(path)
    return [[`${prefix}${name}`, `${found.mode} ${content}`]]
  })
}

function bytesOf(path: string): string {
  return existsSync(path) ? readFileSync(path).toString('latin1') : 'none'
}
