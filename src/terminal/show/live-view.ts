import type { TaskStatus } from '../../core/types.ts'
import { doneOf, plural, usd } from '../../text/amounts.ts'
import { columnsOf } from '../../text/columns.ts'
import { denseDuration } from '../../text/durations.ts'
import { column, columnRight, cutToColumns, wrapWhole } from '../../text/fit-columns.ts'
import { MARKS } from './marks.ts'
import { type Paint, plain } from './paint.ts'
import { windowOf } from './queue-window.ts'

/** One line of the queue. */
export interface LiveTask {
  number: number
  title: string
  status: TaskStatus
  startedAt?: number
  endedAt?: number
  costUsd: number
}

/** What is happening to a task. */
export interface Doing {
  activity: string
  turns: number
  lastOutputAt: number
}

/** Everything that the live view shows; texts are clean and without secrets already. */
export interface LiveScreen {
  /** The task files, in few words. */
  files: string
  tasks: readonly LiveTask[]
  /** Index of the task that has its turn. */
  focus: number
  startedAt: number
  costUsd: number
  /** What the task that has its turn is doing. */
  doing?: Doing
  /** What others are doing beside it, by number. */
  others?: ReadonlyMap<number, Doing>
  /** Why nothing is running: paused, a limit, … */
  whyIdle?: string
  /** It is a limit or a pause, and nobody is waited for. */
  isHeld?: boolean
  /** What is asked, the last line with the options; replaces the hints. */
  prompt?: readonly string[]
  hints: string
  /** What was said last to the person who types. */
  notice?: string
  input: { text: string; cursor: number }
}

export interface Frame {
  width: number
  height: number
  paint?: Paint
}

/** How many tasks of the queue are shown; more only where this much is left for the text above. */
const MOST_ROWS = 12
const TEXT_ROWS = 14
/** While something is asked, what was printed about it matters more than the queue. */
const MOST_ROWS_ASKED = 5
const TEXT_ROWS_ASKED = 20
const MOST_OPTION_ROWS = 4
const QUIET_MS = 30_000

/**
 * The live view as lines, none wider than the terminal (one column is left free, where some terminals wrap) and together
 * lower than it. Pure.
 */
export function renderLive(live: LiveScreen, now: number, { width, height, paint = plain }: Frame): string[] {
  const columns = Math.max(10, width - 1)
  const rows = Math.max(3, height - 1)
  const roomy = rows >= 12
  const gap = roomy ? [''] : []
  // What was printed last is right above.
  const head = [...gap, header(live, now, columns, paint), ...gap]
  const foot = [...gap, ...footer(live, columns, paint)]
  const free = rows - head.length - foot.length
  const most = live.prompt ? Math.max(MOST_ROWS_ASKED, free - TEXT_ROWS_ASKED) : Math.max(MOST_ROWS, free - TEXT_ROWS)
  const body = free <= 0 ? [] : queue(live, now, columns, Math.min(free, most), paint)
  const lines = [...head, ...body, ...foot]
  // On a terminal of a few rows what is typed matters most.
  return lines.length > rows ? lines.slice(lines.length - rows) : lines
}

function header(live: LiveScreen, now: number, columns: number, paint: Paint): string {
  const done = live.tasks.filter((task) => task.status === 'done').length
  const failed = live.tasks.filter((task) => task.status === 'failed' || task.status === 'blocked').length
  const facts = [
    doneOf(done, live.tasks.length),
    failed > 0 ? `${failed} failed` : '',
    denseDuration(now - live.startedAt),
    live.costUsd > 0 ? usd(live.costUsd) : '',
  ]
  const right = facts.filter(Boolean).join(' · ')
  const room = columns - columnsOf(right) - columnsOf('Baton') - 4
  // Where there is no room for the name, the numbers say more.
  const files = room >= 8 ? `  ${paint('dim', cutToColumns(live.files, room))}` : ''
  return `${paint('bold', 'Baton')}${files}  ${cutToColumns(right, columns - 7)}`
}

