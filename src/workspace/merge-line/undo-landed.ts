import { taskSubject } from '../../core/text.ts'
import type { Task } from '../../core/types.ts'
import { pathText, splitNul } from '../../git/bytes.ts'
import { makeCommit } from '../../git/commit/make-commit.ts'
import { inRepository, type Repository } from '../../git/repository.ts'
import { commitOf } from '../../git/worktree/branches.ts'
import { changedPaths, revertTree } from '../../git/worktree/combine.ts'
import { conflictText } from '../../git/worktree/conflict-parts.ts'
import { plural } from '../../text/amounts.ts'
import type { Undo, UndoShown } from '../workspace.ts'
import type { Round } from './checked.ts'
import { type Landed, type LandedTasks, landedKey } from './landed.ts'
import { landedSince } from './landed-since.ts'
import { failures, sideName } from './words.ts'

/** What undoing a landed task needs. */
export interface UndoLandedPorts {
  repository: Repository
  landed: LandedTasks
  /** Runs what everything must pass on a commit. */
  check: (commit: string) => Promise<Round>
  /** Those of a run. */
  tasks: (runId: string) => Task[]
}

interface Plan {
  tip: string
  tree: string
  restore: string[]
  remove: string[]
}

/** What a revert of a task would do to its integration branch; why there can be none. */
export async function previewLandedUndo(
  ports: UndoLandedPorts,
  task: Task,
  known: Landed,
): Promise<UndoShown | string> {
  const plan = await planOf(ports, task, known)
  if (typeof plan === 'string') return plan
  const { restore, remove, tree } = plan
  return { again: isAgain(known), preview: { restore, remove, already: [], seen: tree, conflicts: [] } }
}

/** Takes a landed task out of its integration branch, or brings it back: by a commit that was checked. */
export async function undoLanded(ports: UndoLandedPorts, task: Task, known: Landed): Promise<Undo> {
  const { repository, landed } = ports
  const again = isAgain(known)
  const called = taskSubject(task)
  for (;;) {
    const plan = await planOf(ports, task, known)
    if (typeof plan === 'string') return { ok: false, text: plan, again }
    const { tip, tree, restore, remove } = plan
    const subject = `${again ? 'Bring back' : 'Revert'} “${task.spec.title}”`
    const message = `${subject}\n\nThis ${again ? 'brings back' : 'reverts'} commit ${targetOf(known)}.\n`
    const commit = await makeCommit(repository, { tree, parents: [tip], message })
    const round = await ports.check(commit)
    if (!round.ok)
      return {
        ok: false,
        again,
        text: `${called} is not ${again ? 'brought back' : 'undone'}: the checks fail without it.\n${failures(round)}`,
      }
    const next: Landed = { ...known, undone: { commit, isUndone: !again } }
    if (!(await landed.advance(known.branch, { from: tip, to: commit, facts: { [landedKey(task)]: next } }))) continue
    const files = plural(restore.length + remove.length, 'file')
    return {
      ok: true,
      again,
      text: `${again ? 'Brought back' : 'Undid'} task ${task.number} (${task.spec.title}) on the branch ${known.branch}: ${files} changed`,
    }
  }
}

const isAgain = ({ undone }: Landed): boolean => undone?.isUndone === true
const targetOf = ({ commit, undone }: Landed): string => undone?.commit ?? commit

async function planOf(ports: UndoLandedPorts, task: Task, known: Landed): Promise<Plan | string> {
  const { repository } = ports
  const tip = await commitOf(repository, `refs/heads/${known.branch}`)
  if (tip === undefined) return `The branch ${known.branch} does not exist any more.`
  const result = await revertTree(repository, tip, targetOf(known))
  if ('conflicts' in result) return conflictOf(ports, task, known, { ...result, tip })
  const paths = await changedPaths(repository, tip, result.tree)
  const { stdout } = await inRepository(repository)(['ls-tree', '-r', '-z', '--name-only', result.tree])
  const there = new Set(splitNul(stdout).map(pathText))
  return {
    ...{ tip, tree: result.tree },
    restore: paths.filter((path) => there.has(path)),
    remove: paths.filter((path) => !there.has(path)),
  }
}

/** What does not fit, line by line, whose it is, and what to do about it. */
async function conflictOf(
  { repository, landed, tasks }: UndoLandedPorts,
  task: Task,
  known: Landed,
  conflict: Extract<Awaited<ReturnType<typeof revertTree>>, { marked: string }> & { tip: string },
): Promise<string> {
  const { tip, conflicts: files, tipLabel, withoutLabel, marked, notes } = conflict
  const after = { work: targetOf(known), tip, files }
  const later = await landedSince(repository, { tasks: tasks(task.runId), landed }, after)
  const again = isAgain(known)
  const lines = await conflictText(
    repository,
    { marked, files, notes },
    {
      ours: { label: tipLabel, name: `${known.branch} now` },
      theirs: { label: withoutLabel, name: `${again ? 'with' : 'without'} task ${task.number}` },
    },
  )
  const numbers = later.map(({ number }) => number).toSorted((a, b) => b - a)
  const first =
    numbers.length === 0 ? '' : `Undo ${numbers.map((number) => `task ${number}`).join(', then ')} first, or change`
  return [
    `${taskSubject(task)} cannot be ${again ? 'brought back' : 'undone'} on its own: ${numbers.length === 0 ? 'what landed after it' : sideName(later)} changed the same lines.`,
    lines,
    `${first || 'Change'} these files on the branch ${known.branch} yourself.`,
  ].join('\n\n')
}
