import type { SingleValues } from '../../core/kept-values.ts'
import { originText } from '../../core/origin.ts'
import type { Attempt, Task } from '../../core/types.ts'
import { runBranch, taskPart } from '../../git/branch-names.ts'
import { checkpoint } from '../../git/checkpoint/checkpoint.ts'
import { commitTask, taskTree } from '../../git/commit/commit-task.ts'
import { makeCommit } from '../../git/commit/make-commit.ts'
import { inRepository, type Repository } from '../../git/repository.ts'
import { safeRun } from '../../git/safe-run.ts'
import { restoreCheckpoint } from '../../git/undo/restore.ts'
import { gitFacts } from '../../git/watch/facts.ts'
import { tipOf } from '../../git/watch/ref-files.ts'
import { checkedOutIn, isBranchName, treeOf } from '../../git/worktree/branches.ts'
import { isOnlyParent } from '../../git/worktree/combine.ts'
import { conflictText } from '../../git/worktree/conflict-parts.ts'
import { leftInConflict } from '../../git/worktree/left-in-conflict.ts'
import { dropLocks, resetWorktree } from '../../git/worktree/worktrees.ts'
import type { Rebased } from '../evidence/evidence-ports.ts'
import { sideName } from '../merge-line/words.ts'
import { WorkspaceError } from '../workspace.ts'
import { copyIn, toCopy } from './copy-in.ts'
import type { WorktreeOptions } from './options.ts'
import type { Pool, PooledTree } from './pool.ts'
import { inWords, refuseInTheWay } from './refusals.ts'
import { setUpDigest } from './set-up.ts'

/** What is kept of a task's worktree and branch. */
export interface LaneTree {
  branch: string
  /** Commit that its work builds on. */
  base: string
  /** It was made, filled and set up once. */
  ready: boolean
  /** Digest of what was copied into it. */
  copied?: string
  rebased?: Rebased
  /** Attempts up to this one landed and were undone since: they are not part of what it does now. */
  since?: number
  /** It landed; whatever is done at it now starts from the branch as it is then. */
  over?: true
  /** Its worktree is being made again; a kill on the way leaves it without part of the work. */
  refilling?: true
  /** Where what lay in its worktree was kept when the repository did not know that any more; it is told with the next result. */
  aside?: string
  /** It was given up, and all that was in its worktree is on its branch. */
  left?: true
  /** Work that was put onto another commit last; the conflict markers of that name it. */
  returned?: string
  /** Its work must move onto another commit; after a kill on the way that is done again. */
  moving?: Move
}

/** The commit `work` is to become a change of `onto`. */
export interface Move {
  onto: string
  work: string
}

export interface LaneTreePorts {
  options: WorktreeOptions
  pool: Pool
  meta: SingleValues
  /** All attempts at a task, oldest first. */
  attempts: (taskId: string) => Attempt[]
  /** Baton's own folders. */
  exclude: string[]
  message: (task: Task) => string
  /** Runs one set-up command; what it printed where it failed. */
  runSetUp: (command: string, place: { cwd: string; env: Record<string, string> }) => Promise<{ failed?: string }>
}

/** Worktrees of tasks, from the first commit to the last. */
export interface LaneTrees {
  of: (task: Pick<Task, 'id'>) => LaneTree | undefined
  /** The worktree of a task, made where it is not there; it starts from `base`. Throws WorkspaceError. */
  open: (task: Task, places: StartingPoint, env: Record<string, string>) => Promise<Repository>
  /** Commits what the task did so far on its branch; gives the commit, and what it was put onto just now, or why there is none. */
  commit: (
    task: Task,
    tree: Repository,
    after?: string,
  ) => Promise<{ commit: string; on?: string } | { reason: string }>
  /**
   * The commit of exactly what the receipt shows, whatever became of the branch, which is at `tip`. `on`: what
   * that was put onto just now. `isAlone`: right on what the task started from, and not on the branch.
   */
  landing: (
    task: Task,
    tree: Repository,
    how: { tip: string; on?: string; isAlone: boolean },
  ) => Promise<{ commit: string } | { reason: string }>
  /**
   * Notes that the task's work must move onto another commit, with conflict markers where the two do not fit: that happens
   * when its worktree is opened next, so that what goes wrong there is the task's own trouble and not the line's.
   */
  giveBack: (task: Task, tree: Repository, to: Move) => Promise<void>
  /** Files of the task's work in which conflict markers of that are left. */
  unresolved: (task: Task, tree: Repository) => Promise<LeftInConflict | undefined>
  /** Sets up a worktree that is at `commit`. Throws WorkspaceError. */
  setUp: (pooled: PooledTree, tree: Repository, commit: string, place: Preparation) => Promise<{ copied: string }>
}

