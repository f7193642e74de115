import { setTimeout as sleep } from 'node:timers/promises'
import type { RunElsewhere } from '../../core/elsewhere.ts'
import type { TaskStatus } from '../../core/types.ts'
import { plural, usd } from '../../text/amounts.ts'
import { when } from '../../text/times.ts'
import type { Message } from '../message.ts'
import type { ChatDeps } from '../ports.ts'
import { oneLine } from '../render/clean.ts'
import { TASK_MARK } from '../render/marks.ts'
import type { CommandCall } from './call.ts'

/** A task, as the API of its machine gives it. */
interface TaskRow {
  id: number
  title: string
  status: TaskStatus
  started_at: string | null
}

/** A person waits for it, and other commands do. */
const PATIENCE_MS = 3_000
/** Of a run elsewhere: those that are running, and what comes next. */
const MOST_TASKS = 8
const MOST_RUNS = 5

const soon = <T>(work: Promise<T>): Promise<T | undefined> =>
  Promise.race([work, sleep(PATIENCE_MS, undefined, { ref: false })])

const isOpen = ({ completed_at }: RunElsewhere) => completed_at === null

/** A run of another machine in a line. */
function lineOf(run: RunElsewhere, now: number): string {
  const { machine, project, status, completed_tasks: done, total_tasks: all, silentSince } = run
  const silent = silentSince === undefined ? '' : `; nothing heard of it since ${when(silentSince, now)}`
  return `${machine} · ${project}: ${status}, ${done} of ${plural(all, 'task')} done${silent}`
}

/** Runs of other machines that are not over, a line each. */
export async function runsElsewhere({ machine, now }: Pick<ChatDeps, 'machine' | 'now'>): Promise<string[]> {
  const runs = (await machine?.runs()) ?? []
  return runs.filter(isOpen).map((run) => lineOf(run, now()))
}

/** The same, each with the tasks that are running or come next. */
export async function tasksElsewhere({ machine, now }: Pick<ChatDeps, 'machine' | 'now'>): Promise<string[]> {
  const runs = ((await machine?.runs()) ?? []).filter(isOpen).slice(0, MOST_RUNS)
  const lines = runs.map(async (run) => {
    const rows = await rowsOf(machine, run, `limit=${MOST_TASKS}&order=work&status=${LEFT.join(',')}`)
    return [
      lineOf(run, now()),
      ...rows.map(({ id, title, status }) => `${TASK_MARK[status]} ${id} ${oneLine(title, 60)}`),
    ]
  })
  return (await Promise.all(lines)).map((one) => one.join('\n'))
}

const LEFT: readonly TaskStatus[] = ['running', 'waiting', 'verifying', 'merging', 'taken_over', 'queued']

async function rowsOf(machine: ChatDeps['machine'], run: RunElsewhere, query: string): Promise<TaskRow[]> {
  if (!machine || run.silentSince !== undefined) return []
  const path = `/api/sessions/${encodeURIComponent(run.session_id)}/tasks?${query}`
  const answer = (await soon(machine.ask(run.machine, path))) as { tasks?: TaskRow[] } | undefined
  return answer?.tasks ?? []
}

/** What the others cost today; `own`: this machine, for the sum. */
export async function costElsewhere({ machine }: Pick<ChatDeps, 'machine'>, own: number): Promise<string | undefined> {
  const answers = await soon(machine?.askAll('/api/cost?days=1') ?? Promise.resolve([]))
  if (answers?.length === 0) return undefined
  const costs = (answers ?? []).map(({ machine, answer }) => ({
    machine,
    cost: (answer as { today_usd?: number } | undefined)?.today_usd,
  }))
  const known = costs.flatMap(({ cost }) => (typeof cost === 'number' ? [cost] : []))
  const each = costs.map(
    ({ machine, cost }) => `${machine} ${typeof cost === 'number' ? usd(cost) : 'does not answer'}`,
  )
  if (!answers) return 'Today on other machines: they do not answer at the moment.'
  return `Today on other machines: ${each.join(', ')}. All together: ${usd(known.reduce((sum, cost) => sum + cost, own))}.`
}

/** A task of another machine that a command is about. */
export interface TaskElsewhere {
  machine: string
  number: number
  title: string
  /** What its machine answers about it. */
  get: (about: string) => Promise<unknown>
  /** The message as one about it. */
  named: (message: Message) => Message
}

/**
 * The task of another machine that is meant: by the name of the machine first in the text, or because this one has nothing to show
 * and only one other works. `number`: that of the task, else the current one or the last one. Undefined: none is meant.
 */
export async function taskElsewhere(
  { chat, text }: Pick<CommandCall, 'chat' | 'text'>,
  { hasOwn, isNumber }: { hasOwn: boolean; isNumber: boolean },
): Promise<TaskElsewhere | undefined> {
  const { machine } = chat.deps
  if (!machine) return undefined
  const runs = (await machine.runs()).filter(({ silentSince }) => silentSince === undefined)
  const [word = '', next = ''] = text.split(/\s+/)
  const isNamed = runs.some((run) => run.machine === word.toLowerCase())
  const meant = runs.filter((run) => (isNamed ? run.machine === word.toLowerCase() : isOpen(run)))
  if (!isNamed && (hasOwn || new Set(meant.map((run) => run.machine)).size !== 1)) return undefined
  const run = meant.find(isOpen) ?? meant[0]
  if (!run) return undefined
  const number = isNumber ? Number(isNamed ? next : word) : 0
  const rows = await rowsOf(machine, run, 'limit=500')
  const begun = rows.filter(({ started_at }) => started_at !== null)
  const atWork = begun.find(({ status }) => LEFT.includes(status) && status !== 'queued')
  const last = begun.toSorted((a, b) => (a.started_at ?? '').localeCompare(b.started_at ?? '')).at(-1)
  const task = number > 0 ? rows.find(({ id }) => id === number) : (atWork ?? last)
  if (!task) return undefined
  const path = `/api/sessions/${encodeURIComponent(run.session_id)}/tasks/${task.id}`
  return {
    ...{ machine: run.machine, number: task.id, title: task.title },
    get: (about) => soon(machine.ask(run.machine, `${path}/${about}`)),
    named: (message) => ({ ...message, project: chat.deps.redact(`${run.machine} · ${run.project}`) }),
  }
}

/** The lines that `/logs two 50` asks for. */
export function countAfterName(text: string): number | undefined {
  const [, count] = /(?:^|\s)(\d+)$/.exec(text.trim()) ?? []
  return count === undefined ? undefined : Number(count)
}
