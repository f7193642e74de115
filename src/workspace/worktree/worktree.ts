import { join, relative, resolve } from 'node:path'
import { originText } from '../../core/origin.ts'
import type { FileChange, Finding, Task } from '../../core/types.ts'
import { checkpoint } from '../../git/checkpoint/checkpoint.ts'
import { commitMessage } from '../../git/commit/commit-message.ts'
import { type Pushed, push } from '../../git/commit/push.ts'
import type { Repository } from '../../git/repository.ts'
import { safeRun } from '../../git/safe-run.ts'
import { headOf } from '../../git/watch/head.ts'
import { treeOf } from '../../git/worktree/branches.ts'
import { repairWorktrees, resetWorktree } from '../../git/worktree/worktrees.ts'
import { lazy } from '../../lazy.ts'
import type { Destination } from '../destination.ts'
import { createEvidence } from '../evidence/evidence.ts'
import { finishTask, noteUndo } from '../finish.ts'
import { previewTaskUndo, type UndoPorts, undoTask } from '../in-place/undo.ts'
import { createCommitChecks } from '../merge-line/check-commit.ts'
import { createChecked } from '../merge-line/checked.ts'
import { landRun, type RunLanded } from '../merge-line/land-run.ts'
import { createLandedTasks } from '../merge-line/landed.ts'
import { landedSince } from '../merge-line/landed-since.ts'
import { createMergeLine, type MergeLine } from '../merge-line/merge-line.ts'
import { overlaps } from '../merge-line/overlap.ts'
import { previewLandedUndo, undoLanded } from '../merge-line/undo-landed.ts'
import { unresolvedWords } from '../merge-line/words.ts'
import { taskFolder } from '../task-folder.ts'
import type { Workspace } from '../workspace.ts'
import { WorkspaceError } from '../workspace.ts'
import { toCopy } from './copy-in.ts'
import { createIntegrationBranches } from './integration-branch.ts'
import { laneEnvironment } from './lane-env.ts'
import { createLaneTrees, keyOf, type LaneTree, ownAttempts } from './lane-tree.ts'
import { CHECKS, createPool } from './pool.ts'
import type { TreePlace, WorktreePorts } from './ports.ts'
import { repositoryFor } from './refusals.ts'
import { setUpDigest } from './set-up.ts'

/** Worktrees as a workspace, and what can be asked of them beside. */
export interface Worktrees extends Workspace {
  /** Brings a run's integration branch to the user's branch. */
  landRun: (runId: string) => Promise<RunLanded>
  list: () => Promise<WorktreeShown[]>
  /** Removes the free ones; gives their folders. */
  clean: () => Promise<string[]>
  /** The branch that a run's work comes together on. */
  integrationBranch: (runId: string) => string
}

/** A worktree as it is listed. */
export interface WorktreeShown {
  folder: string
  branch?: string
  /** Id of the task that has it; absent: it is free. */
  task?: string
  isForChecks: boolean
}

/** What a task did to the file by which its folder is a worktree. */
const MISLED: Finding = {
  kind: 'git-settings',
  weight: 'ask',
  lasting: true,
  text: 'The .git file of its folder did not lead to the repository any more. Baton has put it back and read nothing from where it led.',
}
const never = new AbortController().signal

