import { plural } from '../../text/amounts.ts'
import { currentTask } from '../advance.ts'
import type { Draft } from '../draft.ts'
import type { Reply } from '../inputs.ts'
import { runsInTurn } from '../lanes/lanes.ts'
import { NOTHING_RUNS, notPossible } from '../reply.ts'
import { hasEnded, isBegun } from '../state.ts'
import type { Task } from '../types.ts'
import { naming, toGive } from './naming.ts'
import { severalRuns } from './several-runs.ts'

/** The task that is meant, and those of other runs that could be meant as well. */
export interface NamedTask {
  task: Task
  others: Task[]
}

/**
 * Of tasks of one number, the one that is meant: one that is running, else one that has run, else one that waits; of several,
 * that of the first run. The one place that says so, for every surface and every command.
 */
export function mostMeant(tasks: readonly Task[]): NamedTask | undefined {
  const [task, ...rest] = tasks.toSorted((a, b) => rank(a) - rank(b))
  return task && { task, others: rest.filter((other) => rank(other) === rank(task)) }
}

/** What is going on is meant before what has been, and that before what waits. */
function rank(task: Task): number {
  if (isBegun(task)) return 0
  return task.attempts > 0 || hasEnded(task) ? 1 : 2
}

/**
 * The task of that number in the open runs, else in the latest that has it, or in the run named; without a number the current one.
 * Where the command makes sense for some of them only, one of those is meant.
 */
export function meantTask(
  draft: Draft,
  number: number | undefined,
  { runId, isPossible = () => true }: { runId?: string | undefined; isPossible?: (task: Task) => boolean } = {},
): NamedTask | undefined {
  const only = (task: Task | undefined) => task && { task, others: [] }
  const open = draft.openRuns()
  if (runId !== undefined) return only(number === undefined ? undefined : draft.taskByNumber(runId, number))
  if (number === undefined) return only(open[0] && currentTask(draft, open[0].id))
  const inRuns = (runs: readonly { id: string }[]) => runs.flatMap(({ id }) => draft.taskByNumber(id, number) ?? [])
  const all = inRuns(open)
  return mostMeant(all.filter(isPossible)) ?? mostMeant(all) ?? only(inRuns(draft.runs()).at(-1))
}

/** Behind what was done with a task of that number: which run it is of, and that others have one; empty where none has. */
export function leftAlone({ task, others }: NamedTask): string {
  if (others.length === 0) return ''
  const rest = others.map(({ runId, spec }) => `${spec.title} (run ${runId})`).join(', ')
  return `\nThat was task ${task.number} of run ${task.runId}. Left alone: ${rest}`
}

/** Tasks of the runs in turn that were taken up and have not ended. */
export function begunTasks(draft: Draft): Task[] {
  const runs = runsInTurn(draft)
  return draft.activeTasks().filter((task) => isBegun(task) && runs.some(({ id }) => id === task.runId))
}

/** Several running tasks could be meant, without a number, or with one that tasks of several runs have: says which there are. */
export function severalMeant(draft: Draft, verb: string, number: number | undefined): Reply | undefined {
  if (number !== undefined) {
    const same = begunTasks(draft).filter((task) => task.number === number)
    return same.length < 2 ? undefined : severalRuns(number, same)
  }
  const begun = begunTasks(draft).filter(({ phase }) => !FINISHED.has(phase))
  if (begun.length < 2) return undefined
  const list = begun.map((task) => `${task.number}: ${task.spec.title}`).join('\n')
  return {
    ok: false,
    code: 'ambiguous',
    ...naming`${plural(begun.length, 'task')} are running; say which one, as in ${toGive(verb, begun[0]?.number ?? 1)}:\n${list}`,
    data: { tasks: begun.map((task) => ({ task: task.number, title: task.spec.title, runId: task.runId })) },
  }
}

/** Its work is done, and Baton is bringing it to its end. */
const FINISHED: ReadonlySet<Task['phase']> = new Set(['merging', 'marking'])

/** There is no such task, or nothing that could have one. */
export const noSuchTask = (draft: Draft, number: number | undefined): Reply =>
  number === undefined || draft.runs().length === 0
    ? NOTHING_RUNS
    : notPossible(`There is no task ${number} in this run.`, { unknown: number })
