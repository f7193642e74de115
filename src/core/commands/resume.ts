import { actorText } from '../actors.ts'
import { afterAnswer } from '../asks/answers.ts'
import { agreement, closeAsk } from '../asks/asks.ts'
import { needsApproval, openApproval, openReview } from '../asks/gates.ts'
import { answerAlone } from '../asks/requests.ts'
import type { Draft } from '../draft.ts'
import type { Reply } from '../inputs.ts'
import { runsInTurn } from '../lanes/lanes.ts'
import { isElsewhere } from '../lanes/lease.ts'
import { keepNothing } from '../limits/plan-share.ts'
import { originId } from '../origin.ts'
import { NOTHING_RUNS } from '../reply.ts'
import { isAlone, reopenRun } from '../tasks.ts'
import type { Actor, Ask, Run, Task } from '../types.ts'
import type { ResolvedCommand } from './commands.ts'
import { SUPERSEDED } from './start.ts'

/** Continues what was paused or stopped; with `autoApprove`, no approval of it is asked of anyone from now on. */
export function resume(
  draft: Draft,
  { autoApprove }: Pick<Extract<ResolvedCommand, { type: 'resume' }>, 'autoApprove'>,
  by: Actor,
): Reply {
  const reply = continueQueue(draft, by)
  if (reply.ok && autoApprove) for (const run of runsInTurn(draft)) approveFromNow(draft, run, by)
  return reply
}

function continueQueue(draft: Draft, by: Actor): Reply {
  const { paused, ...queue } = draft.queue()
  if (paused) {
    draft.put({ table: 'queue', row: queue })
    draft.emit('queue.resumed', { text: `Resumed by ${actorText(by)}`, data: { by } })
    return { ok: true, text: 'Resumed.' }
  }
  if (keepNothing(draft)) {
    draft.emit('queue.resumed', { text: `Resumed by ${actorText(by)}`, data: { by } })
    return { ok: true, text: 'Resumed: tasks start again, and no share of the limit is kept until it resets.' }
  }
  if (draft.openRuns().length > 0)
    return { ok: true, code: 'nothing-to-do', text: 'Nothing is paused; the queue is running.' }
  const stopped = draft.runs().filter((run) => run.state === 'stopped' && !isElsewhere(run) && !isDoneSince(draft, run))
  const latest = stopped.at(-1)
  if (!latest) return NOTHING_RUNS
  // Runs that were stopped together resume together.
  const again = stopped.filter((run) => run.endedAt === latest.endedAt && run.reason !== SUPERSEDED)
  for (const run of again.length > 0 ? again : [latest]) reopenRun(draft, run.id)
  return {
    ok: true,
    text: `Resumed ${(latest.shownAs ?? latest.files).join(', ')} where it stopped.`,
    data: { runId: latest.id },
  }
}

/** A later run has done everything that was left of it. */
function isDoneSince(draft: Draft, run: Run): boolean {
  const same = ({ spec }: Task) => originId(spec.origin)
  const done = new Set<string>()
  for (const later of draft.runs())
    if (later.seq > run.seq) for (const task of draft.tasksOf(later.id)) if (task.phase === 'done') done.add(same(task))
  const left = [...draft.openTasks(run.id)]
  return left.length > 0 && left.every((task) => done.has(same(task)))
}

/** The run is as if it had been started so: what it has asked for already is granted, too, and recorded like any answer. */
function approveFromNow(draft: Draft, { id }: Run, by: Actor): void {
  draft.put({ table: 'runs', row: { ...draft.run(id), autoApprove: true } })
  for (const task of draft.activeTasks()) if (task.runId === id) askAgain(draft, task)
  for (const ask of draft.openAsks()) {
    if (ask.runId !== id || draft.ask(ask.id)?.state !== 'open') continue
    const meant = agreement(ask)
    if (ask.kind === 'question' && isAlone(draft, id)) afterAnswer(draft, answerAlone(draft, ask), by)
    else if (meant && isPassed(draft, ask)) afterAnswer(draft, closeAsk(draft, ask, by, meant), by)
  }
}

/** What a stopped run had asked was withdrawn, and its tasks are where they were. */
function askAgain(draft: Draft, task: Task): void {
  if (draft.asksOf(task.id).some(({ state }) => state === 'open')) return
  if (task.phase === 'approval') openApproval(draft, task)
  if (task.phase === 'review') openReview(draft, task)
}

/** A run that asks for no approvals would not have asked this. */
function isPassed(draft: Draft, { kind, about, deciders, runId, taskId }: Ask): boolean {
  if (about !== undefined || deciders !== undefined) return false
  if (kind === 'approval') return !needsApproval(draft.policy, draft.run(runId), draft.task(taskId))
  return kind === 'permission' || kind === 'review'
}
