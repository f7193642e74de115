import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStore } from '../../src/store/store.ts'
import { type Landed, landedKey } from '../../src/workspace/merge-line/landed.ts'
import { type PlannedWork, taskBranch } from './kinds.ts'

export const BRANCH = 'baton/run/merged'

const ENV = {
  PATH: process.env.PATH ?? '',
  HOME: '/nonexistent',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
}

/** A repository with work that is ready to land, and what the witness wrote about its landing. */
export interface LandingHouse {
  dir: string
  repository: string
  journal: () => string[][]
  git: (args: string[], input?: string) => string
  /** Every commit that the branch stood at, oldest first, and who moved it there. */
  moves: () => { commit: string; why: string }[]
  /** What Baton knows to have landed. */
  known: () => Map<number, Landed>
  filesAt: (commit: string) => string[]
  /** Somebody breaks the branch, or mends it. */
  breakBase: () => void
  mendBase: () => void
  remove: () => void
}

/** Makes it in one go: a thousand houses are made. */
export function buildLandingHouse(work: readonly PlannedWork[]): LandingHouse {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'baton-landing-')))
  const repository = join(dir, 'repository')
  mkdirSync(repository)
  mkdirSync(join(dir, 'seen'))
  const git = (args: string[], input?: string) =>
    execFileSync('git', args, { cwd: repository, env: ENV, encoding: 'utf8', ...(input !== undefined && { input }) })
  git(['init', '-q', '-b', 'main'])
  git(['fast-import', '--quiet'], importOf(work))
  // The line is the daemon's, and names its commits after the user.
  git(['config', 'user.name', 'Ursula'])
  git(['config', 'user.email', 'ursula@example.org'])
  git(['branch', BRANCH, 'main'])
  const journalFile = join(dir, 'journal')
  const asUser = (tree: string) => {
    const tip = git(['rev-parse', BRANCH]).trim()
    const commit = git(['commit-tree', tree, '-p', tip, '-m', 'By the user']).trim()
    git(['update-ref', '-m', 'user', `refs/heads/${BRANCH}`, commit, tip])
  }
  const entries = () => git(['ls-tree', BRANCH])
  return {
    dir,
    repository,
    git,
    journal: () =>
      existsSync(journalFile)
        ? readFileSync(journalFile, 'utf8')
            .trim()
            .split('\n')
            .filter(Boolean)
            .map((line) => line.split(' '))
        : [],
    moves: () =>
      git(['reflog', 'show', '--format=%H %gs', BRANCH])
        .trim()
        .split('\n')
        .map((line) => ({ commit: line.slice(0, 40), why: line.slice(41) }))
        .reverse(),
    known: () => {
      const store = openStore(join(dir, 'state'))
      try {
        const all = work.map(({ number }) => [number, store.kept.get<Landed>(landedKey({ id: `task${number}` }))])
        return new Map(all.filter(([, landed]) => landed !== undefined) as [number, Landed][])
      } finally {
        store.close()
      }
    },
    filesAt: (commit) => git(['ls-tree', '--name-only', commit]).trim().split('\n'),
    breakBase: () => {
      const blob = git(['hash-object', '-w', '--stdin'], 'broken\n').trim()
      asUser(git(['mktree'], `${entries()}100644 blob ${blob}\tbroken.txt\n`).trim())
    },
    mendBase: () => asUser(git(['mktree'], entries().replace(/^.*\tbroken\.txt\n/m, '')).trim()),
    remove: () => rmSync(dir, { recursive: true, force: true }),
  }
}

function importOf(work: readonly PlannedWork[]): string {
  const who = 'committer Ursula <ursula@example.org> 1700000000 +0000'
  const data = (text: string) => `data ${Buffer.byteLength(text)}\n${text}\n`
  const commit = (branch: string, message: string, from: string, file: string, content: string) =>
    `commit refs/heads/${branch}\n${who}\n${data(message)}${from}M 100644 inline ${file}\n${data(content)}\n`
  return [
    commit('main', 'first', '', 'README.md', 'hello\n'),
    ...work.map(({ number, file }) =>
      commit(taskBranch(number), `Work ${number}`, 'from refs/heads/main\n', file, `by task ${number}\n`),
    ),
  ].join('')
}
