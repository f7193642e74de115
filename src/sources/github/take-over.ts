import type { IssuePorts } from './ports.ts'
import type { IssueRecord } from './record.ts'

/** What is kept of a pull request of Baton's own: that its checks were dealt with for a head. */
interface CheckedPull {
  own?: { checkedHead?: string }
}

const doneIn = (pull: IssueRecord['pull']): string =>
  `the machine that worked on this is gone, and its work is ${pull ? `in pull request #${pull.number}` : 'done'}`

/**
 * Takes over what another machine took up: its work starts from scratch, under a run of this machine's own. What has become a
 * pull request stays as it is.
 */
export function takeOverIssues({
  records,
  state,
  api,
  newRunId,
}: Pick<IssuePorts, 'records' | 'state' | 'api' | 'newRunId'>): void {
  state.transaction(() => {
    for (const { number, record } of records.all()) {
      if (record.stage !== 'open' || record.runId === undefined || isHere(record.runId)) continue
      const { pull, isDone } = record
      records.change(number, pull || isDone ? { endedBecause: doneIn(pull) } : { runId: newRunId() })
    }
    // What people were asked there is asked again, and what was being mended is looked at once more.
    for (const name of ['mending:', 'decision:'].flatMap(state.notes.names)) {
      const noted = state.notes.get<{ runId: string }>(name)
      if (noted && !isHere(noted.runId)) state.notes.set(name, { ...noted, runId: newRunId() })
    }
    for (const { number, value } of state.pulls.all<CheckedPull>()) {
      if (value.own?.checkedHead === undefined) continue
      const { checkedHead: _, ...own } = value.own
      state.pulls.set(number, { ...value, own })
    }
  })

  function isHere(runId: string): boolean {
    const run = api.view.run(runId)
    return run !== undefined && run.status !== 'stopped'
  }
}
