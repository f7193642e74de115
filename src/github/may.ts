import { type AccountId, isSameAccount } from './accounts.ts'
import type { GitHub } from './client.ts'
import { GitHubError, isTrouble } from './errors.ts'

const NEEDS_WRITE =
  'Baton asks this before it does what somebody says there, and only an account with write access to the repository may: give the account of the token that.'

/**
 * Whether an account may write to the repository, asked of GitHub now and never kept: who could yesterday need not today. Names
 * change hands, so the number of the account decides. What is not a clear yes is no. Throws GitHubError where GitHub does not say:
 * nothing is done on that, and it is asked again later.
 */
export async function mayWrite(
  github: GitHub,
  user: { id: AccountId; login: string } | null | undefined,
): Promise<'yes' | 'no'> {
  if (!user) return 'no'
  try {
    const answer = await github.read('GET /repos/{owner}/{repo}/collaborators/{username}/permission', {
      username: user.login,
    })
    return isSameAccount(answer.user, user) && (answer.permission === 'admin' || answer.permission === 'write')
      ? 'yes'
      : 'no'
  } catch (error) {
    if (isTrouble(error, 'missing', 'refused')) return 'no'
    // That is not an answer about the person.
    if (isTrouble(error, 'forbidden')) throw new GitHubError('forbidden', `${error.message} ${NEEDS_WRITE}`)
    throw error
  }
}
