import type { Repository } from '../../git/repository.ts'
import type { GitHub } from '../../github/client.ts'
import { fetchRef, type GitRemote } from '../../github/remote.ts'

/** Brings the default branch as it is on GitHub now to a ref of Baton's own. Throws where it cannot. */
export async function fetchDefaultBranch(of: {
  github: GitHub
  remote: GitRemote
  repository: Repository
  to: string
}): Promise<{ branch: string; commit: string }> {
  const { github, remote, repository, to } = of
  const { default_branch: branch } = await github.read('GET /repos/{owner}/{repo}', {})
  const commit = await fetchRef(repository, remote, { from: `refs/heads/${branch}`, to })
  if (commit === undefined) throw new Error(`it has no branch ${branch}`)
  return { branch, commit }
}
