import { plural } from '../../text/amounts.ts'
import { askAboutMachine } from '../asks/machine-asks.ts'
import { refusedInEnvironment, supersede } from '../deploy/gate.ts'
import type { Draft } from '../draft.ts'
import type { Reply } from '../inputs.ts'
import { lanesOfRun } from '../lanes/lanes.ts'
import { startFromPushed } from '../lanes/lease.ts'
import { isToBeDecided } from '../lanes/to-be-decided.ts'
import { originId } from '../origin.ts'
import { stopRun } from '../tasks.ts'
import type { Actor, Run, Task } from '../types.ts'
import type { ResolvedCommand } from './commands.ts'

/** Why a run was stopped that a new one from the terminal put aside. */
export const SUPERSEDED = 'a new run took its place'

/** Puts a run into the queue, without the tasks that are already in it. */
export function start(draft: Draft, command: Extract<ResolvedCommand, { type: 'start' }>, by: Actor): Reply {
  const { push, lease } = command
  const files = command.shownAs ?? command.files
  const refused = push?.environment === undefined ? undefined : refusedInEnvironment(draft.policy, push.environment, by)
  if (refused) return refused
  const aside = command.supersede ? decided(draft) : []
  if (command.supersede) {
    for (const run of aside) stopRun(draft, run.id, SUPERSEDED)
    const { paused: _, ...queue } = draft.queue()
    draft.put({ table: 'queue', row: queue })
  }
  const waiting = decided(draft)
  const queued = new Set<string>()
  for (const run of draft.openRuns()) for (const task of draft.openTasks(run.id)) queued.add(originId(task.spec.origin))
  // The same task twice in the queue would be worked on twice; what is already there stays where it is.
  const fresh = command.tasks.filter(({ spec }) => !queued.has(originId(spec.origin)))
  const already = command.tasks.length - fresh.length
  if (fresh.length === 0) {
    const text =
      already > 0
        ? `Already in the queue: ${plural(already, 'task')} from ${files.join(', ')}.`
        : 'Nothing to do: every task is done.'
    return { ok: true, code: 'nothing-to-do', text, data: { tasks: 0 } }
  }
  const run: Run = {
    id: command.runId ?? draft.id(),
    queue: draft.queue().name,
    seq: Math.max(0, ...draft.runs().map((r) => r.seq)) + 1,
    state: 'open',
    files: command.files,
    ...(command.shownAs && { shownAs: command.shownAs }),
    autoApprove: command.autoApprove,
    startedBy: by,
    createdAt: draft.now,
    costUsd: 0,
    ...(command.lanes !== undefined && { lanes: command.lanes }),
    ...(push && { push }),
    ...(lease && {
      lease: {
        offer: lease.offer,
        fence: lease.fence,
        state: lease.gone ? 'asked' : 'held',
        ...(lease.before && { before: lease.before }),
      },
    }),
  }
  if (push) supersede(draft, push)
  draft.put({ table: 'runs', row: run })
  const left = new Set(fresh.map((task) => task.number))
  fresh.forEach(({ spec, number, dependsOn }, position) => {
    const task: Task = {
      id: draft.id(),
      runId: run.id,
      number,
      position,
      // A dependency that an earlier run of the queue will have done by then need not be waited for here.
      dependsOn: dependsOn.filter((n) => left.has(n)),
      spec,
      phase: 'queued',
      attempts: 0,
      failures: 0,
      costUsd: 0,
      turns: 0,
    }
    draft.put({ table: 'tasks', row: task })
  })
  if (lease?.gone) {
    askAboutMachine(draft, run, lease.gone)
    const tasks = fresh.length
    draft.emit('run.queued', {
      run,
      text: `${plural(tasks, 'task')} of ${lease.gone.machine}, which is gone: started again only if you say so`,
      data: { tasks, files, autoApprove: command.autoApprove, by, ahead: 0 },
    })
    return { ok: true, text: 'Asked.', data: { runId: run.id, tasks } }
  }
  const ahead = waiting.reduce((n, r) => n + [...draft.openTasks(r.id)].length, 0)
  const place = ahead > 0 ? `, behind ${plural(ahead, 'task')}` : ''
  const isNext = ahead === 0 && !draft.queue().paused
  const from = files.length > 0 ? ` from ${files.join(', ')}` : ''
  const text = `${isNext ? 'Started' : 'Queued'} ${plural(fresh.length, 'task')}${from}${place}${already > 0 ? ` (${already} more already queued)` : ''}`
  draft.emit('run.queued', {
    run,
    text,
    data: { tasks: fresh.length, files, autoApprove: command.autoApprove, by, ahead },
  })
  if (lease?.before) startFromPushed(draft, run, lease.before)
  const lanes = lanesOfRun(draft, run)
  const less =
    (command.lanes ?? 1) > lanes ? ` Baton works on ${lanes === 1 ? 'one task' : plural(lanes, 'task')} at a time.` : ''
  return {
    ok: true,
    text: `${text}.${less}`,
    data: { runId: run.id, tasks: fresh.length, ahead, position: waiting.length + 1, superseded: aside.length },
  }
}

/** Open runs but for those about which a person still decides whether anything of them happens here. */
const decided = (draft: Draft): Run[] => draft.openRuns().filter((run) => !isToBeDecided(run))
