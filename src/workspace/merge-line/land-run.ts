import { join } from 'node:path'
import { pathText } from '../../git/bytes.ts'
import { makeCommit } from '../../git/commit/make-commit.ts'
import { GitError } from '../../git/program.ts'
import type { Repository } from '../../git/repository.ts'
import { safeRun } from '../../git/safe-run.ts'
import { headOf } from '../../git/watch/head.ts'
import { operationIn } from '../../git/watch/operation.ts'
import { checkedOutIn, commitOf } from '../../git/worktree/branches.ts'
import { changedPaths, isAncestor, mergeTree } from '../../git/worktree/combine.ts'
import { takeBack } from '../../git/worktree/take-back.ts'
import { plural } from '../../text/amounts.ts'
import type { Round } from './checked.ts'
import type { LandedTasks } from './landed.ts'
import { dirtyAmong, type LiftMarksPorts, marksInTheWay, withMarksLifted } from './lift-marks.ts'
import { failures } from './words.ts'

/** What bringing an integration branch to the user's needs. */
export interface LandRunPorts {
  /** The user's checkout. */
  repository: Repository
  landed: LandedTasks
  /** Absent: nothing is checked now, and what would have to be is left for another time. */
  check?: (commit: string) => Promise<Round>
  /** Baton's own marks in the user's task files, which never stand in the way. */
  marks: LiftMarksPorts
}

/** What became of it, in words. */
export interface RunLanded {
  ok: boolean
  text: string
}

/**
 * Brings an integration branch to the branch that is checked out, as a fast-forward and never by force: only where the user
 * has no changes in the files that would change, Baton's marks in task files aside. The user's own commits are merged under the integration branch first, and
 * that is checked again.
 */
export async function landRun({ repository, landed, check, marks }: LandRunPorts, branch: string): Promise<RunLanded> {
  const { branch: checkedOut, commit: head } = await headOf(repository)
  const no = (text: string): RunLanded => ({ ok: false, text })
  if (checkedOut === undefined || head === undefined)
    return no(
      `No branch is checked out in ${repository.root}, so there is none to land on. Check one out, then land again.`,
    )
  const name = checkedOut.replace(/^refs\/heads\//, '')
  const operation = await operationIn(repository.gitDir)
  if (operation) return no(`A ${operation} is under way in ${repository.root}. Finish it, then land again.`)
  if (name === branch) return { ok: true, text: `${branch} itself is checked out here, so there is nothing to land.` }
  let isSecondLook = false
  for (;;) {
    const tip = await commitOf(repository, `refs/heads/${branch}`)
    if (tip === undefined) return no(`There is no branch ${branch}: nothing of this run has landed on it.`)
    if (await isAncestor(repository, tip, head)) return { ok: true, text: `${name} already contains all of ${branch}.` }
    if (!(await isAncestor(repository, head, tip))) {
      if (!check)
        return no(`${name} has commits that ${branch} does not have. Land, and they are merged and checked together.`)
      const folder = await checkedOutIn(repository, branch)
      if (folder !== undefined)
        return no(`${branch} is checked out in ${folder}. Switch that checkout to another branch, then land again.`)
      const combined = await mergeTree(repository, tip, head)
      if ('conflicts' in combined)
        return no(
          `${name} and ${branch} change the same lines of ${some(combined.conflicts)}. Merge them yourself: git merge ${branch}`,
        )
      const commit = await makeCommit(repository, {
        tree: combined.tree,
        parents: [tip, head],
        message: `Merge branch '${name}' into ${branch}\n`,
      })
      const round = await check(commit)
      if (!round.ok)
        return no(
          `The checks fail on ${branch} together with your commits on ${name}; nothing was landed.\n${failures(round)}`,
        )
      try {
        await landed.advance(branch, { from: tip, to: commit, facts: {} })
      } catch (error) {
        if (!(error instanceof GitError)) throw error
        return no(`git did not move ${branch}: ${refusalWords(error, [])}`)
      }
      continue
    }
    const paths = await changedPaths(repository, head, tip)
    const inTheWay = async () => marksInTheWay(repository, marks, head, await dirtyAmong(repository, paths))
    let { marked, others } = await inTheWay()
    if (others.length > 0) {
      // A kill may have come in the middle of an earlier landing.
      await takeBack(repository, { from: head, to: tip, among: others })
      ;({ marked, others } = await inTheWay())
    }
    if (others.length > 0)
      return no(
        `You have changes that are not committed in ${some(others)}, which would change. Commit or stash them, then land again.`,
      )
    const { result: refused, lost } = await withMarksLifted(marks, marked, async () => {
      const move = () => fastForward(repository, { from: head, to: tip })
      const changing = paths.map((path) => join(repository.root, path))
      return marks.whileChanging ? marks.whileChanging(changing, move) : move()
    })
    // Something may have been written meanwhile: the mark of another task, or what a person saved.
    if (refused !== undefined && lost.length === 0 && !isSecondLook) {
      isSecondLook = true
      continue
    }
    if (refused !== undefined) return no([`git did not move ${name}: ${refused}`, ...lost].join('\n'))
    const words = `${name} is at ${tip.slice(0, 7)} now, with all of ${branch}: ${plural(paths.length, 'file')} changed.`
    return { ok: true, text: [words, ...lost].join('\n') }
  }
}

/** What git says against it; undefined: done. */
async function fastForward(
  repository: Repository,
  { from, to }: { from: string; to: string },
): Promise<string | undefined> {
  try {
    const run = await safeRun(repository)
    // A file that git ignores (keys, settings of this machine) may be the only one of its kind.
    await run(['merge', '--ff-only', '--quiet', '--no-autostash', '--no-overwrite-ignore', to])
    return undefined
  } catch (error) {
    if (!(error instanceof GitError)) throw error
    const files = filesNamed(error)
    // Where it names files, it has looked and touched nothing.
    if (files.length === 0 && (await headOf(repository)).commit === from) await takeBack(repository, { from, to })
    return refusalWords(error, files)
  }
}

/** Files that stand indented below what git says. */
const filesNamed = ({ stderr }: GitError): string[] =>
  stderr.split('\n').flatMap((line) => (line.startsWith('\t') ? pathText(line.trim()) : []))

/** The first line of what git said, with these files and what can be done. */
function refusalWords({ firstLine: first }: GitError, files: readonly string[]): string {
  if (files.length > 0) return `${first} ${some(files)}. Move or commit what is yours there, then land again.`
  return `${first}\nYour files are as they were. See to that (is the disk full, or is another git running there?), then land again.`
}

function some(paths: readonly string[]): string {
  return paths.length > 3 ? `${paths.slice(0, 3).join(', ')} and ${paths.length - 3} more files` : paths.join(', ')
}
