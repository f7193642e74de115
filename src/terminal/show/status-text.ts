import { actorText } from '../../core/actors.ts'
import { choicesOf } from '../../core/asks/choices.ts'
import { hasRunEnded } from '../../core/status.ts'
import type { Ask } from '../../core/types.ts'
import { workedIn } from '../../core/worked-in.ts'
import type { Live, RunView, StatusView, TaskView } from '../../daemon/api/views.ts'
import { plural, usd } from '../../text/amounts.ts'
import { denseDuration } from '../../text/durations.ts'
import { columnRight, cutToColumns } from '../../text/fit-columns.ts'
import { moment, when } from '../../text/times.ts'
import { askTitle } from './ask-title.ts'
import { cleanLine } from './clean.ts'
import { answerCommands, type CallName } from './how-to.ts'
import { isTakenUp } from './is-taken-up.ts'
import { MARKS } from './marks.ts'
import type { Paint } from './paint.ts'
import { windowOf } from './queue-window.ts'
import { partLines } from './run-parts.ts'

/** What `--status` shows of one queue. */
export interface QueueStatus {
  status: StatusView
  tasks: TaskView[]
  /** Every decision of a run that is over, for its summary. */
  decided?: Ask[]
}

/**
 * What runs, what waits and what is done, for people.
 *
 * @param rows lines that the tasks may take; of more, those around the current one are shown
 */
export function statusLines(
  { status, tasks, decided = [] }: QueueStatus,
  { now, width, rows, paint, call }: { now: number; width: number; rows: number; paint: Paint; call: CallName },
): string[] {
  const { run, runner, live, asks, queuedRuns, queuedTotal } = status
  const who = runner ? [paint('dim', runnerWords(runner))] : []
  if (!run) return ['Nothing has run here yet.', ...who, `Start with:  ${call.tasks} FILE`]
  const isOpen = !hasRunEnded(run.status)
  const summary = isOpen ? [] : partLines({ tasks, asks, decided }, call, { width, paint })
  return [
    `${paint('bold', cleanLine(run.files.join(', ')))}  ${runWords(run, now, runner !== undefined)}`,
    ...who,
    ...queueWords(status, now),
    '',
    ...taskLines(tasks, status, { now, width, rows, paint }),
    ...(live && status.lives.length < 2 ? ['', `Now: ${liveWords(live, now)}`] : []),
    ...asks.flatMap((ask) => askWords(ask, { call, paint, now })),
    ...queuedRuns.map((next) => `Then: ${cleanLine(next.files.join(', '))} (${plural(next.total, 'task')})`),
    ...(queuedTotal > queuedRuns.length ? [`… and ${plural(queuedTotal - queuedRuns.length, 'more run')}`] : []),
    ...(isOpen && !runner ? ['', leftWords(status, call)] : []),
    ...summary,
    ...(run.status === 'stopped' && !summary.some((line) => line.includes('--resume'))
      ? ['', `Continue with:  ${call.tasks} --resume`]
      : []),
  ]
}

/** How to continue a run that no process works on: an answer starts one, but leaves a pause as it is. */
const leftWords = ({ asks, paused }: StatusView, call: CallName): string =>
  asks.length > 0 && !paused
    ? `Not running. An answer continues the run, and so does:  ${call.tasks} --resume`
    : `Not running. Continue with:  ${call.tasks} --resume`

function runnerWords({ kind, pid, since }: NonNullable<StatusView['runner']>): string {
  const who = kind === 'daemon' ? 'The daemon is running' : 'A run from the terminal is active'
  return `${who}: process ${pid}, since ${moment(since)}`
}

function runWords(run: RunView, now: number, isWorkedOn: boolean): string {
  const counts = Object.entries(run.counts).filter(([, count]) => count > 0)
  const took = run.startedAt === undefined ? '' : denseDuration((run.endedAt ?? now) - run.startedAt)
  const ended = run.endedAt === undefined ? '' : `ended ${when(run.endedAt, now)}`
  const reason = run.reason === undefined ? '' : cleanLine(run.reason)
  const facts = [
    run.status,
    reason,
    counts
      .map(
        ([name, count]) => `${count} ${isWorkedOn ? name.replace('_', ' ') : (LEFT[name] ?? name.replace('_', ' '))}`,
      )
      .join(', '),
    took,
    usd(run.costUsd),
    ended,
  ]
  return facts.filter(Boolean).join(' · ')
}

