import type { Landing } from '../../core/types.ts'
import { GitHubError, wordsWithPermission } from '../../github/errors.ts'

/** Where work went that cannot be undone here. */
export const whereItsWorkIs = (pull: { number: number } | undefined): string =>
  pull
    ? `Its work is in pull request #${pull.number}: close it there, or revert it when it is merged.`
    : 'Its work is on a branch of its own and changed nothing else.'

/** The landing of work whose pull request could not be opened. Throws what is not GitHub's refusal. */
export function notOpened(error: unknown, signal: AbortSignal): Landing {
  if (!(error instanceof GitHubError)) throw error
  if (signal.aborted) return { kind: 'blocked', words: 'It was interrupted.' }
  return { kind: 'blocked', words: `The pull request could not be opened. ${whatToDo(error)}` }
}

function whatToDo(error: GitHubError): string {
  if (error.kind === 'forbidden')
    return `${wordsWithPermission(error, 'Pull requests: write')}\nGive it to the token, then Retry.`
  if (error.kind === 'unauthorized')
    return `${error.message}\nThe token is wrong or was revoked: set GITHUB_TOKEN in .env.`
  return error.message
}
