import { choicesOf } from '../../core/asks/choices.ts'
import { findingLine } from '../../core/proof/findings.ts'
import { hasLanded } from '../../core/run-summary.ts'
import type { Ask, RunStatus, TaskStatus } from '../../core/types.ts'
import { workedIn } from '../../core/worked-in.ts'
import type { TaskView } from '../../daemon/api/views.ts'
import { plural, usd } from '../../text/amounts.ts'
import { columnsOf } from '../../text/columns.ts'
import { denseDuration } from '../../text/durations.ts'
import { column, columnRight, cutToColumns, wrapWhole } from '../../text/fit-columns.ts'
import { clean, cleanLine } from './clean.ts'
import { answerCommands, type CallName } from './how-to.ts'
import { isTakenUp } from './is-taken-up.ts'
import { MARKS } from './marks.ts'
import type { Paint } from './paint.ts'
import { resultLine } from './result-line.ts'

/** What became of runs, for whoever followed them. */
export interface Summary {
  exitCode: number
  runs: { id: string; status: RunStatus; reason?: string; costUsd: number }[]
  tasks: (TaskView & { log?: string })[]
  /** Tasks of the files that were done before. */
  alreadyDone: number
  /** What waits for an answer. */
  asks: Ask[]
  /** What was asked and answered. */
  decided: Ask[]
  /** From the first sight of the run to now. */
  durationMs: number
}

const NAMES: Record<TaskStatus, string> = {
  queued: 'not started',
  running: 'interrupted',
  waiting: 'waiting',
  verifying: 'interrupted',
  merging: 'not landed',
  taken_over: 'taken over',
  done: 'done',
  failed: 'failed',
  skipped: 'skipped',
  blocked: 'blocked',
  undone: 'undone',
}

/** A task that was started and waits for its next turn counts as queued to programs; people see that it was started. */
function nameOf(task: Pick<TaskView, 'status' | 'attempts' | 'startedAt'>): string {
  if (task.status !== 'queued' || task.attempts === 0) return NAMES[task.status]
  return isTakenUp(task) ? NAMES.running : 'queued again'
}

/** Wider lines are hard to read, whatever the terminal. */
export const WIDEST = 100
/** Below that a title says nothing. */
const LEAST_TITLE = 4

/** Where the summary is shown. */
export interface SummaryFrame {
  /** Columns of the terminal. */
  width: number
  /** Lines that the tasks may take before those that were not begun are put together. */
  rows: number
  paint: Paint
}

/** The table for people: a line a task, why it failed and in which log to look, the totals. No line is broken. */
export function summaryLines(summary: Summary, frame: SummaryFrame): string[] {
  const { tasks } = summary
  if (tasks.length === 0) return []
  const width = Math.min(frame.width, WIDEST)
  // What never started has no log.
  const folders = new Set(tasks.flatMap(({ log }) => (log ? [log.replace(/[^/\\]*$/, '')] : [])))
  return [
    '',
    ...tableLines(summary, { ...frame, width }),
    '',
    ...wrapWhole(totals(summary), width - 1),
    ...reasons(summary).flatMap((reason) => wrapWhole(reason, width - 1)),
    // A path stays whole, to be copied.
    ...[...folders].map((folder) => `Logs: ${folder}`),
  ]
}

/** Whose log is looked into. */
const logNamed = <T extends TaskView & { log?: string }>(task: T): task is T & { log: string } =>
  task.status === 'failed' && task.log !== undefined

/** One column stays free, where some terminals wrap. */
function tableLines({ tasks }: Summary, { width, rows: room, paint }: SummaryFrame): string[] {
  const columns = width - 1
  const digits = String(tasks.at(-1)?.number ?? 1).length
  const rows = tasks.map((task) => ({
    task,
    title: cleanLine(task.title),
    result: nameOf(task),
    time:
      task.startedAt === undefined || task.endedAt === undefined ? '' : denseDuration(task.endedAt - task.startedAt),
    cost: task.costUsd > 0 ? usd(task.costUsd) : '',
    log: logNamed(task) ? task.log.replace(/^.*[/\\]/, '') : '',
  }))
  const widths = {
    result: widest(rows.map(({ result }) => result)),
    time: widest(rows.map(({ time }) => time)),
    cost: widest(rows.map(({ cost }) => cost)),
  }
  const beside = [...Object.values(widths)].reduce((sum, one) => sum + (one > 0 ? one + 2 : 0), digits + 4)
  const titleColumns = Math.min(widest(rows.map(({ title }) => title)), Math.max(LEAST_TITLE, columns - beside))
  const indent = ' '.repeat(4 + digits)
  return collapsed(rows, room).flatMap((row) => {
    if ('from' in row) {
      const range = `${row.from}–${row.to}`
      return [paint('dim', `${MARKS.queued.sign} ${range}  ${row.count} tasks not started`)]
    }
    const { task, title, result, time, cost, log } = row
    const { sign, style } = MARKS[task.status]
    const cells = [
      `${paint(style, sign)} ${columnRight(String(task.number), digits)}  ${column(title, titleColumns)}`,
      paint(style, result.padEnd(widths.result)),
      ...(widths.time > 0 ? [columnRight(time, widths.time)] : []),
      ...(widths.cost > 0 ? [columnRight(cost, widths.cost)] : []),
    ]
    const below = (words: string, style: Parameters<Paint>[0]) =>
      words === '' ? [] : [`${indent}${paint(style, cutToColumns(words, Math.max(10, columns - indent.length)))}`]
    const isTold = task.result !== undefined && WHY.has(task.status)
    // Those of what is done are shown below.
    const found = task.status === 'done' ? [] : (task.proof?.findings ?? []).slice(0, MAX_FINDINGS)
    return [
      cells.join('  ').trimEnd(),
      ...(isTold ? below(resultLine(task), 'dim') : []),
      ...below(log, 'dim'),
      ...found.flatMap((one) => below(`! ${cleanLine(findingLine(one))}`, 'yellow')),
    ]
  })
}