/** What nobody works on any more. */
const LEFT: Record<string, string> = { running: 'interrupted', verifying: 'interrupted' }

function queueWords({ paused, hold, todayUsd }: StatusView, now: number): string[] {
  return [
    ...(paused ? [`Paused by ${cleanLine(actorText(paused.by))} since ${when(paused.at, now)}`] : []),
    ...(hold && hold.until > now ? [`Waiting until ${when(hold.until, now)}: ${cleanLine(hold.text)}`] : []),
    ...(todayUsd > 0 ? [`Today: ${usd(todayUsd)}`] : []),
  ]
}

function taskLines(
  tasks: TaskView[],
  { current, runner, lives }: StatusView,
  { now, width, rows, paint }: { now: number; width: number; rows: number; paint: Paint },
): string[] {
  const at = tasks.findIndex(({ number }) => number === current?.number)
  const several = lives.length > 1 ? lives : []
  const room = Math.max(3, rows - several.length)
  const { before, shown, after } = windowOf(tasks, at < 0 ? tasks.length - 1 : at, room)
  const digits = String(tasks.at(-1)?.number ?? 1).length
  const lines = shown.flatMap((task) => {
    const { sign, style } = MARKS[task.status]
    // Begun, but nobody works on it now: its clock has stopped, and nobody knows since when.
    const isBegun =
      task.status === 'running' || task.status === 'verifying' || task.status === 'merging' || task.status === 'queued'
    const isLeft = !runner && isTakenUp(task) && isBegun
    const until = task.endedAt ?? (isLeft ? undefined : now)
    const took = task.startedAt === undefined || until === undefined ? '' : denseDuration(until - task.startedAt)
    const cost = task.costUsd > 0 ? usd(task.costUsd) : ''
    const facts = [paint(style, isLeft ? 'interrupted' : statusWords(task)), took, cost].filter(Boolean).join(' · ')
    const title = cutToColumns(cleanLine(task.title), Math.max(20, width - 32))
    const line = `  ${paint(style, sign)} ${columnRight(String(task.number), digits)}  ${title}  ${facts}`
    const live = task.status === 'merging' ? undefined : several.find(({ taskId }) => taskId === task.id)
    const below = live && cutToColumns(`${' '.repeat(6 + digits)}${liveWords(live, now)}`, width - 1)
    return [line, ...(below === undefined ? [] : [paint('dim', below)])]
  })
  return [
    ...(before > 0 ? [paint('dim', `  … ${before} earlier`)] : []),
    ...lines,
    ...(after > 0 ? [paint('dim', `  … ${after} more`)] : []),
  ]
}

const liveWords = ({ activity, startedAt, turns }: Live, now: number): string =>
  `${cleanLine(activity)} · ${denseDuration(now - startedAt)} · ${plural(turns, 'turn')}`

/** Its status; of one that a person has, who that is. */
const statusWords = ({ status, takenOver }: TaskView): string =>
  takenOver ? `taken over by ${cleanLine(actorText(takenOver.by))}` : status

function askWords(ask: Ask, { call, paint, now }: { call: CallName; paint: Paint; now: number }): string[] {
  const { snoozed } = ask
  const isSnoozed = snoozed !== undefined && snoozed.until > now
  return [
    '',
    `${paint('yellow', '?')} ${askTitle(ask)}`,
    ...(isSnoozed
      ? [paint('dim', `    Snoozed until ${when(snoozed.until, now)} by ${cleanLine(actorText(snoozed.by))}`)]
      : []),
    ...answerCommands(ask, call).map((command) => `    ${command}`),
  ]
}

/** The same for programs: one object. */
export function statusObject(shown: QueueStatus[], at: number): Record<string, unknown> {
  const whole = (task: TaskView) => ({ ...task, ...workedIn(task) })
  const queues = shown.map(({ status: { current, ...status }, tasks }) => ({
    ...status,
    running: status.running.map(whole),
    ...(current && { current: whole(current) }),
    asks: status.asks.map((ask) => ({ ...ask, options: choicesOf(ask) })),
    tasks: tasks.map(whole),
  }))
  const [first, ...others] = queues
  return { type: 'status', at, ...first, ...(others.length > 0 && { queues }) }
}
