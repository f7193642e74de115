import type { CheckResult, Finding, Landing, Task } from '../../core/types.ts'
import type { Repository } from '../../git/repository.ts'
import { tipOf } from '../../git/watch/ref-files.ts'
import { checkedOutIn } from '../../git/worktree/branches.ts'
import { conflictText, type InConflict } from '../../git/worktree/conflict-parts.ts'
import { asideOf } from '../../git/worktree/left-in-conflict.ts'
import { type Candidate, type Chain, chain, type Link } from './chain.ts'
import type { Round } from './checked.ts'
import { type FirstRed, firstRed } from './first-red.ts'
import { type Landed, type LandedTasks, landedKey } from './landed.ts'
import type { MergeOptions } from './options.ts'
import { blockedWords, conflictWords, failures, movedWords, NOT_HELD, redWords, sideName } from './words.ts'

/** What one line needs. */
export interface LinePorts {
  repository: Repository
  /** The integration branch. */
  branch: string
  method: MergeOptions['method']
  advance: LandedTasks['advance']
  /** Whether this machine still has a run, at this very moment; absent: nobody else may take any. */
  mayWrite?: (runId: string) => boolean
  /** What is known of a task that has landed; absent where no task takes another one out. */
  landedAs?: (task: Pick<Task, 'id'>) => Promise<Landed | undefined>
  /** Where Baton left the branch; undefined where it is the user's to move as well. */
  leftAt?: () => Promise<string | undefined>
  /** Runs what these tasks must pass on a commit; what is known of its tree is not run again. Throws when interrupted. */
  check: (target: { commit: string; tree: string }, tasks: Task[], signal: AbortSignal) => Promise<Round>
  /** The checks of `red` that failed and are not one task's own, on the branch as it is. */
  checkBase: (commit: string, red: Round, signal: AbortSignal) => Promise<Round>
  /** Runs what failed once more. */
  again: (target: { commit: string; tree: string }, round: Round, signal: AbortSignal) => Promise<Round>
  /** Puts a task's work onto the branch in its own worktree, for its session to mend. */
  giveBack: (task: Task, to: { onto: string; work: string }) => Promise<void>
  /** What landed since a task began, of what touches these files or, without files, of all. */
  landedSince: (work: string, tip: string, files?: readonly string[]) => Promise<Task[]>
  /** After each landing. */
  onLanded?: (commit: string) => Promise<{ followed?: boolean; note?: string }>
}

/** The one place through which work reaches an integration branch. */
export interface MergeLine {
  /** Settles when the task landed, or why it did not. */
  land: (candidate: Candidate, signal: AbortSignal) => Promise<Landing>
  /** Runs something alone on the line: nothing lands meanwhile. */
  alone: <T>(act: () => Promise<T>) => Promise<T>
}

interface Waiting extends Candidate {
  signal: AbortSignal
  settle: (landing: Landing) => void
  isSettled: () => boolean
}

/** What checking a chain has found. */
interface Found {
  red: FirstRed
  flaky: string[]
  known: ReadonlyMap<string, Round>
  others?: Link[]
}

/** Who waits longest is first, however their work came here; of two that began to wait at once, the first in the run. */
const byAge = ({ task: a }: Waiting, { task: b }: Waiting): number =>
  (a.mergingSince ?? 0) - (b.mergingSince ?? 0) || a.number - b.number

const INTERRUPTED: Landing = { kind: 'blocked', words: 'Interrupted; it lands later.' }

/**
 * Makes the line. What is ready is combined and checked at once; the commits that were checked are those that land, by
 * compare-and-swap. No model decides anything here, and the same candidates in the same order land the same way.
 */
