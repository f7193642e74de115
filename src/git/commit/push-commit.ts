import { GitError } from '../program.ts'
import { inRepository, type Repository } from '../repository.ts'

const PUSH_MS = 300_000

/** What became of a push. `behind`: the branch there holds commits that are not ours; nothing is ever forced. */
export type PushedCommitTo = { ok: true } | { ok: false; why: 'behind' | 'refused'; text: string }

/** Pushes a commit to a branch of a remote (a name or an address), never with force. The same twice is the same as once. */
export async function pushCommit(
  repository: Repository,
  { remote, commit, branch }: { remote: string; commit: string; branch: string },
  env: Record<string, string> = {},
): Promise<PushedCommitTo> {
  try {
    await inRepository(repository)(['push', '--quiet', '--no-verify', remote, `${commit}:refs/heads/${branch}`], {
      env,
      timeoutMs: PUSH_MS,
    })
    return { ok: true }
  } catch (error) {
    if (!(error instanceof GitError)) throw error
    const text = error.stderr.trim() || 'git push failed'
    return {
      ok: false,
      why: /non-fast-forward|fetch first|stale info/i.test(error.stderr) ? 'behind' : 'refused',
      text,
    }
  }
}
