import { inTurn, type Turns } from '../git/in-turn.ts'
import { GitError } from '../git/program.ts'
import { inRepository, type Repository } from '../git/repository.ts'
import { commitOf } from '../git/worktree/branches.ts'

const LOOK_MS = 60_000
const FETCH_MS = 300_000
/** Two fetches of a repository at once fail on each other's lock of the same ref. */
const turns: Turns = new Map()

/** The branches of a remote with their commits. Throws GitError. */
export async function remoteHeads(repository: Repository, remote: string): Promise<Map<string, string>> {
  const { stdout } = await inRepository(repository)(['ls-remote', '--heads', '--refs', remote], { timeoutMs: LOOK_MS })
  const heads = new Map<string, string>()
  for (const line of Buffer.from(stdout, 'latin1').toString('utf8').split('\n')) {
    const [, sha, branch] = /^([0-9a-f]{40,64})\trefs\/heads\/(.+)$/.exec(line) ?? []
    if (sha !== undefined && branch !== undefined) heads.set(branch, sha)
  }
  return heads
}

interface Wanted {
  remote: string
  branch: string
  sha: string
}

/** Brings a commit of a branch here, and keeps it; false where the remote no longer has it. Throws GitError. */
export function fetchCommit(repository: Repository, wanted: Wanted): Promise<boolean> {
  return inTurn(turns, repository.commonDir, () => fetchNow(repository, wanted))
}

async function fetchNow(repository: Repository, { remote, branch, sha }: Wanted): Promise<boolean> {
  const run = inRepository(repository)
  if ((await commitOf(repository, sha)) !== sha) {
    // Without a refmap git moves the user's remote-tracking branches as well. No ref is made for the branch: git has no place for that of
    // `feature/x` where one of a `feature` that is gone is left.
    const quietly = ['--quiet', '--no-tags', '--no-recurse-submodules', '--no-write-fetch-head', '--refmap=']
    try {
      await run(['fetch', ...quietly, remote, `refs/heads/${branch}`], { timeoutMs: FETCH_MS })
    } catch (error) {
      if (!(error instanceof GitError) || !/couldn't find remote ref/i.test(error.stderr)) throw error
    }
    if ((await commitOf(repository, sha)) !== sha) return false
  }
  // Not even a forced push of the branch takes away what is deployed.
  await run(['update-ref', `refs/baton/sha/${sha}`, sha])
  return true
}

/** The commit that a name stands for: a whole or short sha, or a branch of the remote. */
export async function findCommit(
  repository: Repository,
  remote: string,
  name: string,
): Promise<{ sha: string; branch?: string } | undefined> {
  const heads = await remoteHeads(repository, remote)
  const head = heads.get(name)
  if (head !== undefined) return { sha: head, branch: name }
  const known = /^[0-9a-f]{7,64}$/i.test(name) ? await commitOf(repository, name.toLowerCase()) : undefined
  if (known === undefined) return undefined
  const branch =
    [...heads].find(([, sha]) => sha === known)?.[0] ?? (await branchWith(repository, remote, known, heads))
  return { sha: known, ...(branch !== undefined && { branch }) }
}

/** A branch of the remote that has the commit in its history. */
async function branchWith(
  repository: Repository,
  remote: string,
  sha: string,
  heads: ReadonlyMap<string, string>,
): Promise<string | undefined> {
  for (const [branch, head] of heads) {
    if (!(await fetchCommit(repository, { remote, branch, sha: head }))) continue
    const { exitCode } = await inRepository(repository)(['merge-base', '--is-ancestor', sha, head], { accept: [0, 1] })
    if (exitCode === 0) return branch
  }
  return undefined
}

/** What lies between two commits, for whoever decides about the later one. */
export interface Between {
  /** `1a2b3c4d Fix the footer (Anna)`, newest first, the first of them only. */
  commits: string[]
  total: number
  /** Commits of the earlier one that the later one does not have: it goes back, or aside. */
  lost: number
  files: { change: string; path: string }[]
}

const MOST_COMMITS = 30

async function between(repository: Repository, from: string | undefined, to: string): Promise<Between> {
  const run = inRepository(repository)
  const text = async (args: string[]) => Buffer.from((await run(args)).stdout, 'latin1').toString('utf8')
  const range = from === undefined ? to : `${from}..${to}`
  const log = await text(['log', `--max-count=${MOST_COMMITS}`, '--format=%h %s (%an)', '--abbrev=8', range])
  const total = Number((await text(['rev-list', '--count', range])).trim())
  const lost = from === undefined ? 0 : Number((await text(['rev-list', '--count', `${to}..${from}`])).trim())
  const names = from === undefined ? '' : await text(['diff', '--name-status', '--no-renames', '-z', from, to])
  const parts = names.split('\0')
  const files = []
  for (let i = 0; i + 1 < parts.length; i += 2) files.push({ change: parts[i] as string, path: parts[i + 1] as string })
  return { commits: log.split('\n').filter((line) => line !== ''), total, lost, files }
}

/** Who wrote a commit: `Anna <anna@example.org>`; no proof of who pushed it. */
export async function authorOf(repository: Repository, sha: string): Promise<string> {
  const { stdout } = await inRepository(repository)(['log', '--max-count=1', '--format=%an <%ae>', sha])
  return Buffer.from(stdout, 'latin1').toString('utf8').trim()
}

const MOST_BETWEEN = 100

/** Commits never change: what lies between two is looked up once. */
export function rememberBetween(): (tree: Repository, from: string | undefined, to: string) => Promise<Between> {
  const known = new Map<string, Promise<Between>>()
  return (tree, from, to) => {
    const key = `${from ?? ''}..${to}`
    const there = known.get(key)
    if (there) return there
    const found = between(tree, from, to).catch(() => between(tree, undefined, to))
    if (known.size > MOST_BETWEEN) known.clear()
    known.set(key, found)
    found.catch(() => known.delete(key))
    return found
  }
}
