import { type PushedCommitTo, pushCommit } from '../git/commit/push-commit.ts'
import { GitError } from '../git/program.ts'
import { inRepository, type Repository } from '../git/repository.ts'
import { commitOf } from '../git/worktree/branches.ts'
import { serverOf } from './token.ts'

/** The repository on GitHub as git reaches it. */
export interface GitRemote {
  url: string
  /** For git's process alone: no address, no argument and no file ever holds the token. */
  env: Record<string, string>
}

const FETCH_MS = 300_000

/** The git remote of `owner/name` on the server of that API. */
export function remoteOf(given: { apiUrl: string; token: string; owner: string; repo: string }): GitRemote {
  const server = serverOf(given.apiUrl)
  const basic = Buffer.from(`x-access-token:${given.token}`).toString('base64')
  return {
    url: `${server}/${given.owner}/${given.repo}.git`,
    env: {
      GIT_CONFIG_COUNT: '3',
      GIT_CONFIG_KEY_0: `http.${server}/.extraHeader`,
      GIT_CONFIG_VALUE_0: `Authorization: Basic ${basic}`,
      // Nothing of the user's is asked for another login.
      GIT_CONFIG_KEY_1: 'credential.helper',
      GIT_CONFIG_VALUE_1: '',
      GIT_CONFIG_KEY_2: 'core.askPass',
      GIT_CONFIG_VALUE_2: '',
      GIT_TERMINAL_PROMPT: '0',
      // A repository's config may send an address elsewhere (`insteadOf`), even to a program that would find this environment.
      GIT_ALLOW_PROTOCOL: 'https:http',
    },
  }
}

/**
 * Brings a ref of the remote (`refs/heads/main`, `refs/pull/7/head`) to a ref of Baton's own, and gives its commit; undefined
 * where the remote has none of that name. Throws GitError.
 */
export async function fetchRef(
  repository: Repository,
  remote: GitRemote,
  { from, to }: { from: string; to: string },
): Promise<string | undefined> {
  try {
    await inRepository(repository)(
      [
        'fetch',
        '--quiet',
        '--no-tags',
        '--no-recurse-submodules',
        '--no-write-fetch-head',
        remote.url,
        `+${from}:${to}`,
      ],
      { env: remote.env, timeoutMs: FETCH_MS },
    )
  } catch (error) {
    if (error instanceof GitError && /couldn't find remote ref/i.test(error.stderr)) return undefined
    throw error
  }
  return commitOf(repository, to)
}

/** Pushes a commit to a branch, never with force. The same twice is the same as once. */
export function pushRef(
  repository: Repository,
  remote: GitRemote,
  { commit, branch }: { commit: string; branch: string },
): Promise<PushedCommitTo> {
  return pushCommit(repository, { remote: remote.url, commit, branch }, remote.env)
}
