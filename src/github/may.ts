import { type AccountId, isSameAccount } from './accounts.ts'
import type { GitHub } from './client.ts'
import { isTrouble } from './errors.ts'

/** `unknown`: it could not be asked now. Nothing is done on that; ask again later. */
export type May = 'yes' | 'no' | 'unknown'

/**
 * Whether an account may write to the repository, asked of GitHub now and never kept: who could yesterday need not today. Names
 * change hands, so the number of the account decides. What is not a clear yes is no.
 */
export async function mayWrite(
  github: GitHub,
  user: { id: AccountId; login: string } | null | undefined,
): Promise<May> {
  if (!user) return 'no'
  try {
    const answer = await github.read('GET /repos/{owner}/{repo}/collaborators/{username}/permission', {
      username: user.login,
    })
    return isSameAccount(answer.user, user) && (answer.permission === 'admin' || answer.permission === 'write')
      ? 'yes'
      : 'no'
  } catch (error) {
    // A token without push access may not ask. That is not an answer about the person.
    return isTrouble(error, 'missing', 'refused') ? 'no' : 'unknown'
  }
}
