import { plural, usd } from '../../core/text.ts'
import type { Ask, RunStatus, TaskStatus } from '../../core/types.ts'
import type { TaskView } from '../../daemon/views.ts'
import { duration } from './amounts.ts'
import { clean, oneLine } from './clean.ts'
import { columnRight, columnsOf, cut } from './cut.ts'
import { answerCommands, type CallName } from './how-to.ts'
import { MARKS } from './marks.ts'
import type { Paint } from './paint.ts'

/** What came of a run, when nobody follows it any more. */
export interface Summary {
  exitCode: number
  runs: { id: string; status: RunStatus; reason?: string; costUsd: number }[]
  tasks: (TaskView & { log?: string })[]
  /** Tasks of the files that were done before. */
  alreadyDone: number
  asks: Ask[]
  /** From the first sight of the run to now. */
  durationMs: number
}

const NAMES: Record<TaskStatus, string> = {
  queued: 'not begun',
  running: 'interrupted',
  waiting: 'waits',
  verifying: 'interrupted',
  done: 'done',
  failed: 'failed',
  skipped: 'skipped',
  blocked: 'blocked',
}

/** The summary for people: a line a task with its log, the totals. */
export function summaryLines(summary: Summary, { width, paint }: { width: number; paint: Paint }): string[] {
  const { tasks } = summary
  if (tasks.length === 0) return []
  const digits = String(tasks.at(-1)?.number ?? 1).length
  const rows = tasks.map((task) => ({
    task,
    result: NAMES[task.status],
    time: task.startedAt === undefined || task.endedAt === undefined ? '' : duration(task.endedAt - task.startedAt),
    cost: task.costUsd > 0 ? usd(task.costUsd) : '',
    log: task.log ?? '',
  }))
  const timeColumns = widest(rows.map(({ time }) => time))
  const costColumns = widest(rows.map(({ cost }) => cost))
  const resultColumns = widest(rows.map(({ result }) => result))
  const titleColumns = Math.min(
    widest(rows.map(({ task }) => oneLine(task.title))),
    Math.max(16, Math.floor(width / 3)),
  )
  const lines = rows.flatMap(({ task, result, time, cost, log }) => {
    const { sign, style } = MARKS[task.status]
    const title = cut(oneLine(task.title), titleColumns)
    const cells = [
      `${paint(style, sign)} ${columnRight(String(task.number), digits)}  ${title}${' '.repeat(titleColumns - columnsOf(title))}`,
      paint(style, result.padEnd(resultColumns)),
      ...(timeColumns > 0 ? [columnRight(time, timeColumns)] : []),
      ...(costColumns > 0 ? [columnRight(cost, costColumns)] : []),
      paint('dim', log),
    ]
    const why =
      task.result !== undefined && WHY.has(task.status)
        ? [`    ${' '.repeat(digits)}${paint('dim', oneLine(task.result))}`]
        : []
    return [cells.join('  ').trimEnd(), ...why]
  })
  return ['', ...lines, '', totals(summary), ...reasons(summary)]
}

/** Their result says why, which a reader wants to know at once. */
const WHY: ReadonlySet<TaskStatus> = new Set(['failed', 'skipped', 'blocked'])

const widest = (texts: string[]) => texts.reduce((most, text) => Math.max(most, columnsOf(text)), 0)

function totals({ tasks, alreadyDone, durationMs, runs }: Summary): string {
  const counts = new Map<string, number>()
  for (const { status } of tasks) counts.set(NAMES[status], (counts.get(NAMES[status]) ?? 0) + 1)
  const parts = [...counts].map(([name, count]) => `${count} ${name}`)
  const costUsd = runs.reduce((sum, run) => sum + run.costUsd, 0)
  const before = alreadyDone > 0 ? ` (${alreadyDone} more done before)` : ''
  return [
    `${plural(tasks.length, 'task')}: ${parts.join(', ')}${before}`,
    duration(durationMs),
    costUsd > 0 ? usd(costUsd) : '',
  ]
    .filter(Boolean)
    .join(' · ')
}

const reasons = ({ runs }: Summary) =>
  runs.flatMap(({ status, reason }) =>
    status === 'stopped' && reason !== undefined ? [`Stopped: ${oneLine(reason)}`] : [],
  )

/** What waits, and the commands that go on. */
export function nextLines(summary: Summary, call: CallName): string[] {
  const { asks, exitCode, tasks } = summary
  if (asks.length > 0) {
    const answers = asks.flatMap((ask) => answerCommands(ask, call).map((command) => `  ${command}`))
    return [
      '',
      asks.length > 1 ? 'Answer with:' : 'Answer with one of:',
      ...answers,
      'The answer goes on with the run.',
    ]
  }
  if (exitCode === 3 || exitCode === 130) return ['', `Go on with:  ${call.tasks} --resume`]
  const failed = tasks.find(({ status, result }) => status === 'failed' && result !== undefined)
  return failed ? ['', `Try again with:  ${call.baton} retry ${failed.number}`] : []
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
    tasks: tasks.map(({ number, title, file, status, attempts, startedAt, endedAt, costUsd, turns, result, log }) => ({
      number,
      title,
      file,
      status,
      attempts,
      durationMs: startedAt === undefined || endedAt === undefined ? null : endedAt - startedAt,
      costUsd,
      turns,
      log: log ?? null,
      result: result ?? null,
    })),
    asks: asks.map(({ id, kind, task, title, text, options, questions, openedAt }) => ({
      id,
      kind,
      task,
      title,
      text: clean(text),
      options: options.map(({ label }) => label),
      ...(questions && { questions }),
      openedAt,
      answer: answerCommands({ kind, task, options, questions, title, text } as Ask, call),
    })),
    next: exitCode === 0 || exitCode === 1 ? null : asks.length > 0 ? null : `${call.tasks} --resume`,
  }
}
