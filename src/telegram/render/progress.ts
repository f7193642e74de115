import { plural } from '../../core/text.ts'
import { encodeTap } from '../callback.ts'
import type { Message } from '../message.ts'
import type { ProgressView } from '../views.ts'
import { oneLine } from './clean.ts'
import { compose } from './compose.ts'
import { money, personName } from './decision.ts'
import { bar, TASK_MARK } from './marks.ts'
import { facts, heading, messageOf, taskOf } from './parts.ts'
import { bold } from './rich.ts'
import { clockSeconds, clockTime, duration, type Moment } from './time.ts'

/** The one message about the running task, edited silently: alive, doing what, for how long, for how much. */
export function renderProgress(view: ProgressView, moment: Moment): Message {
  const { task, total, done } = view
  const { mark, state, lines } = stateOf(view, moment)
  const fitted = compose([
    heading(mark, `${taskOf(task.number, total)} · ${state}`, task.title),
    lines.length > 0 && [lines.join('\n')],
    [vitals(view, moment)],
    total > 1 && [`${bar(done, total)} ${done} of ${total} done`],
  ])
  const buttons = ENDED.has(task.status)
    ? []
    : [
        view.paused
          ? { text: 'Resume', data: encodeTap({ kind: 'command', command: 'resume' }) }
          : { text: 'Pause', data: encodeTap({ kind: 'command', command: 'pause' }) },
        { text: 'Log', data: encodeTap({ kind: 'log', taskId: task.id }) },
      ]
  return messageOf(fitted, { silent: true, buttons: [buttons] })
}

const ENDED = new Set(['done', 'failed', 'skipped', 'blocked'])

function stateOf(
  { task, paused, hold, ask, live }: ProgressView,
  moment: Moment,
): { mark: string; state: string; lines: string[] } {
  if (ENDED.has(task.status)) return { mark: TASK_MARK[task.status], state: task.status, lines: [] }
  if (paused) {
    return {
      mark: '⏸',
      state: 'paused',
      lines: [`by ${personName(paused.by)}, ${clockTime(paused.at, moment)} · /resume goes on`],
    }
  }
  if (hold && hold.until > moment.now) {
    const wait = `until ${clockTime(hold.until, moment)} (${duration(hold.until - moment.now)})`
    return { mark: '⏳', state: 'waits by itself', lines: [`${oneLine(hold.text)}, ${wait}`] }
  }
  if (ask)
    return {
      mark: '✋',
      state: 'waits for you',
      lines: [`${oneLine(ask.title)} · for ${duration(moment.now - ask.openedAt)}`],
    }
  if (task.status === 'verifying') return { mark: '🔎', state: 'checking', lines: live ? [oneLine(live.activity)] : [] }
  if (task.status === 'running')
    return { mark: '▶️', state: 'running', lines: [`› ${oneLine(live?.activity ?? 'starting')}`] }
  return { mark: TASK_MARK[task.status], state: task.status, lines: [] }
}

/** `4 min 12 s · 14 turns · $0.42` and when it was last seen alive. */
function vitals({ task, live }: ProgressView, moment: Moment): string {
  const startedAt = live?.startedAt ?? task.startedAt
  const endedAt = task.endedAt ?? moment.now
  const first = facts(
    startedAt !== undefined && duration(endedAt - startedAt),
    (live?.turns ?? task.turns) > 0 && plural(live?.turns ?? task.turns, 'turn'),
    money(live?.costUsd ?? task.costUsd),
  )
  if (!live || ENDED.has(task.status)) return first
  return `${first}\n${checked(live.checkedAt, moment)}`.trim()
}

/** `checked 12 s ago · 21:14:05`: the second part says when this was written, since nobody edits the words as time goes by. */
export function checked(checkedAt: number, { now, zone }: Moment): string {
  return `checked ${duration(now - checkedAt)} ago · ${clockSeconds(now, zone)}`
}

/** The running task in two lines, for /status. */
export function liveLines(view: ProgressView, moment: Moment) {
  const { mark, lines } = stateOf(view, moment)
  const title = [`${mark} `, bold(`${view.task.number} · ${oneLine(view.task.title, 120)}`)]
  const rest = [...lines, vitals(view, moment)].filter((line) => line !== '').join('\n')
  return rest === '' ? title : [...title, '\n', rest]
}