function queue(live: LiveScreen, now: number, columns: number, rows: number, paint: Paint): string[] {
  const detail = detailOf(live, now)
  // Each has a line of its own below its task, where they leave half of the room to the tasks.
  const others = new Map(live.others && rows >= 2 * (live.others.size + 1) ? live.others : [])
  const room = rows - (detail === undefined || rows < 2 ? 0 : 1) - others.size
  const { before, shown, after } = windowOf(live.tasks, live.focus, room)
  const digits = String(live.tasks.at(-1)?.number ?? 1).length
  const lines: string[] = []
  if (before > 0 && room >= 3) lines.push(paint('dim', cutToColumns(`  … ${before} earlier`, columns)))
  for (const task of shown) {
    const isFocus = task === live.tasks[live.focus]
    // A question mark is for what waits for a person; a limit or a pause is said below.
    const isHeld = isFocus && task.status === 'waiting' && live.isHeld === true
    const marked = isHeld ? { ...task, status: 'queued' as const } : task
    lines.push(taskLine(marked, isFocus, { now, columns, digits, paint }))
    const other = others.get(task.number)
    const below = isFocus ? (rows >= 2 ? detail : undefined) : other && doingWords(other, now)
    if (below !== undefined) lines.push(paint('dim', cutToColumns(`${' '.repeat(6 + digits)}${below}`, columns)))
  }
  if (after > 0 && room >= 3) lines.push(paint('dim', cutToColumns(`  … ${after} more`, columns)))
  return lines
}

function taskLine(
  task: LiveTask,
  isFocus: boolean,
  { now, columns, digits, paint }: { now: number; columns: number; digits: number; paint: Paint },
): string {
  const { sign, style } = MARKS[task.status]
  const took = task.startedAt === undefined ? '' : denseDuration((task.endedAt ?? now) - task.startedAt)
  const cost = task.costUsd > 0 ? usd(task.costUsd) : ''
  const facts =
    columns >= 60 ? [columnRight(took, 9), columnRight(cost, 8)] : columns >= 36 ? [columnRight(took, 8)] : []
  const right = facts.join('')
  const title = column(task.title, columns - 6 - digits - columnsOf(right))
  const words = isFocus
    ? paint('bold', title)
    : task.status === 'done' || task.status === 'skipped' || task.status === 'undone'
      ? paint('dim', title)
      : title
  return `  ${paint(style, sign)} ${columnRight(String(task.number), digits)}  ${words}${paint('dim', right)}`.trimEnd()
}

function detailOf(live: LiveScreen, now: number): string | undefined {
  if (live.whyIdle !== undefined) return live.whyIdle
  return live.doing && doingWords(live.doing, now)
}

function doingWords({ activity, turns, lastOutputAt }: Doing, now: number): string {
  const quietMs = now - lastOutputAt
  return [
    activity,
    turns > 0 ? plural(turns, 'turn') : '',
    quietMs >= QUIET_MS ? `quiet for ${denseDuration(quietMs)}` : '',
  ]
    .filter(Boolean)
    .join(' · ')
}

function footer(live: LiveScreen, columns: number, paint: Paint): string[] {
  const lines: string[] = []
  if (live.prompt) {
    const options = live.prompt.at(-1) ?? ''
    for (const line of live.prompt.slice(0, -1)) lines.push(paint('bold', cutToColumns(line, columns)))
    // What can be typed is never out of sight.
    for (const line of wrapWhole(options, columns).slice(0, MOST_OPTION_ROWS))
      lines.push(paint('yellow', cutToColumns(line, columns)))
  } else lines.push(paint('dim', cutToColumns(live.hints, columns)))
  if (live.notice !== undefined) lines.push(paint('yellow', cutToColumns(live.notice, columns)))
  lines.push(inputLine(live.input, columns, paint))
  return lines
}

const INVERSE = ['\u001b[7m', '\u001b[27m'] as const

/** The typed line with its cursor, the part around the cursor where it is too long. */
function inputLine({ text, cursor }: LiveScreen['input'], columns: number, paint: Paint): string {
  const room = columns - 3
  const characters = [...new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text)]
  let at = characters.findIndex(({ index }) => index >= cursor)
  if (at < 0) at = characters.length
  let from = at
  for (let used = 0; from > 0; from--) {
    used += columnsOf(characters[from - 1]?.segment ?? '')
    if (used > room - 1) break
  }
  const before = characters
    .slice(from, at)
    .map((c) => c.segment)
    .join('')
  const under = characters[at]?.segment ?? ' '
  const after = characters
    .slice(at + 1)
    .map((c) => c.segment)
    .join('')
  const left = room - columnsOf(before) - columnsOf(under)
  return `${paint('bold', '›')} ${before}${INVERSE[0]}${under}${INVERSE[1]}${cutToColumns(after, Math.max(0, left))}`
}
