import { hasLanded, runSummary, type SummaryPart } from '../../core/run-summary.ts'
import type { RunStatus } from '../../core/types.ts'
import type { RunView, TaskView } from '../../daemon/api/views.ts'
import { doneOf, plural, spent } from '../../text/amounts.ts'
import { someOf } from '../../text/cut.ts'
import { PHONE_COLUMNS } from '../../text/document/layout.ts'
import { bold, italic, pre } from '../../text/document/nodes.ts'
import { duration, shortDuration } from '../../text/durations.ts'
import { encodeTap } from '../callback.ts'
import type { Button, Message } from '../message.ts'
import type { RunEndView } from '../views.ts'
import { oneLine } from './clean.ts'
import { compose, type MessageSection } from './compose.ts'
import { TABLE_MARK } from './marks.ts'
import { facts, heading, messageOf, runTitle } from './parts.ts'
import { cell } from './table.ts'

const HEADLINES: Partial<Record<RunStatus, [mark: string, words: string]>> = {
  done: ['🏁', 'All done'],
  failed: ['🏁', 'Finished with failures'],
  stopped: ['⏹', 'Stopped'],
}

const REPORT = 'report.md'

/** Lines of a part of the summary; the report has them all. */
const MAX_LINES = 6

/** The message at the end of a run: what a person reads in a minute, and every task in one table. The report comes along. */
export function renderRunEnd({ run, tasks, asks = [], report }: RunEndView): Message {
  const shown = mostTelling(tasks)
  const isComplete = run.counts.done === run.total || run.status !== 'done'
  const [mark, words] = (isComplete && HEADLINES[run.status]) || ['🏁', 'Finished']
  const document =
    report !== undefined && tasks.length > 1
      ? { name: REPORT, caption: `Report of the run: ${plural(tasks.length, 'task')}`, content: report }
      : shown.length < tasks.length && {
          name: 'tasks.txt',
          caption: `All ${plural(tasks.length, 'task')} of the run`,
          content: `${table(tasks, tasks)}\n`,
        }
  const fitted = compose([
    [...heading(mark, words, runTitle(run)), '\n', summary(run)],
    run.reason !== undefined && [oneLine(run.reason, 300)],
    ...runSummary(tasks, asks).map(summaryPart),
    { text: table(shown, tasks), as: (text) => [pre(text)], keep: 'ends' },
    document && [italic(`${document.name === REPORT ? 'Every task in full' : 'All tasks'}: ${document.name}, above.`)],
  ])
  return messageOf(fitted, { buttons: [landButton(run, tasks)], ...(document && { document }) })
}

/** Merged work is brought to the user's branch only when they say so. */
function landButton({ id }: RunView, tasks: TaskView[]): Button[] {
  const landed = tasks.filter(hasLanded).length
  const data = encodeTap({ kind: 'command', command: 'land', runId: id })
  return landed === 0 ? [] : [{ text: `Land ${plural(landed, 'task')}`, data, style: 'primary' }]
}

function summaryPart({ heading: title, lines }: SummaryPart): MessageSection {
  const shown = someOf(lines, MAX_LINES).map((line) => oneLine(line, 160))
  return {
    text: shown.join('\n'),
    as: (text) => [bold(title), '\n', text],
    keep: 'head',
  }
}

/** Lines of the table that a person scrolls through; the document has the others. */
const MAX_ROWS = 30

/** What did not work matters more than what did, and that more than what was not begun. */
function mostTelling(tasks: TaskView[]): TaskView[] {
  const rank = ({ status }: TaskView) => (status === 'queued' ? 2 : status === 'done' ? 1 : 0)
  const first = tasks.toSorted((a, b) => rank(a) - rank(b)).slice(0, MAX_ROWS)
  return first.sort((a, b) => a.number - b.number)
}

function summary(run: RunView): string {
  const took = run.startedAt !== undefined && run.endedAt !== undefined && duration(run.endedAt - run.startedAt)
  const { done, failed, skipped, blocked, undone } = run.counts
  const counts = [
    doneOf(done, run.total),
    failed > 0 && `${failed} failed`,
    skipped > 0 && `${skipped} skipped`,
    blocked > 0 && `${blocked} blocked`,
    undone > 0 && `${undone} undone`,
  ]
  return `${facts(...counts)}\n${facts(took, spent(run.costUsd))}`.trim()
}

/**
 * Each of `shown` a line, and what all tasks took together; columns as narrow as their widest cell, the title gets the
 * rest. What each cost is in /cost and the report: a phone has no room for it beside a title.
 */
function table(shown: TaskView[], tasks: TaskView[]): string {
  const timeMs = tasks.reduce((sum, task) => sum + spentMs(task), 0)
  const rows = shown.map((task) => [
    String(task.number),
    TABLE_MARK[task.status],
    oneLine(task.title, 100),
    timeOf(task),
  ])
  if (shown.length < tasks.length) rows.push(['', ' ', `… ${tasks.length - shown.length} more`, ''])
  if (tasks.length > 1 && timeMs > 0) rows.push(['', ' ', 'total', shortDuration(timeMs)])
  const widest = (column: number) => Math.max(0, ...rows.map((cells) => cells[column]?.length ?? 0))
  const [numberColumns, timeColumns] = [widest(0), widest(3)]
  const titleColumns = PHONE_COLUMNS - numberColumns - 3 - (timeColumns > 0 ? timeColumns + 1 : 0)
  return rows
    .map(([number = '', mark = '', title = '', time = '']) =>
      [
        cell(number, numberColumns, 'right'),
        mark,
        cell(title, titleColumns),
        ...(timeColumns > 0 ? [cell(time, timeColumns, 'right')] : []),
      ]
        .join(' ')
        .trimEnd(),
    )
    .join('\n')
}

const spentMs = (task: TaskView) => Math.max(0, (task.endedAt ?? 0) - (task.startedAt ?? task.endedAt ?? 0))

function timeOf(task: TaskView): string {
  return task.startedAt === undefined || task.endedAt === undefined ? '' : shortDuration(spentMs(task))
}
