import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { type ByteString, pathText } from '../bytes.ts'
import { changesBetween, openAt } from '../diff/changes.ts'
import { comparable } from '../diff/comparable.ts'
import { sameEntry, type TreeEntry, treeFilesAt } from '../diff/tree-diff.ts'
import { withIndex } from '../index-file.ts'
import { indexInfo } from '../index-info.ts'
import type { PrivateGit } from '../private-git.ts'
import { GitError } from '../program.ts'
import { inRepository } from '../repository.ts'
import { treeOf } from '../worktree/branches.ts'
import { type CommitTarget, target } from './commit-target.ts'
import { committedForm } from './committed-form.ts'
import { makeCommit } from './make-commit.ts'
import { mergeBlobs } from './merge-blobs.ts'
import { type Pushed, push } from './push.ts'
import { updateUsersIndex } from './users-index.ts'
import { isVerbatim, noteWithoutAttributes } from './verbatim.ts'

export interface CommitRequest {
  cwd: string
  /** Checkpoints (commits) before and after the task. */
  before: string
  after: string
  message: string
  /** Absent: the branch that is checked out. Made from HEAD when it does not exist; never checked out. */
  branch?: string
  push?: boolean
}

export type Committed =
  | {
      kind: 'committed'
      commit: string
      /** Absent: it is the first one. */
      parent?: string
      branch: string
      files: number
      pushed?: Pushed
    }
  | { kind: 'none'; reason: string }

type CommitRequestRange = Pick<CommitRequest, 'cwd' | 'before' | 'after'>

/** Path → what the commit gets there; undefined for a file that goes. */
type Shares = Map<ByteString, TreeEntry | undefined>

/**
 * Commits what a task changed and nothing else, without a checkout, hooks or the user's index. Where the task's changes
 * cannot be told from other people's (overlapping lines, files that are staged), nothing is committed, and the reason is given.
 * On the checked-out branch the index gets the same files, so that `git status` shows them as committed.
 */
export async function commitTask(request: CommitRequest): Promise<Committed> {
  const own = await openAt(request.cwd)
  const onto = await target(own.repository, request.branch)
  if ('reason' in onto) return { kind: 'none', reason: onto.reason }
  const found = await sharesOn(own, onto.tip, request)
  if ('reason' in found) return { kind: 'none', reason: found.reason }
  if (found.shares.size === 0) return { kind: 'none', reason: 'The task left nothing to commit.' }
  try {
    return await place(own, onto, found, request)
  } catch (error) {
    if (error instanceof GitError) return { kind: 'none', reason: `Not committed: ${error.message}` }
    throw error
  }
}

interface OnTop {
  committed: ReadonlyMap<ByteString, TreeEntry>
  shares: Shares
  /** The whole tree with them, where it is known. */
  tree?: string
}

/** What a task adds to a commit; words where that cannot be told apart from the work of others. */
async function sharesOn(
  own: PrivateGit,
  tip: string | undefined,
  { cwd, before, after }: CommitRequestRange,
): Promise<OnTop | { reason: string }> {
  const { leftOut } = await comparable(own, before, after)
  if (leftOut.length > 0) return { reason: `Not committed: ${named(leftOut)} could not be recorded in full.` }
  const task = await changesBetween({ cwd, from: before, to: after })
  const paths = new Set(task.map(({ path }) => path))
  const side = (of: 'before' | 'after') =>
    new Map(task.flatMap((change) => (change[of] ? [[change.path, change[of]]] : [])))
  const [from, to] = [await treeOf(own.repository, before), await treeOf(own.repository, after)]
  const isOnFrom = tip !== undefined && (await treeOf(own.repository, tip)) === from
  const isAsOnDisk = await isVerbatim(own, from, paths)
  if (isAsOnDisk) noteWithoutAttributes(to, [from])
  // What is on disk is the commit it began from and what it changed.
  if (isOnFrom && isAsOnDisk)
    return { committed: side('before'), shares: new Map(task.map((change) => [change.path, change.after])), tree: to }
  const committed = tip ? await treeFilesAt(own, tip, paths) : new Map<ByteString, TreeEntry>()
  const formOf = (of: 'before' | 'after', tree: string) =>
    isAsOnDisk ? side(of) : committedForm(own, tree, side(of), committed)
  const [earlier, later] = [await formOf('before', before), await formOf('after', after)]
  const shares: Shares = new Map()
  const foreign: ByteString[] = []
  for (const path of paths) {
    const share = ownShare(committed.get(path), earlier.get(path), later.get(path))
    const merged =
      share === 'merge' ? await mergeBlobs(own, committed.get(path)!, earlier.get(path)!, later.get(path)!) : undefined
    if (typeof share === 'object') shares.set(path, share.take)
    else if (merged) shares.set(path, merged)
    else if (share !== 'nothing') foreign.push(path)
  }
  // Deleted by the user, or left out by a sparse checkout: nobody has seen what is written over.
  const remade = foreign.filter((path) => committed.has(path) && !earlier.has(path) && later.has(path))
  if (remade.length > 0)
    return {
      reason: `Not committed: ${named(remade)} is in the commit and was not in the working tree (deleted, or left out by a sparse checkout), and the task has made another one. Remove it there, or take it in first (git sparse-checkout add), then retry.`,
    }
  if (foreign.length > 0)
    return { reason: `Not committed: ${named(foreign)} held uncommitted changes that are not the task’s.` }
  return { committed, shares }
}

