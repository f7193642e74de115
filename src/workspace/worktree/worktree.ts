import { relative, resolve } from 'node:path'
import { originText } from '../../core/origin.ts'
import { taskName } from '../../core/text.ts'
import type { FileChange, Finding, Task } from '../../core/types.ts'
import { checkpoint } from '../../git/checkpoint/checkpoint.ts'
import { commitMessage } from '../../git/commit/commit-message.ts'
import type { Repository } from '../../git/repository.ts'
import { treeOf } from '../../git/worktree/branches.ts'
import { repairWorktrees } from '../../git/worktree/worktrees.ts'
import type { Destination } from '../destination.ts'
import { createEvidence } from '../evidence/evidence.ts'
import { finishTask, noteUndo } from '../finish.ts'
import { previewTaskUndo, type UndoPorts, undoTask } from '../in-place/undo.ts'
import { createFollowing } from '../merge-line/following.ts'
import { landRun, type RunLanded } from '../merge-line/land-run.ts'
import { recoverMarks } from '../merge-line/lift-marks.ts'
import { overlaps } from '../merge-line/overlap.ts'
import { previewLandedUndo, undoLanded } from '../merge-line/undo-landed.ts'
import { createUndoMarks } from '../merge-line/undo-marks.ts'
import { unlandedRuns } from '../merge-line/unlanded.ts'
import { NOT_HELD, nothingTakenOut, unresolvedWords } from '../merge-line/words.ts'
import { taskFolder } from '../task-folder.ts'
import type { Workspace } from '../workspace.ts'
import { WorkspaceError } from '../workspace.ts'
import { createIntegrationBranches } from './integration-branch.ts'
import { createLaneTrees, keyOf, type LaneTree, ownAttempts } from './lane-tree.ts'
import { createMergeLines } from './merge-lines.ts'
import { CHECKS, createPool } from './pool.ts'
import type { WorktreePorts } from './ports.ts'
import { createProjectTrees } from './project-trees.ts'
import { refuseLittleRoom } from './refusals.ts'
import { createRunPushes } from './run-pushes.ts'
import { createWorktreeChecks } from './worktree-checks.ts'

