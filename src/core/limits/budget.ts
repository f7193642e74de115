import { usd } from '../../text/amounts.ts'
import type { Draft } from '../draft.ts'
import { taskSubject } from '../text.ts'
import type { Task } from '../types.ts'

const WARN_AT = 0.8

/** A ceiling with what was spent under it, USD. */
interface Ceiling {
  about: 'run-budget' | 'day-budget' | 'task-budget'
  spent: number
  ceiling: number
}

/** The ceilings that apply to a task; raised ones replace the configured ones. */
function ceilings(draft: Draft, task: Task): Ceiling[] {
  const run = draft.run(task.runId)
  const { day } = draft.queue()
  const { budget } = draft.policy
  const all: [Ceiling['about'], number, number | undefined][] = [
    ['task-budget', task.costUsd, task.budgetUsd ?? task.spec.budgetUsd ?? budget.taskUsd],
    ['run-budget', run.costUsd, run.budgetUsd ?? budget.runUsd],
    [
      'day-budget',
      day.date === draft.day ? day.costUsd : 0,
      (day.date === draft.day ? day.budgetUsd : undefined) ?? budget.dayUsd,
    ],
  ]
  return all.flatMap(([about, spent, ceiling]) => (ceiling === undefined ? [] : [{ about, spent, ceiling }]))
}

/** The first ceiling that is reached. */
export function reachedCeiling(draft: Draft, task: Task): Ceiling | undefined {
  return ceilings(draft, task).find(({ spent, ceiling }) => spent >= ceiling)
}

/**
 * What the next process of a task may spend, USD; undefined without ceilings. What is left of the run's budget and the day's
 * is shared with the other lanes: those that work were given their part, the rest is split among those that may start.
 */
export function remainingUsd(draft: Draft, task: Task): number | undefined {
  const rests = ceilings(draft, task).map(({ about, spent, ceiling }) =>
    about === 'task-budget' ? ceiling - spent : shareOf(draft, task, about, ceiling - spent),
  )
  return rests.length === 0 ? undefined : Math.max(0, Math.min(...rests))
}

function shareOf(draft: Draft, task: Task, about: Ceiling['about'], rest: number): number {
  // In the project's own folder there is no other lane to share with.
  if (draft.policy.workspace !== 'worktree') return rest
  const isUnder = (runId: string) => about === 'day-budget' || runId === task.runId
  const live = draft.liveAttempts().filter((one) => one.taskId !== task.id && isUnder(one.runId))
  const given = live.reduce((sum, { givenUsd = 0 }) => sum + givenUsd, 0)
  const others = draft
    .activeTasks()
    .filter((one) => one.id !== task.id && isUnder(one.runId) && mayStart(one))
    .filter(({ id }) => !live.some(({ taskId }) => taskId === id) && !isAsked(draft, id))
  return (rest - given) / (others.length + 1)
}

const mayStart = ({ lane, phase, spec }: Task): boolean =>
  lane !== undefined && spec.run === undefined && (phase === 'ready' || phase === 'working')

const isAsked = (draft: Draft, taskId: string): boolean => draft.asksOf(taskId).some(({ state }) => state === 'open')

/** All that is left was given to other lanes, which may yet give some of it back. */
export function waitsForShare(draft: Draft, task: Task): boolean {
  if (task.spec.run !== undefined || (task.phase !== 'ready' && task.phase !== 'working')) return false
  if (draft.liveAttempts().every(({ taskId }) => taskId === task.id)) return false
  return remainingUsd(draft, task) === 0 && reachedCeiling(draft, task) === undefined
}

/** Books money on task, run and day, and warns at 80 % of each ceiling, once. */
export function spend(draft: Draft, taskId: string, usdSpent: number): void {
  if (usdSpent > 0) {
    const task = draft.task(taskId)
    const run = draft.run(task.runId)
    const queue = draft.queue()
    const day = queue.day.date === draft.day ? queue.day : { date: draft.day, costUsd: 0 }
    draft.put({ table: 'tasks', row: { ...task, costUsd: task.costUsd + usdSpent } })
    draft.put({ table: 'runs', row: { ...run, costUsd: run.costUsd + usdSpent } })
    draft.put({ table: 'queue', row: { ...queue, day: { ...day, costUsd: day.costUsd + usdSpent } } })
  }
  const task = draft.task(taskId)
  for (const { about, spent, ceiling } of ceilings(draft, task)) {
    if (spent < WARN_AT * ceiling || spent >= ceiling) continue
    const run = draft.run(task.runId)
    const text = `${usd(spent)} of ${usd(ceiling)} spent`
    const data = { spentUsd: spent, ceilingUsd: ceiling }
    if (about === 'task-budget' && !task.budgetWarned) {
      draft.put({ table: 'tasks', row: { ...draft.task(taskId), budgetWarned: true } })
      draft.emit('task.budget', { task, text: `${taskSubject(task)}: ${text}`, data })
    } else if (about === 'run-budget' && !run.budgetWarned) {
      draft.put({ table: 'runs', row: { ...run, budgetWarned: true } })
      draft.emit('run.budget', { run, text: `This run: ${text}`, data })
    } else if (about === 'day-budget' && !draft.queue().day.warned) {
      const queue = draft.queue()
      draft.put({ table: 'queue', row: { ...queue, day: { ...queue.day, warned: true } } })
      draft.emit('queue.budget', { text: `Today: ${text}`, data })
    }
  }
}

/** Books money that no task spent on the day. */
export function spendBeside(draft: Draft, usdSpent: number): void {
  if (usdSpent <= 0) return
  const queue = draft.queue()
  const day = queue.day.date === draft.day ? queue.day : { date: draft.day, costUsd: 0 }
  draft.put({ table: 'queue', row: { ...queue, day: { ...day, costUsd: day.costUsd + usdSpent } } })
}

/** A person let it continue: the ceiling rises to what was spent plus the old ceiling. */
export function raiseCeiling(draft: Draft, task: Task, about: Ceiling['about']): void {
  const reached = ceilings(draft, task).find((c) => c.about === about)
  if (!reached) return
  const budgetUsd = reached.spent + reached.ceiling
  const run = draft.run(task.runId)
  const queue = draft.queue()
  if (about === 'task-budget')
    draft.put({ table: 'tasks', row: { ...draft.task(task.id), budgetUsd, budgetWarned: false } })
  if (about === 'run-budget') draft.put({ table: 'runs', row: { ...run, budgetUsd, budgetWarned: false } })
  if (about === 'day-budget')
    draft.put({ table: 'queue', row: { ...queue, day: { ...queue.day, budgetUsd, warned: false } } })
}
