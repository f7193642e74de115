import { isOver } from '../../core/status.ts'
import { doneOf } from '../../text/amounts.ts'
import { bold } from '../../text/document/nodes.ts'
import type { Moment } from '../../text/times.ts'
import { encodeTap } from '../callback.ts'
import type { Button, Message } from '../message.ts'
import type { ProgressView } from '../views.ts'
import { oneLine } from './clean.ts'
import { compose } from './compose.ts'
import { bar } from './marks.ts'
import { besideLines } from './other-lanes.ts'
import { heading, messageOf, taskOfTotal } from './parts.ts'
import { stateOf, vitals } from './task-state.ts'

/** The one message about the running task, edited silently: alive, doing what, for how long, for how much. */
export function renderProgress(view: ProgressView, moment: Moment): Message {
  const { task, total, done, beside = [] } = view
  const stays = isAtRest(view)
  const { mark, state, lines } = stateOf(view, moment, stays)
  const fitted = compose([
    heading(mark, `${taskOfTotal(task.number, total)} · ${state}`, task.title),
    lines.length > 0 && [lines.join('\n')],
    [vitals(view, moment, stays)],
    beside.length > 0 && [besideLines(beside, moment)],
    total > 1 && [`${bar(done, total)} ${doneOf(done, total)}`],
  ])
  const log: Button = { text: 'Log', data: encodeTap({ kind: 'log', taskId: task.id }) }
  const buttons = isOver(task.status) ? [] : view.isStopped ? [log] : [pauseButton(view), log]
  return messageOf(fitted, { silent: true, buttons: [buttons] })
}

/** Nothing moves but the clock, so the message is left as it is. */
export function isAtRest({ live, beside = [], ask, isStopped }: ProgressView): boolean {
  const works = (live !== undefined && ask === undefined) || beside.some(({ isAsked }) => !isAsked)
  return !works || isStopped === true
}

/** Pause, or what takes the pause back; below an old message it does nothing to a later run. */
export function pauseButton({ paused, runId }: Pick<ProgressView, 'paused' | 'runId'>): Button {
  const run = runId === undefined ? {} : { runId }
  return paused
    ? { text: 'Resume', data: encodeTap({ kind: 'command', command: 'resume', ...run }) }
    : { text: 'Pause', data: encodeTap({ kind: 'command', command: 'pause', ...run }) }
}

/** The running task in two lines, for /status. */
export function progressLines(view: ProgressView, moment: Moment) {
  const { mark, lines } = stateOf(view, moment)
  const title = [`${mark} `, bold(`${view.task.number} · ${oneLine(view.task.title, 120)}`)]
  const rest = [...lines, vitals(view, moment)].filter((line) => line !== '').join('\n')
  return rest === '' ? title : [...title, '\n', rest]
}
