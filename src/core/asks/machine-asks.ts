import { plural } from '../../text/amounts.ts'
import { actorText } from '../actors.ts'
import type { Draft } from '../draft.ts'
import { stopRun } from '../tasks.ts'
import type { Actor, Answer, Ask, GoneMachine, Run, RunLease } from '../types.ts'
import { openAsk } from './asks.ts'

/**
 * A machine that has begun a run is gone: is it started again here? Asked of a person, because what that machine had done and not
 * pushed is done a second time.
 */
export function askAboutMachine(draft: Draft, run: Run, { machine, since, here }: GoneMachine): void {
  const tasks = [...draft.openTasks(run.id)]
  const [first] = tasks
  if (!first) return
  const label = `Start again on ${here}`
  openAsk(draft, first, {
    kind: 'approval',
    about: 'machine',
    title: `${machine} is gone: start its run again on ${here}?`,
    text: [
      `${machine} was working on ${plural(tasks.length, 'task')} of this run and waited for an answer. Nothing was heard of it since ${since}.`,
      `“${label}” starts from what ${machine} has pushed. What it did and did not push stays there, and is done a second time here.`,
      '“Give up” ends the run on every machine.',
      `Until you decide, nothing of the run happens. Should ${machine} come back first, it continues, and this question goes away.`,
    ].join('\n\n'),
    options: [
      { choice: 'approve', label },
      { choice: 'reject', label: 'Give up' },
    ],
  })
}

/** What a person decided about it. The run comes after those that are here: they may be in the middle of a task. */
export function machineDecided(draft: Draft, ask: Ask, by: Actor): void {
  const run = draft.run(ask.runId)
  if (!run.lease) return
  const isWanted = (ask.answer as Answer).choice === 'approve'
  const seq = Math.max(...draft.runs().map((other) => other.seq)) + 1
  const lease: RunLease = { ...run.lease, state: isWanted ? 'wanted' : 'refused' }
  draft.put({ table: 'runs', row: { ...run, lease, ...(isWanted && { seq }) } })
  if (!isWanted) stopRun(draft, run.id, `given up by ${actorText(by)}`)
}
