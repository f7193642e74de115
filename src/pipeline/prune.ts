import type { KnownEnvironment } from '../core/deploy/deployment.ts'
import type { Run } from '../core/types.ts'
import { runBranch } from '../git/branch-names.ts'
import { inRepository, type Repository } from '../git/repository.ts'
import { checkedOutIn } from '../git/worktree/branches.ts'
import type { ArtifactStore } from './artifacts.ts'

/** What pruning looks at. */
export interface PrunePorts {
  repository: Repository
  remote: string
  /** Runs of this queue that are not over. */
  open: readonly Run[]
  /** Those that are, newest first. */
  over: readonly Run[]
  environments: readonly KnownEnvironment[]
  artifacts: Pick<ArtifactStore, 'forget' | 'runs'>
  signal: AbortSignal
}

/** Of so many runs that are over what was built stays, for steps that are done once more. */
const MOST_BUILT = 10

/**
 * Lets go of what pipelines leave behind: what was built by runs long over, branches of steps whose work is elsewhere or nothing,
 * and commits that nothing goes back to. A kill in between leaves the rest for the next time.
 */
export async function prunePipelines(ports: PrunePorts): Promise<void> {
  const { open, over, artifacts, signal } = ports
  const built = new Set([...open, ...over.slice(0, MOST_BUILT)].map(({ id }) => id))
  for (const id of artifacts.runs()) if (!built.has(id)) artifacts.forget(id)
  for (const run of over) {
    if (signal.aborted) return
    await pruneBranches(ports, run)
  }
  if (!signal.aborted) await pruneCommits(ports)
}

/** Branches of a run that is over: what Claude mended is on the remote, or the branch is all there is of it and stays. */
async function pruneBranches({ repository, remote }: PrunePorts, { id, push }: Run): Promise<void> {
  if (!push) return
  const refs = await refsBelow(repository, `refs/heads/${runBranch(id)}/`)
  for (const [ref, tip] of refs) {
    if (tip !== push.sha && !(await isOnRemote(repository, remote, tip))) continue
    if (await checkedOutIn(repository, ref.slice('refs/heads/'.length))) continue
    await inRepository(repository)(['update-ref', '-d', ref, tip], { accept: [0, 1, 128] })
  }
}

async function isOnRemote(repository: Repository, remote: string, commit: string): Promise<boolean> {
  const args = ['for-each-ref', '--count=1', '--format=%(refname)', '--contains', commit, `refs/remotes/${remote}/`]
  const { exitCode, stdout } = await inRepository(repository)(args, { accept: [0, 128, 129] })
  return exitCode === 0 && stdout.trim() !== ''
}

/** Commits are kept for what runs, what could be gone back to, and what is under way or was just now. */
async function pruneCommits({ repository, open, over, environments }: PrunePorts): Promise<void> {
  const needed = new Set([
    ...[...open, ...over.slice(0, MOST_BUILT)].flatMap(({ push }) => push?.sha ?? []),
    ...environments.flatMap(({ runs: now, good, missing }) => [now?.sha, missing?.sha, ...good.map(({ sha }) => sha)]),
  ])
  const old = [
    ...(await refsBelow(repository, 'refs/baton/sha/')).filter(([, tip]) => !needed.has(tip)),
    // Of earlier versions.
    ...(await refsBelow(repository, 'refs/baton/push/')),
  ]
  const input = old.map(([ref, tip]) => `delete ${ref}\0${tip}\0`).join('')
  if (old.length > 0) await inRepository(repository)(['update-ref', '--no-deref', '-z', '--stdin'], { input })
}

async function refsBelow(repository: Repository, prefix: string): Promise<[string, string][]> {
  const { stdout } = await inRepository(repository)(['for-each-ref', '--format=%(objectname) %(refname)', prefix])
  return Buffer.from(stdout, 'latin1')
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => [line.slice(line.indexOf(' ') + 1), line.slice(0, line.indexOf(' '))])
}
