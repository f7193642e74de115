import type { Task } from '../../core/types.ts'
import { makeCommit } from '../../git/commit/make-commit.ts'
import { noteWithoutAttributes } from '../../git/commit/verbatim.ts'
import type { Repository } from '../../git/repository.ts'
import { treeOf } from '../../git/worktree/branches.ts'
import { type Combined, isAncestor, isOnlyParent, mergeTree } from '../../git/worktree/combine.ts'
import type { InConflict } from '../../git/worktree/conflict-parts.ts'
import type { MergeOptions } from './options.ts'

/** Work that wants to land. */
export interface Candidate {
  task: Task
  /** The task's commit, on its branch. */
  work: string
  /** Of the commit that lands. */
  message: string
}

/** A candidate on top of those before it. */
export interface Link {
  candidate: Candidate
  commit: string
  tree: string
}

/** Candidates one on top of the other, and those that do not fit. */
export interface Chain {
  links: Link[]
  /** Does not fit onto the branch itself. */
  conflicts: { candidate: Candidate; inConflict: InConflict }[]
  /** Does not fit onto another candidate, which may not land after all. */
  later: Candidate[]
}

/** Puts candidates onto `tip` in order, without a working tree; no branch moves. */
export async function chain(
  repository: Repository,
  tip: string,
  candidates: readonly Candidate[],
  method: MergeOptions['method'],
): Promise<Chain> {
  const made: Chain = { links: [], conflicts: [], later: [] }
  for (const candidate of candidates) {
    const on = made.links.at(-1)?.commit ?? tip
    const combined = await combine(repository, on, candidate.work)
    if ('tree' in combined)
      made.links.push({
        candidate,
        tree: combined.tree,
        commit: await commitOn(repository, on, candidate, combined.tree, method),
      })
    else if (on === tip) {
      const { marked, conflicts: files, notes } = combined
      made.conflicts.push({ candidate, inConflict: { marked, files, notes } })
    } else made.later.push(candidate)
  }
  return made
}

/** Work that was done right on top of it holds it already. */
async function combine(repository: Repository, on: string, work: string): Promise<Combined> {
  const tree = await treeOf(repository, work)
  if (await isOnlyParent(repository, on, work)) return { tree }
  const combined = await mergeTree(repository, on, work)
  if ('tree' in combined) noteWithoutAttributes(combined.tree, [await treeOf(repository, on), tree])
  return combined
}

async function commitOn(
  repository: Repository,
  on: string,
  { work, message }: Candidate,
  tree: string,
  method: MergeOptions['method'],
): Promise<string> {
  // Nothing of its own: the branch holds it already.
  if (tree === (await treeOf(repository, on)) && (method === 'squash' || (await isAncestor(repository, work, on))))
    return on
  // Where nothing else landed, the task's own commit is the one that was checked.
  if (method === 'squash' ? await isOnlyParent(repository, on, work) : await isAncestor(repository, on, work))
    return work
  return makeCommit(repository, { tree, parents: method === 'squash' ? [on] : [on, work], message })
}
