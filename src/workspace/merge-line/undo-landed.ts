import { taskSubject } from '../../core/text.ts'
import type { Task, UndoConflict } from '../../core/types.ts'
import { pathText, splitNul } from '../../git/bytes.ts'
import { makeCommit } from '../../git/commit/make-commit.ts'
import { GitError } from '../../git/program.ts'
import { inRepository, type Repository } from '../../git/repository.ts'
import { commitOf } from '../../git/worktree/branches.ts'
import { changedPaths, revertTree } from '../../git/worktree/combine.ts'
import { conflictText } from '../../git/worktree/conflict-parts.ts'
import { plural } from '../../text/amounts.ts'
import type { Undo, UndoShown } from '../workspace.ts'
import type { Round } from './checked.ts'
import { type Landed, type LandedTasks, landedKey } from './landed.ts'
import { landedSince } from './landed-since.ts'
import { failures, sideName, takeOutWords } from './words.ts'

/** What undoing a landed task needs. */
export interface UndoLandedPorts {
  repository: Repository
  landed: LandedTasks
  /** Runs what everything must pass on a commit. */
  check: (commit: string) => Promise<Round>
  /** Those of a run. */
  tasks: (runId: string) => Task[]
}

/** A landed task, and what is known of its landing. */
export interface LandedTask {
  task: Task
  known: Landed
}

/** A commit for each task, one on top of the other, and what they do to the branch. */
interface Plan {
  tip: string
  commits: string[]
  /** The tree of the last of them. */
  tree: string
  restore: string[]
  remove: string[]
}

/** Why there is no plan: the branch is gone, or what landed later changed the same lines. */
type NoPlan = { gone: string } | { inConflict: Conflict }
type Conflict = LandedTask & Extract<Awaited<ReturnType<typeof revertTree>>, { marked: string }> & { tip: string }

/** What a revert of a task would do to its integration branch; why there can be none. */
export async function previewLandedUndo(
  ports: UndoLandedPorts,
  one: LandedTask,
): Promise<UndoShown | { conflict: UndoConflict } | string> {
  const plan = await planOf(ports, [one])
  if ('gone' in plan) return plan.gone
  if ('inConflict' in plan) return { conflict: await conflictOf(ports, plan.inConflict) }
  const { restore, remove, tree } = plan
  return { again: isAgain(one.known), preview: { restore, remove, already: [], seen: tree, conflicts: [] } }
}

/**
 * Takes a landed task out of its integration branch, or brings it back: by a commit that was checked. `also`: later tasks that come
 * out before it, the last one first; the branch moves once, with all of them or not at all.
 */
export async function undoLanded(
  ports: UndoLandedPorts,
  one: LandedTask,
  also: readonly LandedTask[] = [],
): Promise<Undo> {
  const { landed } = ports
  const { task, known } = one
  const again = isAgain(known)
  const all = [...also.filter((other) => !isAgain(other.known)), one]
  // Done in an earlier life, and not yet noted.
  if (also.length > 0 && again) return { ok: true, again: false, text: undidText([...also, one], known.branch) }
  for (;;) {
    const plan = await planOf(ports, all)
    if ('gone' in plan) return { ok: false, again, text: plan.gone }
    if ('inConflict' in plan) {
      const { words, hunks } = await conflictOf(ports, plan.inConflict)
      const what = `${taskSubject(plan.inConflict.task)} cannot be ${again ? 'brought back' : 'undone'} on its own.`
      return { ok: false, again, text: `${what} ${words}\n\n${hunks}` }
    }
    const { tip, commits, restore, remove } = plan
    const last = commits.at(-1) as string
    const round = await ports.check(last)
    if (!round.ok)
      return {
        ok: false,
        again,
        text: `${taskSubject(task)} is not ${again ? 'brought back' : 'undone'}: the checks fail without ${all.length > 1 ? 'these tasks' : 'it'}.\n${failures(round)}`,
      }
    const facts = Object.fromEntries(
      all.map((each, index): [string, Landed] => [
        landedKey(each.task),
        { ...each.known, undone: { commit: commits[index] as string, isUndone: !again } },
      ]),
    )
    try {
      if (!(await landed.advance(known.branch, { from: tip, to: last, facts }))) continue
    } catch (error) {
      if (!(error instanceof GitError)) throw error
      return { ok: false, again, text: `git did not move ${known.branch}: ${error.stderr.trim()}` }
    }
    const files = plural(restore.length + remove.length, 'file')
    const text = again
      ? `Brought back task ${task.number} (${task.spec.title}) on the branch ${known.branch}`
      : undidText(all, known.branch)
    return { ok: true, again, text: `${text}: ${files} changed` }
  }
}