export function createMergeLine(ports: LinePorts): MergeLine {
  const { repository, branch, method } = ports
  const queue: Waiting[] = []
  let running: Promise<unknown> = Promise.resolve()
  let isPlanned = false

  const alone = <T>(act: () => Promise<T>): Promise<T> => {
    const mine = running.then(act)
    running = mine.catch(() => undefined)
    return mine
  }

  return {
    alone,
    land: (candidate, signal) =>
      new Promise((resolve) => {
        let isSettled = false
        const settle = (landing: Landing) => {
          isSettled = true
          resolve(landing)
        }
        queue.push({ ...candidate, signal, settle, isSettled: () => isSettled })
        if (isPlanned) return
        isPlanned = true
        void alone(async () => {
          isPlanned = false
          await landAll(queue.splice(0).sort(byAge))
        })
      }),
  }

  async function landAll(candidates: Waiting[]): Promise<void> {
    let rest = candidates
    while (rest.length > 0) {
      for (const one of rest) if (one.signal.aborted) one.settle(INTERRUPTED)
      const open = rest.filter((one) => !one.isSettled())
      try {
        rest = await round(open)
      } catch (error) {
        rest = open.filter((one) => !one.isSettled())
        // Whoever was interrupted leaves the line; the others try again without them.
        if (rest.some((one) => one.signal.aborted)) continue
        const words = error instanceof Error ? error.message : String(error)
        for (const one of rest) one.settle({ kind: 'blocked', words: blockedWords(branch, words) })
      }
    }
  }

  /** Lands what can land now; gives those to try again, on what the branch is then. */
  async function round(candidates: Waiting[]): Promise<Waiting[]> {
    if (candidates.length === 0) return []
    const elsewhere = await checkedOutIn(repository, branch)
    if (elsewhere !== undefined)
      throw new Error(`it is checked out in ${elsewhere}. Switch that checkout to another branch`)
    const tip = await tipOf(repository, branch)
    const moved = movedWords(branch, tip, await ports.leftAt?.())
    if (moved !== undefined) throw new Error(moved)
    if (tip === undefined) throw new Error('it does not exist any more')
    const made = await chain(repository, tip, candidates, method)
    for (const { candidate, inConflict } of made.conflicts) await returnConflict(candidate as Waiting, tip, inConflict)
    const later = made.later as Waiting[]
    if (made.links.length === 0) return later
    const signal = AbortSignal.any(made.links.map(({ candidate }) => (candidate as Waiting).signal))
    const { red, flaky, known, others } = await firstRedOf(made, tip, signal)
    if (red.at === 'base') {
      const words = blockedWords(
        branch,
        `its checks fail without any of the waiting work, too:\n${failures(red.round)}`,
      )
      for (const { candidate } of made.links) (candidate as Waiting).settle({ kind: 'blocked', words })
      return later
    }
    const good = red.at === 'none' ? made.links : (others ?? made.links.slice(0, red.at))
    // Checks take minutes, and another machine may have taken the run meanwhile.
    const barred = good.filter(({ candidate }) => ports.mayWrite?.(candidate.task.runId) === false)
    for (const { candidate } of barred) (candidate as Waiting).settle(NOT_HELD)
    if (barred.length > 0) return candidates.filter((one) => !one.isSettled())
    if (good.length > 0 && !(await advance(tip, good))) return candidates
    await settleLanded(good, known.get(good.at(-1)?.tree ?? '')?.results ?? [], flaky)
    if (red.at === 'none') return later
    const [culprit, ...after] = made.links.slice(red.at) as [Link, ...Link[]]
    await returnRed(culprit.candidate as Waiting, good.at(-1)?.commit ?? tip, red.round)
    if (others) return later
    return [...after.map(({ candidate }) => candidate as Waiting), ...later].sort(
      (a, b) => candidates.indexOf(a) - candidates.indexOf(b),
    )
  }

  /**
   * Where a chain goes wrong. A check that fails and then passes blames nobody; it is noted. `others`: all but the culprit, one on
   * top of the other and good.
   */
  async function firstRedOf({ links }: Chain, tip: string, signal: AbortSignal): Promise<Found> {
    const flaky: string[] = []
    const known = new Map<string, Round>()
    const check = async (chained: readonly Link[], index: number) => {
      const link = chained[index] as Link
      const tasks = chained.slice(0, index + 1).map(({ candidate }) => candidate.task)
      const round = known.get(link.tree) ?? (await ports.check(link, tasks, signal))
      known.set(link.tree, round)
      return round
    }
    for (;;) {
      const red = await firstRed(
        links.length,
        (index) => check(links, index),
        (round) => ports.checkBase(tip, round, signal),
      )
      if (typeof red.at !== 'number' || !('round' in red)) return { red, flaky, known }
      const link = links[red.at] as Link
      // Red with it twice at least, and green without it: that is its doing, and the others need no round of their own.
      const others = red.at === links.length - 1 ? undefined : await without(links, red.at, tip)
      if (others && (await check(others, others.length - 1)).ok) return { red, flaky, known, others }
      // What failed on more than this says nothing about it: that may have been another's work.
      const second = await ports.again(link, red.round, signal)
      if (!second.ok) return { red: { at: red.at, round: second }, flaky, known }
      const names = red.round.results.filter(({ ok }) => !ok).map(({ name }) => name)
      flaky.push(`Flaky: ${names.join(', ')} failed at first and passed when run again on the same commit.`)
      known.set(link.tree, second)
    }
  }

  /** A chain without one of its links; undefined where another does not fit without it. */
  async function without(links: readonly Link[], index: number, tip: string): Promise<Link[] | undefined> {
    const others = links.filter((_, at) => at !== index).map(({ candidate }) => candidate)
    const made = await chain(repository, tip, others, method)
    return made.links.length === others.length ? made.links : undefined
  }

  async function advance(tip: string, links: readonly Link[]): Promise<boolean> {
    const to = (links.at(-1) as Link).commit
    const facts: Record<string, Landed> = {}
    for (const { candidate, commit } of links) {
      const { task } = candidate
      facts[landedKey(task)] = { branch, commit, number: task.number, title: task.spec.title }
      const other = task.undoes && { id: task.undoes.taskId }
      const known = other && (await ports.landedAs?.(other))
      if (other && known)
        facts[landedKey(other)] = { ...known, undone: { commit, isUndone: task.undoes?.again !== true } }
    }
    return ports.advance(branch, { from: tip, to, facts })
  }

  async function settleLanded(links: readonly Link[], results: CheckResult[], flaky: string[]): Promise<void> {
    const last = links.at(-1)
    if (!last) return
    const { followed, note } = (await ports.onLanded?.(last.commit)) ?? {}
    const notes = [...flaky, ...(note === undefined ? [] : [note])]
    const findings = flaky.map((text): Finding => ({ kind: 'flaky-check', weight: 'tell', text, lasting: true }))
    for (const { candidate, commit } of links)
      (candidate as Waiting).settle({
        kind: 'landed',
        commit,
        ...(results.length > 0 && { checks: results }),
        ...(notes.length > 0 && { notes }),
        ...(findings.length > 0 && { findings }),
        ...(followed && { followed }),
      })
  }

  async function returnConflict(candidate: Waiting, tip: string, inConflict: InConflict): Promise<void> {
    const { task, work } = candidate
    const labels = { ours: tip, theirs: work }
    const touched = inConflict.files.flatMap((path) => [path, asideOf(path, labels) ?? []].flat())
    const others = await ports.landedSince(work, tip, touched)
    const hunks = await conflictText(repository, inConflict, {
      ours: { label: tip, name: sideName(others) },
      theirs: { label: work, name: sideName([task]) },
    })
    await ports.giveBack(task, { onto: tip, work })
    // In its worktree the tip is what is checked out.
    const files = inConflict.files.map((path) => (asideOf(path, labels) ? path.replace(`~${tip}`, '~HEAD') : path))
    candidate.settle({ kind: 'returned', why: 'conflict', words: conflictWords(task, files, others), hunks })
  }

  async function returnRed(candidate: Waiting, tip: string, round: Round): Promise<void> {
    const others = await ports.landedSince(candidate.work, tip)
    await ports.giveBack(candidate.task, { onto: tip, work: candidate.work })
    candidate.settle({ kind: 'returned', why: 'red', words: redWords(candidate.task, failures(round), others) })
  }
}
