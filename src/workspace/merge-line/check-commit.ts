import type { CheckResult, Task } from '../../core/types.ts'
import { inTurn, type Turns } from '../../git/in-turn.ts'
import { shown } from '../../proof/run-command.ts'
import type { Checked, CheckedWhat, LaneCheck, Round } from './checked.ts'
import { failed } from './checked.ts'

/** What checking commits needs. */
export interface CommitCheckPorts {
  checked: Checked
  /** What these tasks must pass, each command once in a folder; of no task: what all must pass. */
  checksFor: (tasks: readonly Task[]) => Promise<LaneCheck[]>
  /** What a result on this commit holds for beside the tree. */
  environment: (commit: string) => Promise<string>
  /** Brings the worktree for checks to a commit; gives how a check is run there. */
  place: (commit: string, signal: AbortSignal) => Promise<(check: LaneCheck) => Promise<CheckResult>>
  treeOf: (commit: string) => Promise<string>
}

/** Checks commits in the one worktree for that; nothing that is known runs twice. */
export function createCommitChecks(ports: CommitCheckPorts) {
  const { checked } = ports
  const turns: Turns = new Map()

  const run = async (
    commit: string,
    wanted: readonly LaneCheck[],
    signal: AbortSignal,
    isAgain = false,
  ): Promise<Round> => {
    const tree = await ports.treeOf(commit)
    const environment = await ports.environment(commit)
    const what = (one: LaneCheck) => ({ tree, environment, command: commandOf(one) })
    const due = wanted.filter((one) => isAgain || !checked.good(what(one)))
    if (due.length === 0) return { ok: true, ran: [], results: [] }
    // Each run has a line of its own, and all of them this one worktree.
    return inTurn(turns, 'checks', () => runThere(commit, due, { signal, what }))
  }

  const runThere = async (
    commit: string,
    due: readonly LaneCheck[],
    { signal, what }: { signal: AbortSignal; what: (one: LaneCheck) => CheckedWhat },
  ): Promise<Round> => {
    signal.throwIfAborted()
    const runOne = await ports.place(commit, signal)
    const round: Round = { ok: true, ran: [], results: [] }
    for (const one of due) {
      const result = await runOne(one)
      signal.throwIfAborted()
      round.ran.push(one)
      round.results.push(result)
      if (result.ok) checked.noteGood(what(one))
      else round.ok = false
      // What hangs makes the next hang as well.
      if (result.timedOut) break
    }
    return round
  }

  return {
    check: async ({ commit }: { commit: string }, tasks: readonly Task[], signal: AbortSignal) =>
      run(commit, await ports.checksFor(tasks), signal),
    again: ({ commit }: { commit: string }, round: Round, signal: AbortSignal) =>
      run(commit, failed(round), signal, true),
    async checkBase(commit: string, red: Round, signal: AbortSignal): Promise<Round> {
      const shared = failed(red).filter(({ isOwn }) => !isOwn)
      const round = await run(commit, shared, signal)
      return round.ok ? round : run(commit, failed(round), signal, true)
    },
    /** A task passed these on this tree, in its own worktree. */
    noteOwn(tree: string, environment: string, wanted: readonly LaneCheck[], results: readonly CheckResult[]): void {
      const good = new Set(results.filter(({ ok }) => ok).map(({ command }) => command))
      for (const one of wanted)
        if (good.has(shown(one.check.command))) checked.noteGood({ tree, environment, command: commandOf(one) })
    },
  }
}

const commandOf = ({ check, directory = '.' }: LaneCheck): string => JSON.stringify([directory, check.command])
