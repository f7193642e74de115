import type { GitHub } from './client.ts'
import { isTrouble } from './errors.ts'
import { findPull, type PullPlace } from './find-pull.ts'
import { markOf } from './marks.ts'
import { once } from './once.ts'
import type { GitHubState } from './state.ts'

/** A pull request to be opened for a branch that was pushed. */
export interface NewPull {
  /** One pull request a key. */
  key: string
  title: string
  /** Words of others in it must have gone through `harmless`. */
  body: string
  branch: string
  base: string
  /** What its mark says. */
  mark: string
}

/** Opens a pull request once for its key; an open one of the branch is taken for it. */
export async function openPull(
  { github, state }: { github: GitHub; state: Pick<GitHubState, 'writes'> },
  { key, title, body, branch, base, mark }: NewPull,
): Promise<PullPlace> {
  const look = () => findPull(github, branch, base)
  return once(state, key, {
    look,
    act: async () => {
      try {
        const made = await github.write('POST /repos/{owner}/{repo}/pulls', {
          ...{ title, head: branch, base },
          body: `${body}\n\n${markOf(mark)}`,
        })
        return { number: made.number, url: made.html_url }
      } catch (error) {
        // It says that there is one already.
        const found = isTrouble(error, 'refused') ? await look() : undefined
        if (found) return found
        throw error
      }
    },
  })
}
