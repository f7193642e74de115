import type { Finding } from '../../core/types.ts'
import { locate } from '../../git/repository.ts'
import { type Refs, refsOf } from '../../git/watch/refs.ts'
import { isAncestor } from '../../git/worktree/combine.ts'

/** Every ref as it is now; undefined outside of a repository. */
export async function refsNow(cwd: string): Promise<Refs | undefined> {
  const located = await locate(cwd)
  return 'reason' in located ? undefined : refsOf(located.repository)
}

/** A command in which git writes refs. */
const WRITES =
  /\bgit\b[^|;&\n]*\b(tag|branch|update-ref|push|fetch|pull|reset|rebase|merge|commit|checkout|switch|worktree|filter-branch|symbolic-ref)\b/

const MOST_NAMED = 6

/**
 * Branches and tags that were deleted, or led elsewhere, while a task worked in a worktree. All worktrees and the user share them, so the user
 * may have done it; a person is asked where a command of the task's own could have.
 *
 * @param own names of branches that Baton and the tasks move
 * @param commands what the agent ran; undefined: that is not known
 */
export async function movedRefs(
  cwd: string,
  before: Refs,
  { own, commands }: { own: (branch: string) => boolean; commands: readonly string[] | undefined },
): Promise<Finding[]> {
  const located = await locate(cwd)
  if ('reason' in located) return []
  const { repository } = located
  const after = await refsOf(repository)
  const told: string[] = []
  for (const [name, from] of Object.entries(before)) {
    const to = after[name]
    const [, kind, short = ''] = /^refs\/(heads|tags)\/(.*)$/s.exec(name) ?? []
    if (to === from || kind === undefined || (kind === 'heads' && own(short))) continue
    const called = kind === 'heads' ? `branch ${short}` : `tag ${short}`
    if (to === undefined) told.push(`${called} is gone (it was at ${from.slice(0, 12)})`)
    else if (kind === 'tags' || !(await isAncestor(repository, from, to)))
      told.push(`${called} went from ${from.slice(0, 12)} to ${to.slice(0, 12)}`)
  }
  if (told.length === 0) return []
  const more = told.length > MOST_NAMED ? `; ${told.length - MOST_NAMED} more` : ''
  const isLikely = commands?.some((command) => WRITES.test(command)) ?? false
  const who = isLikely ? 'and the task ran git commands that can do this' : 'by you or by a task'
  return [
    {
      kind: 'refs-moved',
      weight: isLikely ? 'ask' : 'tell',
      lasting: true,
      text: `While it worked, ${told.slice(0, MOST_NAMED).join('; ')}${more}, ${who}.`,
    },
  ]
}
