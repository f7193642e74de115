import type { TaskStatus } from '../../core/types.ts'
import type { RunView, TaskView } from '../../daemon/api/views.ts'
import { doneOf, plural, usd } from '../../text/amounts.ts'
import { PHONE_COLUMNS } from '../../text/document/layout.ts'
import { bold, type Node, pre } from '../../text/document/nodes.ts'
import { clockTime, type Moment } from '../../text/times.ts'
import { encodeTap, fileKey } from '../callback.ts'
import type { Button, Message } from '../message.ts'
import type { CostView, OverviewView, TaskListView } from '../views.ts'
import { BUTTON_UNITS, inRows } from './buttons.ts'
import { oneLine } from './clean.ts'
import { compose, type MessageSection } from './compose.ts'
import { bar, RUN_MARK, TASK_MARK } from './marks.ts'
import { askButtons, isOpenRun, stateWords } from './overview.ts'
import { facts, heading, messageOf, runTitle } from './parts.ts'
import { progressLines } from './progress.ts'
import { cell } from './table.ts'

/** A project's name of at most this many UTF-16 units. */
const NAME_UNITS = 40

/** The answer to /status where there are several projects: each in a few lines, and their totals. */
export function renderProjects(views: readonly OverviewView[], moment: Moment): Message {
  const asks = views.flatMap(({ status }) => status.asks)
  const fitted = compose([
    heading('📊', plural(views.length, 'project')),
    ...views.map((view): MessageSection => projectLines(view, moment)),
    [bold('Total'), '\n', total(views)],
  ])
  return messageOf(fitted, { silent: true, buttons: [...askButtons(asks, true), ...projectButtons(views, 'status')] })
}

function projectLines({ status }: OverviewView, moment: Moment): Node[] {
  const { run, current, live, hold, paused, queue } = status
  const name = bold(oneLine(queue, NAME_UNITS))
  if (!run) return [name, ' · 💤 nothing has run yet']
  const done = doneOf(run.counts.done, run.total)
  if (!isOpenRun(run)) {
    const ended = run.endedAt === undefined ? '' : ` ${clockTime(run.endedAt, moment)}`
    return [name, ` · ${RUN_MARK[run.status]} ${run.status}${ended}, ${done}`]
  }
  const ask = status.asks.find(({ taskId }) => taskId === current?.id)
  const view = { total: run.total, done: run.counts.done, ...(live && { live }), ...(hold && { hold }) }
  const lines = current && {
    ...{ ...view, task: current },
    ...(paused && { paused }),
    ...(ask && { ask }),
  }
  return [
    name,
    ` · ${RUN_MARK[run.status]} ${stateWords(run.status).toLowerCase()}, ${done}`,
    ...(lines ? ['\n', ...progressLines(lines, moment)] : []),
  ]
}

function total(views: readonly OverviewView[]): string {
  const open = views.flatMap(({ status }) => (status.run && isOpenRun(status.run) ? [status.run] : []))
  const asks = views.reduce((sum, { status }) => sum + status.asks.length, 0)
  const today = views.reduce((sum, { status }) => sum + status.todayUsd, 0)
  return facts(
    open.length === 0 ? 'nothing is running' : `${plural(open.length, 'run')}, ${doneInAll(open)}`,
    asks > 0 && `${asks} waiting for you`,
    `${usd(today)} today`,
  )
}

function doneInAll(runs: readonly RunView[]): string {
  const sum = (of: (run: RunView) => number) => runs.reduce((all, run) => all + of(run), 0)
  return doneOf(
    sum(({ counts }) => counts.done),
    sum(({ total }) => total),
  )
}

/** Tasks of a project that are named where there are several projects. */
const FEW_TASKS = 6
const FIRST: readonly TaskStatus[] = ['waiting', 'running', 'verifying', 'failed', 'blocked', 'queued']

/** The answer to /tasks where there are several projects: the next tasks of each. */
export function renderProjectTasks(
  views: readonly { queue: string; list?: Pick<TaskListView, 'run' | 'tasks'> }[],
): Message {
  const runs = views.flatMap(({ list }) => (list ? [list.run] : []))
  const fitted = compose([
    heading('📋', 'Tasks'),
    ...views.map(({ queue, list }): MessageSection => {
      const name = bold(oneLine(queue, NAME_UNITS))
      if (!list) return [name, ' · nothing has run yet']
      const { run, tasks } = list
      const rows = telling(tasks).map((task) => `${TASK_MARK[task.status]} ${task.number} · ${oneLine(task.title, 80)}`)
      const rest = tasks.length - rows.length
      return {
        text: [...rows, ...(rest > 0 ? [`… and ${rest} more`] : [])].join('\n'),
        as: (text) => [
          name,
          ` · ${oneLine(runTitle(run), 80)}\n${bar(run.counts.done, run.total)} ${doneInAll([run])}\n`,
          text,
        ],
        keep: 'head',
      }
    }),
    runs.length > 0 && [bold('Total '), doneInAll(runs)],
  ])
  return messageOf(fitted, { silent: true, buttons: projectButtons(views, 'tasks') })
}

/** What a person looks for first, in the order of the list. */
function telling(tasks: readonly TaskView[]): TaskView[] {
  const rank = ({ status }: TaskView) => (FIRST.indexOf(status) + FIRST.length + 1) % (FIRST.length + 1)
  const few = tasks.toSorted((a, b) => rank(a) - rank(b) || a.number - b.number).slice(0, FEW_TASKS)
  return few.sort((a, b) => a.number - b.number)
}

/** The answer to /cost where there are several projects. */
export function renderProjectCosts(views: readonly ({ queue: string } & CostView)[]): Message {
  const row = (name: string, today: string, run: string) =>
    `${cell(name, PHONE_COLUMNS - 20)}${cell(today, 10, 'right')}${cell(run, 10, 'right')}`
  const sum = (amounts: number[]) => usd(amounts.reduce((a, b) => a + b, 0))
  const rows = [
    row('', 'today', 'last run'),
    ...views.map(({ queue, todayUsd, run }) => row(oneLine(queue, 60), usd(todayUsd), run ? usd(run.costUsd) : '')),
    row('Total', sum(views.map(({ todayUsd }) => todayUsd)), sum(views.map(({ run }) => run?.costUsd ?? 0))),
  ]
  const fitted = compose([heading('💰', 'Cost'), { text: rows.join('\n'), as: (text) => [pre(text)], keep: 'ends' }])
  return messageOf(fitted, { silent: true, buttons: projectButtons(views, 'cost') })
}

const MAX_BUTTONS = 12

/** The same command about one of them. */
function projectButtons(
  views: readonly ({ queue: string } | { status: { queue: string } })[],
  command: string,
): Button[][] {
  return inRows(
    views.slice(0, MAX_BUTTONS).map((view): Button => {
      const queue = 'queue' in view ? view.queue : view.status.queue
      const data = encodeTap({ kind: 'command', command, queueKey: fileKey(queue) })
      return { text: oneLine(queue, BUTTON_UNITS), data }
    }),
  )
}
