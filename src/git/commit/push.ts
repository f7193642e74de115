import { GitError } from '../program.ts'
import { inRepository, type Repository } from '../repository.ts'
import { commitOf, isBranchName } from '../worktree/branches.ts'
import { fencedPush, newerWords, type PushedWork, type PushFence, raiseFence, readFence, takenRef } from './fence.ts'

export type Pushed = { ok: true; remote: string } | { ok: false; reason: string }

const TWO_MINUTES_MS = 120_000

/**
 * Pushes one branch to the remote that the user's configuration names for it, never with force, never asking for a
 * password. The user's own pre-push hook runs: with LFS it is what brings the files up.
 *
 * `fence`: of a run that other machines may take. It goes along in the same step, and a remote that has a newer one takes neither. `done`: numbers of
 * the tasks that are on the branch, for a machine that takes the run later.
 */
export async function push(
  repository: Repository,
  branch: string,
  fence?: PushFence & { done?: readonly number[] },
): Promise<Pushed> {
  const run = inRepository(repository)
  const remote = await remoteFor(repository, branch)
  if (!remote) return { ok: false, reason: 'There is no remote to push to.' }
  const ref = `refs/heads/${branch}`
  try {
    const env = await quietSsh(repository)
    const fenced =
      fence && (await fencedPush(repository, { remote, fence, env, work: { branch, done: fence.done ?? [] } }))
    if (fenced && 'newer' in fenced) return { ok: false, reason: newerWords(fenced) }
    const { args, refs } = fenced ?? { args: [], refs: [] }
    await run(['push', '--quiet', ...args, '--', remote, `${ref}:${ref}`, ...refs], {
      hooks: true,
      timeoutMs: TWO_MINUTES_MS,
      env,
    })
    return { ok: true, remote }
  } catch (error) {
    if (!(error instanceof GitError)) throw error
    // Git leaves passwords out of the addresses that it repeats.
    return { ok: false, reason: pushProblem(error.stderr.trim()) }
  }
}

const pushProblem = (said: string): string =>
  /^it took longer/.test(said) ? `${said}. Does a pre-push hook hang, or the connection?` : said

/** Raises the fence of a run on the remote of a branch; in words why that was refused. */
export async function fenceRemote(
  repository: Repository,
  branch: string,
  fence: PushFence,
): Promise<string | undefined> {
  const remote = await remoteFor(repository, branch)
  return remote && raiseFence(repository, { remote, fence, env: await quietSsh(repository) })
}

/** What the machines that had a run before have pushed of it, with its commit, which is here afterwards. Throws where the remote does not answer. */
export async function lastPushed(
  repository: Repository,
  run: string,
): Promise<(PushedWork & { commit: string }) | undefined> {
  const remote = await remoteFor(repository, '')
  if (!remote) return undefined
  const env = await quietSsh(repository)
  const { work } = (await readFence(repository, { remote, run, env })) ?? {}
  if (!work || !(await isBranchName(repository, work.branch))) return undefined
  const ref = `refs/heads/${work.branch}`
  const git = inRepository(repository)
  const call = { env, timeoutMs: TWO_MINUTES_MS }
  // It may have been merged and taken away.
  if ((await git(['ls-remote', '--', remote, ref], call)).stdout.trim() === '') return undefined
  const kept = takenRef({ run })
  await git(['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', '--', remote, `+${ref}:${kept}`], call)
  const commit = await commitOf(repository, kept)
  return commit === undefined ? undefined : { ...work, commit }
}

/** A branch here has it now. */
export async function releaseLastPushed(repository: Repository, run: string): Promise<void> {
  await inRepository(repository)(['update-ref', '-d', takenRef({ run })])
}

/** Ssh must not wait at a terminal for a password either; a command of the user's own is theirs. */
async function quietSsh(repository: Repository): Promise<Record<string, string>> {
  const { stdout } = await inRepository(repository)(['config', '--get', 'core.sshCommand'], { accept: [0, 1] })
  return stdout.trim() || process.env.GIT_SSH_COMMAND ? {} : { GIT_SSH_COMMAND: 'ssh -o BatchMode=yes' }
}

async function remoteFor(repository: Repository, branch: string): Promise<string | undefined> {
  const run = inRepository(repository)
  for (const key of [`branch.${branch}.pushRemote`, 'remote.pushDefault', `branch.${branch}.remote`]) {
    const { stdout } = await run(['config', '--get', key], { accept: [0, 1] })
    if (stdout.trim()) return stdout.trim()
  }
  const remotes = (await run(['remote'])).stdout.split('\n').filter(Boolean)
  return remotes.includes('origin') ? 'origin' : remotes.length === 1 ? remotes[0] : undefined
}