const undidText = (all: readonly LandedTask[], branch: string): string =>
  `Undid ${all.map(({ task }) => `task ${task.number} (${task.spec.title})`).join(', ')} on the branch ${branch}`

const isAgain = ({ undone }: Landed): boolean => undone?.isUndone === true
const targetOf = ({ commit, undone }: Landed): string => undone?.commit ?? commit

async function planOf({ repository }: UndoLandedPorts, all: readonly LandedTask[]): Promise<Plan | NoPlan> {
  const { branch } = (all[0] as LandedTask).known
  const tip = await commitOf(repository, `refs/heads/${branch}`)
  if (tip === undefined) return { gone: `The branch ${branch} does not exist any more.` }
  const commits: string[] = []
  let tree = ''
  for (const one of all) {
    const { task, known } = one
    const from = commits.at(-1) ?? tip
    const result = await revertTree(repository, from, targetOf(known))
    if ('conflicts' in result) return { inConflict: { ...one, ...result, tip: from } }
    tree = result.tree
    const again = isAgain(known)
    const subject = `${again ? 'Bring back' : 'Revert'} “${task.spec.title}”`
    const message = `${subject}\n\nThis ${again ? 'brings back' : 'reverts'} commit ${targetOf(known)}.\n`
    commits.push(await makeCommit(repository, { tree, parents: [from], message }))
  }
  const paths = await changedPaths(repository, tip, tree)
  const { stdout } = await inRepository(repository)(['ls-tree', '-r', '-z', '--name-only', tree])
  const there = new Set(splitNul(stdout).map(pathText))
  return {
    ...{ tip, commits, tree },
    restore: paths.filter((path) => there.has(path)),
    remove: paths.filter((path) => !there.has(path)),
  }
}

/** What does not fit, line by line, whose it is, and what can be done about it. */
async function conflictOf(ports: UndoLandedPorts, conflict: Conflict): Promise<UndoConflict> {
  const { repository, landed, tasks } = ports
  const { task, known, tip, conflicts: files, tipLabel, withoutLabel, marked, notes } = conflict
  const again = isAgain(known)
  const commit = targetOf(known)
  const since = { work: commit, tip, files, lastFirst: true as const }
  const later = await landedSince(repository, { tasks: tasks(task.runId), landed }, since)
  const hunks = await conflictText(
    repository,
    { marked, files, notes },
    {
      ours: { label: tipLabel, name: `${known.branch} now` },
      theirs: { label: withoutLabel, name: `${again ? 'with' : 'without'} task ${task.number}` },
    },
  )
  const also = again ? [] : await togetherWith(ports, { task, known }, later)
  const those = also.length > 0 ? also : later
  const who = those.length === 0 ? 'what came onto the branch after it' : sideName(those)
  return {
    again,
    hunks,
    words: `The same lines of the branch ${known.branch} were changed later, by ${who}.`,
    also: also.map(({ number }) => number),
    instruction: takeOutWords(task, { again, commit, files, others: later, hunks }),
  }
}

/** The fewest later tasks that a task comes out together with, the last one first; none where it does not even with all of them. */
async function togetherWith(ports: UndoLandedPorts, one: LandedTask, later: readonly Task[]): Promise<Task[]> {
  const there = later.flatMap((task): LandedTask[] => {
    const known = ports.landed.of(task)
    return known && known.branch === one.known.branch && !isAgain(known) ? [{ task, known }] : []
  })
  for (const also of [...there.map((other) => [other]), there]) {
    if (also.length > 0 && 'commits' in (await planOf(ports, [...also, one]))) return also.map(({ task }) => task)
  }
  return []
}
