import { plural } from '../../text/amounts.ts'
import { withdrawAsksOf } from '../asks/asks.ts'
import type { Draft } from '../draft.ts'
import type { InputOf } from '../inputs.ts'
import { stopRun } from '../tasks.ts'
import type { Run, WorkBefore } from '../types.ts'

/** Whether this machine may work on the run: an offered one only while its lease is held, any other always. */
export function mayWorkOn({ lease }: Pick<Run, 'lease'>): boolean {
  return lease === undefined || lease.state === 'held' || lease.state === 'over'
}

/** This machine's right to runs that others may take. */
export interface RunRights {
  /** At this very moment. */
  mayWrite: (runId: string) => boolean
  /** Of a run that was offered: its name among machines, and how often it was taken. */
  fence: (runId: string) => { run: string; number: number; before?: WorkBefore } | undefined
}

/** `mayBegin`: what is known beside what is stored, which may be out of date. */
export function rightsTo(runOf: (id: string) => Run | undefined, mayBegin: (runId: string) => boolean): RunRights {
  return {
    mayWrite: (id) => {
      const run = runOf(id)
      return !run || (mayWorkOn(run) && mayBegin(id))
    },
    fence: (id) => {
      const { lease } = runOf(id) ?? {}
      return lease && { run: lease.offer, number: lease.fence, ...(lease.before && { before: lease.before }) }
    },
  }
}

/** Another machine works on the run, so nobody here may continue it. */
export function isElsewhere({ lease }: Pick<Run, 'lease'>): boolean {
  return lease?.state === 'lost'
}

/** What became of the right to work on a run. A fence never goes back, and what was lost is not found again. */
export function leased(draft: Draft, { runId, lease, why, from }: InputOf<'lease'>): void {
  const run = draft.runs().find(({ id }) => id === runId)
  if (!run?.lease || run.lease.offer !== lease.offer || lease.fence < run.lease.fence || isElsewhere(run)) return
  if (from !== undefined && run.lease.state !== from) return
  if (run.lease.state === lease.state && run.lease.fence === lease.fence) return
  const before = lease.before ?? run.lease.before
  const row: Run = { ...run, lease: { ...lease, ...(before && { before }) } }
  draft.put({ table: 'runs', row })
  if (lease.before) startFromPushed(draft, row, lease.before)
  if (lease.state === 'lost' && run.state === 'open') stopRun(draft, runId, why ?? 'another machine has it')
  else if (why !== undefined) draft.emit('note', { run: row, text: why })
}

/** After a start nobody knows whether the right still holds: nothing of an offered run happens before that is clear. */
export function leasesAfterBoot(draft: Draft): void {
  for (const run of draft.openRuns())
    if (run.lease?.state === 'held')
      draft.put({ table: 'runs', row: { ...run, lease: { ...run.lease, state: 'waits' } } })
}

/** Tasks that a machine before this one has done and pushed are done: the work starts from what it pushed. */
export function startFromPushed(draft: Draft, run: Run, { branch, commit, done }: WorkBefore): void {
  const tasks = [...draft.openTasks(run.id)].filter(({ attempts, number }) => attempts === 0 && done.includes(number))
  for (const task of tasks) {
    // It may have had its turn while nobody could say whose the run is.
    const { lane: _, continuation: __, ...rest } = task
    const result = `Done by another machine, which pushed it to ${branch}.`
    draft.put({ table: 'tasks', row: { ...rest, phase: 'done', endedAt: draft.now, result } })
    withdrawAsksOf(draft, task.id, 'another machine has done the task')
  }
  const what =
    tasks.length === 0 ? '' : ` ${plural(tasks.length, 'task')} of it ${tasks.length === 1 ? 'is' : 'are'} done there.`
  draft.emit('note', {
    run,
    text: `This run starts from ${branch} at ${commit.slice(0, 8)}, as another machine pushed it.${what}`,
  })
}