/** The tree of a commit with what a task changed on top of it, and nothing else; no branch knows it. */
export async function taskTree({
  on,
  ...range
}: CommitRequestRange & { on: string }): Promise<{ tree: string } | { reason: string }> {
  const own = await openAt(range.cwd)
  const found = await sharesOn(own, on, range)
  return 'reason' in found ? found : { tree: await treeWith(own, on, found) }
}

async function treeWith(own: PrivateGit, tip: string | undefined, { tree, shares }: OnTop): Promise<string> {
  if (tree !== undefined) return tree
  const made = await writeTree(own, tip, shares)
  if (tip !== undefined) noteWithoutAttributes(made, [await treeOf(own.repository, tip)], shares.keys())
  return made
}

function writeTree(own: PrivateGit, tip: string | undefined, shares: Shares): Promise<string> {
  return withIndex(join(own.dir, `index-${randomUUID()}`), async (index) => {
    if (tip) await own.run(['read-tree', tip], { index })
    await own.run(['update-index', '-z', '--index-info'], { index, input: indexInfo(own.repository, shares) })
    return (await own.run(['write-tree'], { index })).stdout.trim()
  })
}

async function place(own: PrivateGit, onto: CommitTarget, onTop: OnTop, request: CommitRequest): Promise<Committed> {
  const { committed, shares } = onTop
  const run = inRepository(own.repository)
  const tree = await treeWith(own, onto.tip, onTop)
  const parents = onto.tip ? [onto.tip] : []
  const commit = await makeCommit(own.repository, { tree, parents, message: request.message })
  const old = (onto.exists && onto.tip) || '0'.repeat(commit.length)
  const moveRef = () => run(['update-ref', '-m', 'baton: commit of a task', onto.ref, commit, old])
  if (onto.isCheckedOut) {
    const clash = await updateUsersIndex(own, committed, shares, moveRef)
    if (clash.length > 0)
      return { kind: 'none', reason: `Not committed: ${named(clash)} had staged changes that are not the task’s.` }
  } else await moveRef()
  const branch = onto.ref.replace(/^refs\/heads\//, '')
  const pushed = request.push ? await push(own.repository, branch) : undefined
  return {
    ...{ kind: 'committed', commit, branch, files: shares.size },
    ...(onto.tip && { parent: onto.tip }),
    ...(pushed && { pushed }),
  }
}

function named(paths: ByteString[]): string {
  const shown = paths.slice(0, 3).map(pathText).join(', ')
  return paths.length > 3 ? `${shown} and ${paths.length - 3} more` : shown
}

/** What a commit gets at a path that a task changed. */
type Share = { take: TreeEntry | undefined } | 'nothing' | 'merge' | 'conflict'

/**
 * The task's share of a file. Where the commit to build on has the file as it was before the task, the share is the whole
 * file; where it has something else (the user's uncommitted changes were already there), only the task's lines can be
 * carried over; and where that cannot be, committing would sweep up what is not the task's.
 */
function ownShare(
  committed: TreeEntry | undefined,
  before: TreeEntry | undefined,
  after: TreeEntry | undefined,
): Share {
  if (sameEntry(before, after) || sameEntry(committed, after)) return 'nothing'
  if (sameEntry(committed, before)) return { take: after }
  return [committed, before, after].every((entry) => entry?.mode.startsWith('100')) ? 'merge' : 'conflict'
}
