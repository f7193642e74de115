import { type AccountId, isSameAccount } from './accounts.ts'
import type { GitHub } from './client.ts'
import { isTrouble } from './errors.ts'
import { keyIn, markOf } from './marks.ts'
import { once } from './once.ts'
import type { GitHubState } from './state.ts'

interface Ports {
  github: GitHub
  state: GitHubState
}

/** GitHub takes no longer one. */
const LONGEST_BODY = 65_536

/** A comment of Baton's. */
export interface SaidComment {
  id: number
  url: string
  /** What it says; a comment is edited only where that changed. */
  body: string
}

/**
 * One comment for its key on an issue or pull request: made once, and edited in place from then on. Words of others in `body`
 * must have gone through `harmless`.
 */
export async function say(
  { github, state }: Ports,
  { issue, key, body: words }: { issue: number; key: string; body: string },
): Promise<SaidComment> {
  const mark = markOf(key)
  const body = `${words.slice(0, LONGEST_BODY - mark.length - 2)}\n\n${mark}`
  const write = writeOf(issue, key)
  const said = await once(state, write, {
    look: () => find(github, issue, key),
    act: async () =>
      saidOf(
        await github.write('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', { issue_number: issue, body }),
      ),
  })
  if (said.body === body) return said
  try {
    // The same twice is the same as once.
    const edited = saidOf(
      await github.write('PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}', { comment_id: said.id, body }),
    )
    state.writes.done(write, edited)
    return edited
  } catch (error) {
    // Somebody deleted it: it is not written again unasked.
    if (isTrouble(error, 'missing')) return said
    throw error
  }
}

/** The name under which a comment's write is remembered. */
const writeOf = (issue: number, key: string): string => `comment:${issue}:${key}`

/** Whether the comment of that key has been made. */
export const isSaid = ({ writes }: Pick<GitHubState, 'writes'>, issue: number, key: string): boolean =>
  writes.get(writeOf(issue, key))?.done === true

/** Whether Baton wrote it: by its own account, with a mark. The account may be a person's, who writes beside it. */
export async function isOwnComment(
  github: GitHub,
  { user, body }: { user: { id: AccountId } | null; body?: string | null | undefined },
): Promise<boolean> {
  return keyIn(body) !== undefined && isSameAccount(user, await github.self())
}

async function find(github: GitHub, issue: number, key: string): Promise<SaidComment | undefined> {
  const self = await github.self()
  const comments = await github.all('GET /repos/{owner}/{repo}/issues/{issue_number}/comments', { issue_number: issue })
  const found = comments.find(({ user, body }) => isSameAccount(user, self) && keyIn(body) === key)
  return found && saidOf(found)
}

const saidOf = (comment: { id: AccountId; html_url: string; body?: string | undefined }): SaidComment => ({
  id: Number(comment.id),
  url: comment.html_url,
  body: comment.body ?? '',
})