/** Files in which conflict markers are left, and what they mark. */
export interface LeftInConflict {
  files: string[]
  hunks: string
}

/** Where worktrees come from. */
export interface StartingPoint {
  /** The user's checkout. */
  main: Repository
  base: string
}

interface Preparation {
  main: Repository
  isNew: boolean
  env: Record<string, string>
}

export const keyOf = (task: Pick<Task, 'id'>): string => `worktree:${task.id}`

/** The branch of a task: the one it names, or one made of its run, number and title. */
function branchOf({ spec, runId, number }: Task): string {
  if (spec.branch !== undefined) return spec.branch
  return `${runBranch(runId)}/${taskPart({ number, title: spec.title })}`
}

export function createLaneTrees(ports: LaneTreePorts): LaneTrees {
  const { options, pool, meta, attempts, exclude } = ports
  const of = (task: Pick<Task, 'id'>) => meta.get<LaneTree>(keyOf(task))
  const keep = (task: Task, lane: LaneTree) => meta.set(keyOf(task), lane)

  const trees: LaneTrees = {
    of,

    async open(task, places, env) {
      const known = reopened(task, places)
      const pooled = pool.of(task.id)
      if (known?.ready && !known.moving && !known.refilling && pooled) {
        const there = await pool.tree(pooled)
        if (there) return there
      }
      try {
        const lane = known ?? (await begin(task, places))
        const taken = await pool.take(task.id)
        const { main } = places
        if (lane.ready) return await again(task, lane, taken, main, env)
        const { tree, isNew } = await pool.ready(main, taken, lane.base)
        await resetWorktree(tree, { commit: lane.base, branch: lane.branch })
        const { copied } = await trees.setUp(taken, tree, lane.base, { main, isNew, env })
        keep(task, { ...lane, ready: true, copied })
        return tree
      } catch (error) {
        const { aside } = of(task) ?? {}
        const kept = aside === undefined ? '' : ` (what lay in it is kept in ${aside})`
        throw inWords(error, `The worktree of task ${task.number} could not be made${kept}`)
      }
    },

    async commit(task, tree, after) {
      const { branch, base } = of(task) as LaneTree
      const range = rangeOf(task, after)
      await dropLocks(tree)
      if (range) {
        const made = await commitTask({ cwd: tree.root, ...range, message: ports.message(task), branch })
        if (made.kind === 'committed')
          return { commit: made.commit, ...(made.parent !== undefined && { on: made.parent }) }
        if (!/left nothing to commit/.test(made.reason)) return { reason: made.reason }
      }
      // Without its branch, which somebody may have deleted, the task has what it began from.
      return { commit: (await tipOf(tree, branch)) ?? base }
    },

    async landing(task, tree, { tip, on: parent, isAlone }) {
      const { base } = of(task) as LaneTree
      if (parent === base) return { commit: tip }
      const range = rangeOf(task)
      const wanted = range ? await taskTree({ cwd: tree.root, ...range, on: base }) : { tree: await treeOf(tree, base) }
      if ('reason' in wanted) return wanted
      // A history of the agent's own could make others' work look like something to be taken back.
      const on = isAlone ? base : tip
      const isThat = (await treeOf(tree, tip)) === wanted.tree
      if (isThat && (!isAlone || (await isOnlyParent(tree, base, tip)))) return { commit: tip }
      if ((await treeOf(tree, on)) === wanted.tree) return { commit: on }
      return { commit: await makeCommit(tree, { tree: wanted.tree, parents: [on], message: ports.message(task) }) }
    },

    async giveBack(task, tree, to) {
      // The branch will leave this commit, which is all there is of the work.
      await (await safeRun(tree))(['update-ref', refOfReturned(task, to), to.work])
      keep(task, { ...(of(task) as LaneTree), moving: to })
    },

    async unresolved(task, tree) {
      const { returned, base } = of(task) as LaneTree
      const work = rangeOf(task)?.after
      if (returned === undefined || work === undefined) return undefined
      const files = await leftInConflict(tree, work, { ours: 'HEAD', theirs: returned }, base)
      if (files.length === 0) return undefined
      const hunks = await conflictText(
        tree,
        { marked: work, files },
        { ours: { label: 'HEAD', name: sideName([]) }, theirs: { label: returned, name: sideName([task]) } },
      )
      return { files, hunks }
    },

    async setUp(pooled, tree, commit, { main, isNew, env }) {
      const wanted = await toCopy(main, options.copy)
      await copyIn(main, tree.root, wanted)
      const copied = wanted.digest
      if (options.setup.length === 0) return { copied }
      const digest = await setUpDigest(tree, commit, options.setup)
      if (!isNew && pool.all().find(({ name }) => name === pooled.name)?.setUp === digest) return { copied }
      // One that ends on the way leaves neither what was there before nor what it should become.
      pool.noteSetUp(pooled, undefined)
      const before = await untracked(tree)
      for (const command of options.setup) {
        const { failed } = await ports.runSetUp(command, { cwd: tree.root, env })
        if (failed !== undefined)
          throw new WorkspaceError(
            `The set-up of the worktree failed: ${command}\n${failed.trim() || 'It printed nothing.'}\nFix "worktree.setup" in config.yaml or what it runs, then retry.`,
          )
      }
      // What git neither tracks nor ignores is gone with the next use, so then it is due again.
      if ((await untracked(tree)) === before) pool.noteSetUp(pooled, digest)
      return { copied }
    },
  }
  return trees

  /** Names the branch before it is made, so that a half-made one is known as ours. */
  async function begin(task: Task, { main, base }: StartingPoint): Promise<LaneTree> {
    const branch = branchOf(task)
    if (task.spec.branch !== undefined && !(await isBranchName(main, branch)))
      throw new WorkspaceError(`“${branch}” is not a valid branch name (${originText(task.spec.origin)}).`)
    const elsewhere = await checkedOutIn(main, branch)
    if (elsewhere !== undefined)
      throw new WorkspaceError(
        `The branch ${branch} is checked out in ${elsewhere}. Give task ${task.number} another one, or switch that checkout to another branch.`,
      )
    if ((await tipOf(main, branch)) !== undefined)
      throw new WorkspaceError(
        `The branch ${branch} already exists. Give task ${task.number} another one, or delete it ("git branch -D ${branch}") if nothing in it is needed.`,
      )
    const ours = task.spec.branch === undefined
    const advice = ours ? 'Rename it' : `Give task ${task.number} another one`
    await refuseInTheWay(main, branch, ours ? 'run' : 'task', advice)
    const lane: LaneTree = { branch, base, ready: false }
    keep(task, lane)
    return lane
  }

  /** A worktree that vanished, was given back, or in which Baton was killed on the way. */
  async function again(
    task: Task,
    lane: LaneTree,
    pooled: PooledTree,
    main: Repository,
    env: Record<string, string>,
  ): Promise<Repository> {
    const tip = (await tipOf(main, lane.branch)) ?? lane.base
    const { left: _, ...rest } = lane
    const aside = await pool.rescue(pooled)
    keep(task, { ...rest, refilling: true, ...(aside !== undefined && { aside }) })
    const { tree, isNew } = await pool.ready(main, pooled, tip)
    if (lane.moving) {
      await moveOnto(task, lane.moving, pooled, tree, { main, isNew, env })
      return tree
    }
    await resetWorktree(tree, { commit: tip, branch: lane.branch })
    const last = rangeOf(task)?.after
    if (last !== undefined) await restoreCheckpoint(tree.root, { commit: tip, to: last })
    const { copied } = await trees.setUp(pooled, tree, tip, { main, isNew, env })
    const { refilling: __, ...full } = of(task) as LaneTree
    keep(task, { ...full, copied })
    return tree
  }

  /** Puts the task's work onto another commit, whose own set-up and files are not part of it. */
  async function moveOnto(
    task: Task,
    to: Move,
    pooled: PooledTree,
    tree: Repository,
    place: Preparation,
  ): Promise<void> {
    const lane = of(task) as LaneTree
    const { onto, work } = to
    const run = await safeRun(tree)
    await resetWorktree(tree, { commit: onto, branch: lane.branch })
    const { copied } = await trees.setUp(pooled, tree, onto, place)
    const taken = await checkpoint({
      cwd: tree.root,
      ref: `${refOfReturned(task, to)}-onto`,
      message: `What task ${task.number} was put onto`,
      exclude,
    })
    if (taken.kind === 'none') throw new WorkspaceError(taken.reason)
    const until = attempts(task.id).findLast((one) => one.checkpointAfter !== undefined)?.checkpointAfter
    const facts = JSON.stringify(await gitFacts(tree.root, lane.branch))
    await run([...MERGE, 'merge', '--squash', '--no-commit', '--quiet', work], { accept: [0, 1] })
    await run(['reset', '--quiet'])
    const { moving: _, refilling: __, ...rest } = lane
    keep(task, {
      ...rest,
      copied,
      base: onto,
      returned: work,
      rebased: { from: taken.commit, ...(until !== undefined && { until }), facts, at: Date.now() },
    })
  }

  function reopened(task: Task, { base }: StartingPoint): LaneTree | undefined {
    const known = of(task)
    if (!known?.over) return known
    const lane: LaneTree = { branch: known.branch, base, ready: false, since: task.attempts }
    keep(task, lane)
    return lane
  }

  /** Checkpoints around the task's own work. */
  function rangeOf(task: Task, until?: string): { before: string; after: string } | undefined {
    const { rebased } = of(task) ?? {}
    const all = ownAttempts(meta, attempts, task)
    const before = rebased?.from ?? all.find((one) => one.checkpointBefore !== undefined)?.checkpointBefore
    const after = until ?? all.findLast((one) => one.checkpointAfter !== undefined)?.checkpointAfter
    return before === undefined || after === undefined || after === rebased?.until ? undefined : { before, after }
  }
}

/** Attempts that what the task does now is made of. */
export function ownAttempts(
  meta: SingleValues,
  attempts: (taskId: string) => Attempt[],
  task: Pick<Task, 'id'>,
): Attempt[] {
  const since = meta.get<LaneTree>(keyOf(task))?.since ?? 0
  return attempts(task.id).filter(({ number }) => number > since)
}

/** Keeps the work of a task that its branch has left. */
const refOfReturned = ({ runId, number }: Task, { work }: Move): string =>
  `refs/baton/${runId}/${number}/returned/${work.slice(0, 12)}`

/** What a reset takes away with it. */
async function untracked(tree: Repository): Promise<string> {
  return (await inRepository(tree)(['ls-files', '--others', '--exclude-standard', '-z'])).stdout
}

/** Whatever the user configured for merges of their own. */
const MERGE = [
  ...['merge.ff=true', 'merge.conflictStyle=merge', 'merge.autoStash=false', 'rerere.enabled=false'],
  // Baton signs nothing, and this brings its own commits together.
  'merge.verifySignatures=false',
].flatMap((one) => ['-c', one])
