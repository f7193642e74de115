import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { type ByteString, pathText } from '../bytes.ts'
import { openAt } from '../diff/changes.ts'
import { comparable } from '../diff/comparable.ts'
import { sameEntry, type TreeEntry, treeDiff, treeFiles } from '../diff/tree-diff.ts'
import { identity } from '../identity.ts'
import { withIndex } from '../index-file.ts'
import { indexInfo } from '../index-info.ts'
import type { PrivateGit } from '../private-git.ts'
import { GitError } from '../program.ts'
import { inRepository } from '../repository.ts'
import { type CommitTarget, target } from './commit-target.ts'
import { committedForm } from './committed-form.ts'
import { mergeBlobs } from './merge-blobs.ts'
import { type Pushed, push } from './push.ts'
import { updateUsersIndex } from './users-index.ts'

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
  const { committed, shares } = found
  if (shares.size === 0) return { kind: 'none', reason: 'The task left nothing to commit.' }
  try {
    return await place(own, onto, committed, shares, request)
  } catch (error) {
    if (error instanceof GitError) return { kind: 'none', reason: `Not committed: ${error.message}` }
    throw error
  }
}

interface OnTop {
  committed: ReadonlyMap<ByteString, TreeEntry>
  shares: Shares
}

/** What of a task goes on top of a commit; words where that cannot be told from what is others'. */
async function sharesOn(
  own: PrivateGit,
  tip: string | undefined,
  range: { before: string; after: string },
): Promise<OnTop | { reason: string }> {
  const task = await treeDiff(own, range.before, range.after)
  const paths = new Set(task.map(({ path }) => path))
  const { leftOut } = await comparable(own, range.before, range.after)
  if (leftOut.length > 0) return { reason: `Not committed: ${named(leftOut)} could not be recorded in full.` }
  const committed = tip ? await treeFiles(own, tip, (path) => paths.has(path)) : new Map<ByteString, TreeEntry>()
  const side = (of: 'before' | 'after') =>
    new Map(task.flatMap((change) => (change[of] ? [[change.path, change[of]]] : [])))
  const [earlier, later] = [
    await committedForm(own, range.before, side('before'), committed),
    await committedForm(own, range.after, side('after'), committed),
  ]
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
  if (foreign.length > 0)
    return { reason: `Not committed: ${named(foreign)} held uncommitted changes that are not the task’s.` }
  return { committed, shares }
}

/** The tree of a commit with what a task changed on top of it, and nothing else; no branch knows it. */
export async function taskTree(range: {
  cwd: string
  before: string
  after: string
  on: string
}): Promise<{ tree: string } | { reason: string }> {
  const own = await openAt(range.cwd)
  const found = await sharesOn(own, range.on, range)
  return 'reason' in found ? found : { tree: await writeTree(own, range.on, found.shares) }
}

function writeTree(own: PrivateGit, tip: string | undefined, shares: Shares): Promise<string> {
  return withIndex(join(own.dir, `index-${randomUUID()}`), async (index) => {
    if (tip) await own.run(['read-tree', tip], { index })
    await own.run(['update-index', '-z', '--index-info'], { index, input: indexInfo(own.repository, shares) })
    return (await own.run(['write-tree'], { index })).stdout.trim()
  })
}

async function place(
  own: PrivateGit,
  onto: CommitTarget,
  committed: ReadonlyMap<ByteString, TreeEntry>,
  shares: Shares,
  request: CommitRequest,
): Promise<Committed> {
  const run = inRepository(own.repository)
  const tree = await writeTree(own, onto.tip, shares)
  const parents = onto.tip ? ['-p', onto.tip] : []
  const input = Buffer.from(request.message, 'utf8').toString('latin1')
  const args = ['-c', 'i18n.commitEncoding=UTF-8', 'commit-tree', tree, ...parents]
  const commit = (await run(args, { input, env: await identity(own.repository) })).stdout.trim()
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