/** Worktrees as a workspace, and what can be asked of them beside. */
export interface Worktrees extends Workspace {
  /** Brings a run's integration branch to the user's branch. */
  landRun: (runId: string) => Promise<RunLanded>
  /** Of these runs, those whose work the user's branch does not have yet. */
  unlanded: (runIds: readonly string[]) => Promise<string[]>
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
const keptAside = (folder: string): Finding => ({
  kind: 'git-settings',
  weight: 'tell',
  lasting: true,
  text: `The repository did not know its worktree any more, so it was made again; what lay in it is kept in ${folder}.`,
})
const never = new AbortController().signal

/** A git worktree and a branch for each task; what is finished lands on an integration branch by the merge line. */
export function createWorktrees(ports: WorktreePorts): Worktrees {
  const { project, meta, options, merge, notes, exclude, onError } = ports
  const marked = project.mark ? notes : undefined
  const { freeBytes } = ports
  const pool = createPool({ dir: options.dir, keep: options.keep, meta, key: `worktrees:${project.name}`, freeBytes })
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
  const own = createProjectTrees(ports, pool)
  const { main, landed } = own
  const checks = createWorktreeChecks(ports, { project: own, trees, pool })

  const evidence = createEvidence({
    ...ports,
    attempts,
    own: (task) => {
      const lane = trees.of(task)
      return lane && { branch: lane.branch, ...(lane.rebased && { rebased: lane.rebased }) }
    },
    alsoFound: overlapsOf,
  })

  const integration = createIntegrationBranches({ into: merge.into, landed, mayBeDirty: ports.mayBeDirty })

  const pushes = createRunPushes(ports, { main, landed, integration })

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
    landed: await landed(),
    check: (commit: string) => checks.check({ commit }, [], never),
    tasks: ports.tasks,
  })
  const { marksIn, whileChanging, alone } = ports
  const careful = { ...(whileChanging && { whileChanging }), ...(alone && { alone }) }
  const marks = { marksIn, ...careful, notes, meta, project: project.name }
  const landing = async () => ({ ...(await undoLandedPorts()), marks })
  const undoMarks = createUndoMarks(meta, { project: project.name, notes: marked, landed, tasks: ports.tasks })
  const following = merge.into === 'current' ? createFollowing(meta, { project: project.name, landing }) : undefined
  const lines = createMergeLines(ports, { project: own, trees, checks, integration, following })

  return {
    kind: 'worktree',
    ...evidence,
    async after(task, ...attempt) {
      const wasMisled = await pool.leadBack(task.id)
      const { proof, ...rest } = await evidence.after(task, ...attempt)
      const { aside, ...lane } = trees.of(task) ?? {}
      const kept = aside === undefined ? [] : [keptAside(aside)]
      if (aside !== undefined) meta.set(keyOf(task), lane)
      const findings = [...(proof.findings ?? []), ...(wasMisled ? [MISLED] : []), ...kept]
      return { ...rest, proof: { ...proof, ...(findings.length > 0 && { findings }) } }
    },
    integrationBranch: integration.of,

    async recover() {
      try {
        const repository = await main()
        for (const { user } of pool.all()) if (user !== undefined) await pool.leadBack(user)
        const told = await repairWorktrees(repository, pool.isOurs)
        await releaseOver(repository)
        await (await landed()).recover()
        told.push(...(await recoverMarks(marks, ports.tasks)))
        // As in the undo itself: a mark goes before the work does, and comes after it.
        told.push(...(await undoMarks.recover(false)), ...((await following?.recover()) ?? []))
        return [...told, ...(await undoMarks.recover(true))]
      } catch (error) {
        // Each task that needs a worktree says so, too.
        if (error instanceof WorkspaceError) return [error.message]
        throw error
      }
    },

    async open(task, lane) {
      await refuseLittleRoom(options.dir, { freeIn: freeBytes })
      const { repository, head } = await own.checkout()
      const elsewhere = destinationOf(task)
      const base = await (elsewhere?.base(task, repository) ?? pushes.baseOf(task, repository, head))
      await pushes.raiseFence(task, repository)
      const env = own.environmentOf(lane)
      const tree = await trees.open(task, { main: repository, base }, env)
      await elsewhere?.furnish?.(task, tree.root)
      const folder = taskFolder(own.folderIn(tree, repository), insideOf(task))
      return { folder, tree: tree.root, env, branch: (trees.of(task) as LaneTree).branch }
    },

    async land(task, signal) {
      const repository = await main()
      const already = (await landed()).of(task)
      const lane = trees.of(task)
      const isDoneAgain = already?.undone?.isUndone && lane !== undefined && !lane.over
      if (already && !isDoneAgain) return { kind: 'landed', commit: already.commit }
      if (!lane) return { kind: 'landed' }
      const tree = await treeAgain(task, lane)
      const unresolved = await trees.unresolved(task, tree)
      if (unresolved) {
        const { files, hunks } = unresolved
        return { kind: 'returned', why: 'conflict', words: unresolvedWords(files), hunks }
      }
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
      if (elsewhere && ports.rights?.mayWrite(task.runId) === false) return NOT_HELD
      if (elsewhere) return elsewhere.land(task, { repository, commit: work.commit, changed }, signal)
      if (!changed && task.undoes) return { kind: 'returned', why: 'red', words: nothingTakenOut(task.undoes) }
      if (!changed && project.git === 'read') return { kind: 'landed' }
      if ((await treeOf(tree, work.commit)) === (await treeOf(tree, made.commit)))
        await checks.noteOfTask(task, tree, made.commit, lane)
      return lines
        .of(repository, integration.of(task.runId), task.runId)
        .land({ task, work: work.commit, message: message(task) }, signal)
    },

    async finish(task, isFull) {
      const there = await landed().catch(() => undefined)
      const commit = async (problems: string[]) => {
        const known = there?.of(task)
        if (known && project.push) {
          const pushed = await pushes.push(known.branch, task.runId)
          if (!pushed.ok) problems.push(`${known.branch} is not pushed: ${pushed.reason}`)
        }
        return known?.commit
      }
      const { undoes } = task
      const other = undoneBy(task)
      // It has no mark of its own, and changes that of the task that it takes out.
      const note = other && undoes && (() => noteUndo(marked, other, undoes.again))
      const finished = await finishTask({ notes: note ? undefined : marked, commit, onError }, task, isFull)
      if (finished === 'given up') return finished
      const problem = [finished.problem, await note?.()].filter(Boolean).join('; ')
      await release(task, { over: true }).catch(onError)
      return problem === '' ? finished : { ...finished, problem }
    },

    async previewUndo(task) {
      const elsewhere = destinationOf(task)
      if (elsewhere) return elsewhere.noUndo(task)
      const already = (await landed()).of(task)
      if (!already) return previewTaskUndo(undoPorts, task)
      const fixed = keptOut(task) ?? (await integration.fixed(await main(), already.branch))
      return fixed ?? previewLandedUndo(await undoLandedPorts(), { task, known: already })
    },

    async undo(task, agreed, also = []) {
      const elsewhere = destinationOf(task)
      if (elsewhere) return { ok: false, text: await elsewhere.noUndo(task), again: false }
      const already = (await landed()).of(task)
      if (!already) return undoTask(undoPorts, task, agreed)
      const undoing = await undoLandedPorts()
      const noted = following?.noting(undoing.landed) ?? undoing.landed
      const line = lines.of(undoing.repository, already.branch, task.runId)
      // With its mark, so that no landing puts that back.
      return line.alone(async () => {
        const fixed = keptOut(task) ?? (await integration.fixed(undoing.repository, already.branch))
        if (fixed !== undefined) return { ok: false, text: fixed, again: already.undone?.isUndone === true }
        const there = also.flatMap((other) => {
          const known = undoing.landed.of(other)
          return known ? [{ task: other, known }] : []
        })
        const all = [...also, task]
        return undoMarks.during(all, already.undone?.isUndone === true && also.length === 0, async () => {
          const done = await undoLanded({ ...undoing, landed: noted }, { task, known: already }, there)
          if (!done.ok) return done
          const said = await afterUndo(all, already.branch, done.again)
          return { ...done, text: [done.text, ...said].join('; ') }
        })
      })
    },

    async discard(task) {
      const lane = trees.of(task)
      // Killed after all was safe: the worktree may hold something else by now.
      if (!lane?.ready || lane.over || lane.left) return release(task, {})
      // Work that waits to be put onto another commit is on its branch already.
      const tree = lane.moving ? await own.ofTask(task) : await treeAgain(task, lane)
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
      const ready = await landing()
      const moved = await integration.moved(ready.repository, branch)
      if (moved !== undefined) return { ok: false, text: moved.replace(/retry\.$/, 'land again.') }
      return lines.of(ready.repository, branch, runId).alone(() => landRun(ready, branch))
    },

    unlanded: async (runIds) => unlandedRuns(await main(), integration.of, runIds),

    async list() {
      return pool.all().map((pooled) => {
        const lane = pooled.user === undefined ? undefined : trees.of({ id: pooled.user })
        return {
          folder: pool.folder(pooled),
          isForChecks: pooled.user === CHECKS,
          ...(lane && { branch: lane.branch }),
          ...(pooled.user !== undefined && pooled.user !== CHECKS && { task: pooled.user }),
        }
      })
    },

    async clean() {
      const repository = await main()
      // Nothing is checked while the line is still.
      if (lines.areStill()) await pool.release(repository, CHECKS)
      await releaseOver(repository)
      return pool.clean(repository)
    },
  }

  /** Lets the marks, the remote and the user's branch follow an undo, or its being taken back; in words what did not. */
  async function afterUndo(tasks: readonly Task[], branch: string, again: boolean): Promise<string[]> {
    const mark = async () => (await undoMarks.change(tasks, again)).join('; ') || undefined
    const follow = async () => {
      const { ok, text } = (await following?.follow(branch)) ?? { ok: true }
      return ok ? undefined : text
    }
    const pushed = async () => {
      const result = project.push ? await pushes.push(branch, tasks[0]?.runId) : undefined
      return result?.ok === false ? `${branch} is not pushed: ${result.reason}` : undefined
    }
    const said: (string | undefined)[] = []
    // A mark may stand in the user's file only for what is done there: it goes before the work does, and comes after it.
    for (const step of again ? [follow, mark, pushed] : [mark, follow, pushed]) said.push(await step())
    return said.filter((text) => text !== undefined)
  }

  /** The task that another one takes out, or brings back. */
  function undoneBy({ undoes, runId }: Task): Task | undefined {
    return undoes && ports.tasks(runId).find(({ id }) => id === undoes.taskId)
  }

  /** What took another task out would bring that one back if it went. */
  function keptOut(task: Task): string | undefined {
    const { undoes } = task
    const other = undoneBy(task)
    if (!other || !undoes) return undefined
    return `It took ${taskName(other)} ${undoes.again ? 'back in' : 'out'}. Undo task ${other.number} instead, which ${undoes.again ? 'takes it out' : 'brings it back'}.`
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

  /** The worktree of a task; one that has vanished is made again, with all that checkpoints have of it. */
  async function treeAgain(task: Task, { base }: LaneTree): Promise<Repository> {
    const there = await own.ofTask(task)
    return there ?? trees.open(task, { main: await main(), base }, own.environmentOf(task.lane ?? 0))
  }

  /** Worktrees whose task is over, which a full disk or a kill kept from being given back. */
  async function releaseOver(repository: Repository): Promise<void> {
    for (const { user } of pool.all()) {
      const lane = user === undefined ? undefined : trees.of({ id: user })
      if (user !== undefined && (lane?.over || lane?.left)) await pool.release(repository, user).catch(onError)
    }
  }

  async function release(task: Task, change: Partial<LaneTree>): Promise<void> {
    const lane = trees.of(task)
    if (lane) meta.set(keyOf(task), { ...lane, ...change })
    if (pool.of(task.id)) await pool.release(await main(), task.id)
  }

  async function overlapsOf(task: Task, files: readonly FileChange[], after: string): Promise<Finding[]> {
    const lane = trees.of(task)
    const isApart = (one: Task) => destinationOf(one)?.keepsApart?.(one) === true
    if (!lane || files.length === 0 || isApart(task)) return []
    // Of any run: what lies in other worktrees comes together with this sooner or later.
    const runIds = new Set(pool.all().flatMap(({ user = '' }) => ports.attempts(user).at(-1)?.runId ?? []))
    const others = [...runIds]
      .flatMap((runId) => ports.tasks(runId))
      .filter((other) => other.id !== task.id && pool.of(other.id) !== undefined && !isApart(other))
      .flatMap((other) => {
        const base = trees.of(other)?.base
        const last = attempts(other.id).findLast((one) => one.checkpointAfter !== undefined)?.checkpointAfter
        const paths = (other.proof?.files ?? []).map(({ path }) => path)
        return base === undefined || last === undefined ? [] : [{ task: other, base, after: last, paths }]
      })
    return overlaps(await main(), { task, base: lane.base, after, paths: files.map(({ path }) => path) }, others)
  }
}