/** A git worktree and a branch for each task; what is finished lands on an integration branch by the merge line. */
export function createWorktrees(ports: WorktreePorts): Worktrees {
  const { project, meta, options, merge, notes, exclude, onError } = ports
  const marked = project.mark ? notes : undefined
  const pool = createPool({ dir: options.dir, keep: options.keep, meta, key: `worktrees:${project.name}` })
  const message = (task: Task) =>
    commitMessage(project.commitMessage, {
      ...{
        title: task.spec.title,
        number: task.number,
        type: task.spec.type,
        file: task.spec.origin.file ?? originText(task.spec.origin),
      },
      ...{ summary: task.result ?? '', run: task.runId },
    })
  const attempts = (taskId: string) => ownAttempts(meta, ports.attempts, { id: taskId })
  const trees = createLaneTrees({ ...ports, pool, message })
  const checked = createChecked(meta, `checked:${project.name}`)
  const lines = new Map<string, MergeLine>()
  const sound = new Set<string>()
  let lastPush: Promise<unknown> = Promise.resolve()
  const opened = lazy(async () =>
    createLandedTasks((await repositoryFor(project.path, sound)).repository, meta, project.name),
  )
  /** The user's checkout; looked at each time, because it is not ours. */
  const main = async () => (await repositoryFor(project.path, sound)).repository
  const environmentOf = (lane: number) => laneEnvironment(project.path, lane)
  const inTree = (tree: Repository, repository: Repository): string =>
    join(tree.root, Buffer.from(repository.prefix, 'latin1').toString('utf8'))
  const known = (copied: string, setUp: string) => `${setUp}:${copied}:${process.version}`

  const checks = createCommitChecks({
    checked,
    checksFor: ports.checksFor,
    treeOf: async (commit) => treeOf(await main(), commit),
    environment: async (commit) => {
      const repository = await main()
      return known(
        (await toCopy(repository, options.copy)).digest,
        await setUpDigest(repository, commit, options.setup),
      )
    },
    place: async (commit, signal) => {
      const repository = await main()
      const slot = await pool.take(CHECKS)
      const { tree, isNew } = await pool.ready(repository, slot, commit)
      await resetWorktree(tree, { commit })
      const env = environmentOf(0)
      await trees.setUp(slot, tree, commit, { main: repository, isNew, env })
      const place: TreePlace = { folder: inTree(tree, repository), root: tree.root, env }
      return (check) => ports.runCheck(check, place, signal)
    },
  })

  const evidence = createEvidence({
    ...ports,
    attempts,
    own: (task) => {
      const lane = trees.of(task)
      return lane && { branch: lane.branch, ...(lane.rebased && { rebased: lane.rebased }) }
    },
    alsoFound: (task, files, after) => overlapsOf(task, files, after),
  })

  const integration = createIntegrationBranches({ into: merge.into, landed: opened, mayBeDirty: ports.mayBeDirty })

  const undoPorts: UndoPorts = {
    meta,
    exclude,
    notes: marked,
    attempts: (taskId) => {
      const rebased = meta.get<LaneTree>(keyOf({ id: taskId }))?.rebased
      const own = attempts(taskId)
      // What the task did to what it was put onto, and nothing of what landed meanwhile.
      return rebased ? own.map((one, index) => (index === 0 ? { ...one, checkpointBefore: rebased.from } : one)) : own
    },
  }
  const undoLandedPorts = async () => ({
    repository: await main(),
    landed: await opened(),
    check: (commit: string) => checks.check({ commit }, [], never),
  })

  return {
    kind: 'worktree',
    ...evidence,
    async after(task, ...attempt) {
      const wasMisled = await pool.leadBack(task.id)
      const { proof, ...rest } = await evidence.after(task, ...attempt)
      const findings = [...(proof.findings ?? []), ...(wasMisled ? [MISLED] : [])]
      return { ...rest, proof: { ...proof, ...(findings.length > 0 && { findings }) } }
    },
    integrationBranch: integration.of,

    async recover() {
      try {
        const repository = await main()
        for (const { user } of pool.slots()) if (user !== undefined) await pool.leadBack(user)
        const told = await repairWorktrees(repository, pool.isOurs)
        await (await opened()).recover()
        return told
      } catch (error) {
        // Each task that needs a worktree says so, too.
        if (error instanceof WorkspaceError) return [error.message]
        throw error
      }
    },

    async open(task, lane) {
      const { repository, head } = await repositoryFor(project.path, sound)
      const elsewhere = destinationOf(task)
      const base = await (elsewhere?.base(task, repository) ?? integration.baseOf(repository, head, task.runId))
      const env = environmentOf(lane)
      const tree = await trees.open(task, { main: repository, base }, env)
      await elsewhere?.furnish?.(task, tree.root)
      const folder = taskFolder(inTree(tree, repository), insideOf(task))
      return { folder, tree: tree.root, env, branch: (trees.of(task) as LaneTree).branch }
    },

    async land(task, signal) {
      const repository = await main()
      const landed = await opened()
      const already = landed.of(task)
      const lane = trees.of(task)
      const isDoneAgain = already?.undone?.isUndone && lane !== undefined && !lane.over
      if (already && !isDoneAgain) return { kind: 'landed', commit: already.commit }
      if (!lane) return { kind: 'landed' }
      const tree = await treeAgain(task, lane)
      const unresolved = await trees.unresolved(task, tree)
      if (unresolved.length > 0) return { kind: 'returned', why: 'conflict', words: unresolvedWords(unresolved) }
      const made = await trees.commit(task, tree)
      if ('reason' in made) return { kind: 'blocked', words: made.reason }
      const elsewhere = destinationOf(task)
      // A branch that others see is only added to.
      const isAlone = elsewhere === undefined && merge.method === 'squash'
      const work = await trees.landing(task, tree, {
        tip: made.commit,
        ...(made.on !== undefined && { on: made.on }),
        isAlone,
      })
      if ('reason' in work) return { kind: 'blocked', words: work.reason }
      const changed = work.commit !== lane.base
      if (elsewhere) return elsewhere.land(task, { repository, commit: work.commit, changed }, signal)
      if (!changed && project.git === 'read') return { kind: 'landed' }
      if ((await treeOf(tree, work.commit)) === (await treeOf(tree, made.commit)))
        await noteOwnChecks(task, tree, made.commit, lane)
      return lineOf(repository, integration.of(task.runId), task.runId).land(
        { task, work: work.commit, message: message(task) },
        signal,
      )
    },

    async finish(task, isFull) {
      const landed = await opened().catch(() => undefined)
      const commit = async (problems: string[]) => {
        const known = landed?.of(task)
        if (known && project.push) {
          const pushed = await pushing(known.branch)
          if (!pushed.ok) problems.push(`${known.branch} is not pushed: ${pushed.reason}`)
        }
        return known?.commit
      }
      const finished = await finishTask({ notes: marked, commit, onError }, task, isFull)
      if (finished === 'given up') return finished
      await release(task, { over: true }).catch(onError)
      return finished
    },

    async previewUndo(task) {
      const elsewhere = destinationOf(task)
      if (elsewhere) return elsewhere.noUndo(task)
      const already = (await opened()).of(task)
      return already ? previewLandedUndo(await undoLandedPorts(), already) : previewTaskUndo(undoPorts, task)
    },

    async undo(task, agreed) {
      const elsewhere = destinationOf(task)
      if (elsewhere) return { ok: false, text: await elsewhere.noUndo(task), again: false }
      const already = (await opened()).of(task)
      if (!already) return undoTask(undoPorts, task, agreed)
      const undoing = await undoLandedPorts()
      const line = lineOf(undoing.repository, already.branch, task.runId)
      const done = await line.alone(() => undoLanded(undoing, task, already))
      const noted = done.ok ? await noteUndo(marked, task, done.again) : undefined
      return { ...done, text: [done.text, noted].filter(Boolean).join('; ') }
    },

    async discard(task) {
      const lane = trees.of(task)
      // Killed after all was safe: the worktree may hold something else by now.
      if (!lane?.ready || lane.over || lane.left) return release(task, {})
      // Work that waits to be put onto another commit is on its branch already.
      const tree = lane.moving ? await treeOfTask(task) : await treeAgain(task, lane)
      if (tree) {
        const ref = `refs/baton/${task.runId}/${task.number}/left`
        const message = `Left by task ${task.number}: ${task.spec.title}`
        const taken = await checkpoint({ cwd: tree.root, ref, message, exclude })
        // Without it nothing may be taken away.
        if (taken.kind === 'none') throw new WorkspaceError(taken.reason)
        const made = await trees.commit(task, tree, taken.commit)
        if ('reason' in made) onError(new Error(`What task ${task.number} left is not on its branch: ${made.reason}`))
      }
      await release(task, { left: true })
    },

    async landRun(runId) {
      const branch = integration.of(runId)
      const undoing = await undoLandedPorts()
      const moved = await integration.moved(undoing.repository, branch)
      if (moved !== undefined) return { ok: false, text: moved.replace(/retry\.$/, 'land again.') }
      return lineOf(undoing.repository, branch, runId).alone(() => landRun(undoing, branch))
    },

    async list() {
      return pool.slots().map((slot) => {
        const lane = slot.user === undefined ? undefined : meta.get<LaneTree>(keyOf({ id: slot.user }))
        return {
          folder: pool.folder(slot),
          isForChecks: slot.user === CHECKS,
          ...(lane && { branch: lane.branch }),
          ...(slot.user !== undefined && slot.user !== CHECKS && { task: slot.user }),
        }
      })
    },

    async clean() {
      const repository = await main()
      // Nothing is checked while the line is still.
      if (lines.size === 0) await pool.release(repository, CHECKS)
      return pool.clean(repository)
    },
  }

  /** One after the other: of two, the later must not come first. */
  function pushing(branch: string): Promise<Pushed> {
    const mine = lastPush.then(async () => push(await main(), branch))
    lastPush = mine.catch(() => undefined)
    return mine
  }

  function destinationOf(task: Task): Destination | undefined {
    return ports.destination?.takes(task) ? ports.destination : undefined
  }

  /** A folder that the task names is one of the tree, however it is written. */
  function insideOf(task: Task): Pick<Task, 'spec'> {
    const { directory } = task.spec
    if (directory === undefined) return task
    return { spec: { ...task.spec, directory: relative(project.path, resolve(project.path, directory)) || '.' } }
  }

  function lineOf(repository: Repository, branch: string, runId: string): MergeLine {
    const there = lines.get(branch)
    if (there) return there
    const line = createMergeLine({
      ...{ repository, branch, method: merge.method },
      advance: async (...step) => (await opened()).advance(...step),
      leftAt: () => integration.leftAt(branch),
      check: checks.check,
      again: checks.again,
      checkBase: checks.checkBase,
      giveBack: async (task, to) => {
        const tree = await treeOfTask(task)
        if (tree) await trees.giveBack(task, tree, to)
      },
      landedSince: async (work, tip, files) =>
        landedSince(
          repository,
          { tasks: ports.tasks(runId), landed: await opened() },
          { work, tip, ...(files && { files }) },
        ),
      ...(merge.into === 'current' && {
        onLanded: async () => {
          const { ok, text } = await landRun(await undoLandedPorts(), branch)
          return ok ? { followed: true } : { note: `Your branch did not follow: ${text}` }
        },
      }),
    })
    lines.set(branch, line)
    return line
  }

  /** Its own checks passed in its own worktree: that holds for the commit where the worktree is exactly that. */
  async function noteOwnChecks(task: Task, tree: Repository, commit: string, lane: LaneTree): Promise<void> {
    const wanted = await ports.checksFor([task])
    const results = task.proof?.checks ?? []
    if (wanted.length === 0 || results.length === 0 || (await headOf(tree)).commit !== commit) return
    const { stdout } = await (await safeRun(tree))(['status', '--porcelain', '--untracked-files=normal'])
    if (stdout !== '') return
    const environment = known(lane.copied ?? '', await setUpDigest(tree, commit, options.setup))
    checks.noteOwn(await treeOf(tree, commit), environment, wanted, results)
  }

  async function treeOfTask(task: Task): Promise<Repository | undefined> {
    const slot = pool.of(task.id)
    return slot && pool.tree(slot)
  }

  /** The worktree of a task; one that has vanished is made again, with all that checkpoints have of it. */
  async function treeAgain(task: Task, { base }: LaneTree): Promise<Repository> {
    const there = await treeOfTask(task)
    return there ?? trees.open(task, { main: await main(), base }, environmentOf(task.lane ?? 0))
  }

  async function release(task: Task, change: Partial<LaneTree>): Promise<void> {
    const lane = trees.of(task)
    if (lane) meta.set(keyOf(task), { ...lane, ...change })
    if (pool.of(task.id)) await pool.release(await main(), task.id)
  }

  async function overlapsOf(task: Task, files: readonly FileChange[], after: string): Promise<Finding[]> {
    const lane = trees.of(task)
    if (!lane || files.length === 0) return []
    const others = ports
      .tasks(task.runId)
      .filter(({ id }) => id !== task.id && pool.of(id) !== undefined)
      .flatMap((other) => {
        const base = trees.of(other)?.base
        const last = attempts(other.id).findLast((one) => one.checkpointAfter !== undefined)?.checkpointAfter
        const paths = (other.proof?.files ?? []).map(({ path }) => path)
        return base === undefined || last === undefined ? [] : [{ task: other, base, after: last, paths }]
      })
    return overlaps(await main(), { task, base: lane.base, after, paths: files.map(({ path }) => path) }, others)
  }
}
