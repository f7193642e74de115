import { createHash } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileIdentity } from '../index-file.ts'
import { readLatin1 } from '../read-latin1.ts'
import { inRepository, locate, type Repository } from '../repository.ts'
import { headOf } from './head.ts'
import { type Operation, operationIn } from './operation.ts'
import { hasRefFiles } from './ref-files.ts'
import { refsOf } from './refs.ts'

/** What git work leaves traces in. Plain data: taken before an attempt, stored, and compared with those after it. */
export interface GitFacts {
  /** Commit that HEAD stands for; absent before the first one. */
  head?: string
  /** Checked-out branch, `refs/heads/…`; absent when HEAD is detached. */
  branch?: string
  /** Every ref and what it stands for; `refs/baton/` left out. Of a lane: its own branch alone. */
  refs: Record<string, string>
  /** Commits of the stash, newest first. */
  stashes: string[]
  /** What is staged, as a digest: a mere refresh of the index file does not change it. */
  index: string
  worktrees: number
  operation?: Operation
  /** Digests of `.git/config` and of the hooks. */
  config: string
  hooks: string
}

/**
 * The facts of now; undefined where there is no working tree. `ownBranch`: that of a lane. Refs, stash and worktrees belong to
 * all lanes and to the user, and what others do to them must not be mistaken for a task's.
 */
export async function gitFacts(cwd: string, ownBranch?: string): Promise<GitFacts | undefined> {
  const located = await locate(cwd)
  if ('reason' in located) return undefined
  const facts = await factsOf(located.repository)
  if (ownBranch === undefined) return facts
  const ref = `refs/heads/${ownBranch}`
  const tip = facts.refs[ref]
  return { ...facts, refs: tip === undefined ? {} : { [ref]: tip }, worktrees: 1 }
}

/**
 * The facts of a repository already found. Where refs are files, git itself is asked only for what they and the index
 * hold, and only when they changed since it was asked last.
 */
export async function factsOf(repository: Repository): Promise<GitFacts> {
  const [head, refs, stashes, index, worktrees, operation, config, hooks] = await Promise.all([
    headOf(repository),
    refsOf(repository),
    stashesOf(repository),
    indexDigest(repository),
    readdir(join(repository.commonDir, 'worktrees')).catch(() => []),
    operationIn(repository.gitDir),
    readLatin1(join(repository.commonDir, 'config')).catch(() => ''),
    hooksOf(repository),
  ])
  return {
    ...(head.commit ? { head: head.commit } : {}),
    ...(head.branch ? { branch: head.branch } : {}),
    refs,
    stashes,
    index,
    worktrees: worktrees.length + 1,
    ...(operation ? { operation } : {}),
    config: digest(config),
    hooks: digest(hooks),
  }
}

/** The stash is a reflog: a line an entry, the newest last. */
async function stashesOf(repository: Repository): Promise<string[]> {
  if (!(await hasRefFiles(repository))) {
    const { stdout } = await inRepository(repository)(['log', '-g', '--format=%H', 'refs/stash', '--'], {
      accept: [0, 128],
    })
    return stdout.split('\n').filter(Boolean)
  }
  const log = await readLatin1(join(repository.commonDir, 'logs', 'refs', 'stash')).catch(() => '')
  return log
    .split('\n')
    .filter(Boolean)
    .map((line) => line.split(' ')[1] ?? '')
    .reverse()
}

/** Digests of what is staged, by the version of the index that they were made from. */
const digests = new Map<string, { version: string; digest: string }>()

async function indexDigest(repository: Repository): Promise<string> {
  const version = await fileIdentity(join(repository.gitDir, 'index'))
  const known = digests.get(repository.gitDir)
  if (known && known.version === version) return known.digest
  const { stdout } = await inRepository(repository)(['ls-files', '-s', '-z'])
  const made = digest(stdout)
  if (version === undefined) digests.delete(repository.gitDir)
  else digests.set(repository.gitDir, { version, digest: made })
  return made
}

async function hooksOf({ commonDir }: Repository): Promise<string> {
  const names = await readdir(join(commonDir, 'hooks')).catch(() => [])
  const live = names.filter((name) => !name.endsWith('.sample')).sort()
  const contents = live.map((name) => readLatin1(join(commonDir, 'hooks', name)).catch(() => ''))
  return JSON.stringify([live, await Promise.all(contents)])
}

function digest(text: string): string {
  return createHash('sha256').update(text, 'latin1').digest('hex').slice(0, 32)
}
