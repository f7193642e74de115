import { taskName } from '../../core/text.ts'
import type { Task } from '../../core/types.ts'
import { pathText, splitNul } from '../../git/bytes.ts'
import { makeCommit } from '../../git/commit/make-commit.ts'
import { inRepository, type Repository } from '../../git/repository.ts'
import { commitOf, treeOf } from '../../git/worktree/branches.ts'
import { changedPaths, revertTree } from '../../git/worktree/combine.ts'
import { plural } from '../../text/amounts.ts'
import type { Undo, UndoShown } from '../workspace.ts'
import type { Round } from './checked.ts'
import { type Landed, type LandedTasks, landedKey } from './landed.ts'
import { failures } from './words.ts'

/** What undoing a landed task needs. */
export interface UndoLandedPorts {
  repository: Repository
  landed: LandedTasks
  /** Runs what everything must pass on a commit. */
  check: (commit: string) => Promise<Round>
}

interface Plan {
  tip: string
  tree: string
  restore: string[]
  remove: string[]
  conflicts: string[]
}

/** What a revert of a task would do to its integration branch. */
export async function previewLandedUndo({ repository }: UndoLandedPorts, known: Landed): Promise<UndoShown | string> {
  const plan = await planOf(repository, known)
  if (typeof plan === 'string') return plan
  const { restore, remove, conflicts, tree } = plan
  return {
    again: isAgain(known),
    preview: {
      ...{ restore, remove, already: [], seen: tree },
      conflicts: conflicts.map((path) => ({ path, why: 'changed' as const, overwritable: false })),
    },
  }
}

/** Takes a landed task out of its integration branch, or brings it back: by a commit that was checked. */
export async function undoLanded(ports: UndoLandedPorts, task: Task, known: Landed): Promise<Undo> {
  const { repository, landed } = ports
  const again = isAgain(known)
  const called = taskName(task)
  for (;;) {
    const plan = await planOf(repository, known)
    if (typeof plan === 'string') return { ok: false, text: plan, again }
    const { tip, tree, conflicts, restore, remove } = plan
    if (conflicts.length > 0)
      return {
        ok: false,
        again,
        text: `${called} cannot be ${again ? 'brought back' : 'undone'} on its own: what landed after it changed the same lines of ${conflicts.join(', ')}. Undo those tasks first, or change the files on the branch ${known.branch} yourself.`,
      }
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

async function planOf(repository: Repository, known: Landed): Promise<Plan | string> {
  const tip = await commitOf(repository, `refs/heads/${known.branch}`)
  if (tip === undefined) return `The branch ${known.branch} does not exist any more.`
  const result = await revertTree(repository, tip, targetOf(known))
  if ('conflicts' in result)
    return { tip, tree: await treeOf(repository, tip), restore: [], remove: [], conflicts: result.conflicts }
  const paths = await changedPaths(repository, tip, result.tree)
  const { stdout } = await inRepository(repository)(['ls-tree', '-r', '-z', '--name-only', result.tree])
  const there = new Set(splitNul(stdout).map(pathText))
  return {
    ...{ tip, tree: result.tree, conflicts: [] },
    restore: paths.filter((path) => there.has(path)),
    remove: paths.filter((path) => !there.has(path)),
  }
}
