import type { BatonEvent, EventType } from '../../core/types.ts'
import type { TaskView } from '../../daemon/api/views.ts'
import { usd } from '../../text/amounts.ts'
import { denseDuration } from '../../text/durations.ts'
import { cutToColumns, wrapWhole } from '../../text/fit-columns.ts'
import { cleanLine } from './clean.ts'
import { eventText } from './event-line.ts'
import { MARKS } from './marks.ts'
import type { Paint } from './paint.ts'
import { resultLine } from './result-line.ts'

const ENDS: Partial<Record<EventType, 'done' | 'failed' | 'skipped' | 'blocked'>> = {
  'task.done': 'done',
  'task.failed': 'failed',
  'task.skipped': 'skipped',
  'task.blocked': 'blocked',
}

/** What stays above the live view without being an end: the rest is in the view itself while it matters. */
const TOLD: ReadonlySet<EventType> = new Set([
  'task.interrupted',
  'task.retrying',
  'task.returned',
  'task.reset',
  'task.said',
  'task.moved',
  'task.undone',
  'task.budget',
  'run.budget',
  'queue.budget',
  'queue.held',
  'queue.released',
  'queue.paused',
  'queue.resumed',
  'ask.approved',
  'ask.answered',
  'ask.withdrawn',
  'ask.snoozed',
  'deployment.started',
  'deployment.changed',
  'deployment.ended',
  'environment.changed',
  'grant.given',
  'grant.used',
  'note',
])

/** What an event leaves above the live view; `task` is the task it is about, as it is now. */
export function liveLines(
  event: BatonEvent,
  task: TaskView | undefined,
  { width, paint }: { width: number; paint: Paint },
): string[] {
  const end = ENDS[event.type]
  if (end && task) {
    const { sign, style } = MARKS[end]
    const took = task.startedAt === undefined ? '' : denseDuration((task.endedAt ?? event.at) - task.startedAt)
    const facts = [took, task.costUsd > 0 ? usd(task.costUsd) : ''].filter(Boolean).join(' · ')
    const result = resultLine(task)
    const room = width - `x ${task.number}  `.length - (facts ? facts.length + 2 : 0)
    return [
      `${paint(style, sign)} ${task.number}  ${paint('bold', cutToColumns(cleanLine(task.title), Math.max(16, room)))}${facts ? `  ${paint('dim', facts)}` : ''}`,
      ...(result ? [`     ${paint('dim', cutToColumns(result, Math.max(10, width - 6)))}`] : []),
    ]
  }
  // Checks that pass say so by the end of the task.
  if (event.type === 'task.checked') {
    if (event.data?.ok !== false || event.data.first) return []
    return besideSign('✗', eventText(event), width).map((line) => paint('red', line))
  }
  if (!TOLD.has(event.type)) return []
  const isDim = event.type === 'grant.given' || event.type === 'grant.used' || event.type === 'ask.withdrawn'
  const lines = besideSign(isDim ? '·' : '→', eventText(event), width)
  return isDim ? lines.map((line) => paint('dim', line)) : lines
}

/** All of it, broken between words, each line below the words and not below the sign. */
function besideSign(sign: string, text: string, width: number): string[] {
  return wrapWhole(text, Math.max(10, width - 3)).map((line, i) => `${i === 0 ? sign : ' '} ${line}`)
}