/** Most findings of a task under its row; the report has them all. */
const MAX_FINDINGS = 10

/** Where not all tasks have room, a long stretch of those that were not begun says nothing one by one. */
function collapsed<T extends { task: TaskView }>(
  rows: T[],
  room: number,
): (T | { from: number; to: number; count: number })[] {
  if (rows.length <= room) return rows
  const shown: (T | { from: number; to: number; count: number })[] = []
  for (let i = 0; i < rows.length; ) {
    let end = i
    while (rows[end]?.task.status === 'queued' && rows[end]?.task.attempts === 0) end++
    const [first, last] = [rows[i] as T, rows[end - 1]]
    if (end - i > 3 && last) {
      shown.push({ from: first.task.number, to: last.task.number, count: end - i })
      i = end
    } else {
      shown.push(first)
      i++
    }
  }
  return shown
}

/** Their result says why, which a reader wants to know at once. */
const WHY: ReadonlySet<TaskStatus> = new Set(['failed', 'skipped', 'blocked', 'undone'])

const widest = (texts: string[]) => texts.reduce((most, text) => Math.max(most, columnsOf(text)), 0)

function totals({ tasks, alreadyDone, durationMs, runs }: Summary): string {
  const counts = new Map<string, number>()
  for (const task of tasks) counts.set(nameOf(task), (counts.get(nameOf(task)) ?? 0) + 1)
  const parts = [...counts].map(([name, count]) => `${count} ${name}`)
  const costUsd = runs.reduce((sum, run) => sum + run.costUsd, 0)
  const before = alreadyDone > 0 ? ` (${alreadyDone} already done before)` : ''
  return [
    `${plural(tasks.length, 'task')}: ${parts.join(', ')}${before}`,
    denseDuration(durationMs),
    costUsd > 0 ? usd(costUsd) : '',
  ]
    .filter(Boolean)
    .join(' · ')
}

const reasons = ({ runs }: Summary) =>
  runs.flatMap(({ status, reason }) =>
    status === 'stopped' && reason !== undefined ? [`Stopped: ${cleanLine(reason)}`] : [],
  )

/** How what waits is answered. */
export function answerLines({ asks }: Summary, call: CallName): string[] {
  if (asks.length === 0) return []
  const answers = asks.flatMap((ask) => answerCommands(ask, call).map((command) => `  ${command}`))
  return ['', asks.length > 1 ? 'Answer with:' : 'Answer with one of:', ...answers, 'The answer continues the run.']
}

/** The one thing to do next, for readers of JSON who see the diagnostics. */
export function nextLines(summary: Summary, call: CallName): string[] {
  const { asks, exitCode, tasks } = summary
  if (asks.length > 0) return answerLines(summary, call)
  if (exitCode === 3 || exitCode === 130) return ['', `Continue with:  ${call.tasks} --resume`]
  const failed = tasks.find(({ status, result }) => status === 'failed' && result !== undefined)
  if (failed) return ['', `Retry with:  ${call.baton} retry ${failed.number}`]
  const undone = tasks.find(({ status }) => status === 'undone')
  if (undone) return ['', `Redo with:  ${call.baton} retry ${undone.number}`]
  return tasks.some(hasLanded) ? ['', `Bring the work to your branch with:  ${call.baton} land`] : []
}

/** The summary as the last line of `--json`. */
export function summaryObject(summary: Summary, call: CallName, at: number): Record<string, unknown> {
  const { exitCode, runs, tasks, alreadyDone, asks, durationMs } = summary
  const counts: Record<string, number> = {}
  for (const { status } of tasks) counts[status] = (counts[status] ?? 0) + 1
  return {
    type: 'summary',
    at,
    exitCode,
    runs,
    counts,
    alreadyDone,
    durationMs,
    costUsd: runs.reduce((sum, run) => sum + run.costUsd, 0),
    tasks: tasks.map((task) => ({
      number: task.number,
      title: task.title,
      file: task.file,
      status: task.status,
      attempts: task.attempts,
      durationMs: task.startedAt === undefined || task.endedAt === undefined ? null : task.endedAt - task.startedAt,
      costUsd: task.costUsd,
      turns: task.turns,
      ...workedIn(task),
      log: task.log ?? null,
      result: task.result ?? null,
      ...(task.proof?.findings && { findings: task.proof.findings }),
    })),
    asks: asks.map(({ id, kind, task, title, text, options, questions, openedAt }) => ({
      id,
      kind,
      task,
      title,
      text: clean(text),
      options: choicesOf({ options, questions }).map(({ label }) => label),
      ...(questions && { questions }),
      openedAt,
      answer: answerCommands({ kind, task, options, questions, title, text } as Ask, call),
    })),
    next: exitCode === 0 || exitCode === 1 ? null : asks.length > 0 ? null : `${call.tasks} --resume`,
  }
}
