import type { Repository } from '../../git/repository.ts'
import { type GitRemote, pushRef } from '../../github/remote.ts'

/** The commit of a finished task, on its way to GitHub. */
export interface FinishedWork {
  repository: Repository
  remote: GitRemote
  commit: string
  redact: (text: string) => string
}

/**
 * Pushes it to the first of these branches that holds nothing of others, never with force; gives the branch, or why there is none, in
 * words for people.
 */
export async function pushWork(
  { repository, remote, commit, redact }: FinishedWork,
  branches: readonly [string, ...string[]],
): Promise<{ branch: string } | { words: string }> {
  for (const branch of branches) {
    const pushed = await pushRef(repository, remote, { commit, branch })
    if (pushed.ok) return { branch }
    if (pushed.why !== 'behind')
      return {
        words: `The branch ${branch} could not be pushed: ${redact(pushed.text)}\nThe token needs "contents: write" (and "workflows: write" where .github/workflows is changed).`,
      }
  }
  return {
    words: `The branch ${branches[0]} on GitHub holds commits that are not Baton's, and nothing is ever overwritten. Delete it there if nothing in it is needed, then Retry.`,
  }
}
