import { hasRunEnded } from '../../core/status.ts'
import type { Ask } from '../../core/types.ts'
import type { RunView } from '../../daemon/api/views.ts'
import { doneOf, plural, usd } from '../../text/amounts.ts'
import { bold } from '../../text/document/nodes.ts'
import { duration } from '../../text/durations.ts'
import { clockTime, type Moment } from '../../text/times.ts'
import { encodeTap } from '../callback.ts'
import type { Button, Message } from '../message.ts'
import type { OverviewView } from '../views.ts'
import { shownActor } from './actor.ts'
import { BUTTON_UNITS } from './buttons.ts'
import { oneLine } from './clean.ts'
import { compose, type MessageSection } from './compose.ts'
import { bar, RUN_MARK } from './marks.ts'
import { besideLines, otherLanes } from './other-lanes.ts'
import { facts, heading, messageOf, runTitle } from './parts.ts'
import { pauseButton, progressLines } from './progress.ts'

/** The answer to /status. */
export function renderOverview(view: OverviewView, moment: Moment): Message {
  const { status, next, nextStart } = view
  const open = status.run && isOpenRun(status.run)
  const fitted = compose([
    ...(open ? openSections(view, moment) : idleSections(view, moment)),
    waitingFor(open ? status.asks.filter((ask) => ask.id !== shownAsk(status)?.id) : status.asks, moment),
    open &&
      next.length > 0 && {
        text: next
          .slice(0, 3)
          .map(({ number, title }) => `${number} · ${oneLine(title, 80)}`)
          .join('\n'),
        as: (text) => [bold('Next'), '\n', text],
        keep: 'head',
      },
    status.queuedTotal > 0 && [queuedLine(status)],
    [moneyLine(view)],
    nextStart !== undefined && [
      `Next scheduled start ${clockTime(nextStart.at, moment)}: ${oneLine(nextStart.files.join(', '), 120)}`,
    ],
  ])
  return messageOf(fitted, { buttons: [...askButtons(status.asks), buttonsOf(view)], silent: true })
}

/** The run has its turn, or waits for it. */
export const isOpenRun = ({ status }: Pick<RunView, 'status'>): boolean => !hasRunEnded(status)

function openSections({ status }: OverviewView, moment: Moment): MessageSection[] {
  const { run, current, live, hold, paused } = status
  if (!run) return []
  const done = run.counts.done
  const ask = shownAsk(status)
  // What waits for a person is listed below.
  const beside = otherLanes(status).filter(({ isAsked }) => !isAsked)
  const isHeld = run.status === 'waiting' && status.asks.length === 0
  const [mark, words] = isHeld ? ['⏳', waitingWords(hold)] : [RUN_MARK[run.status], stateWords(run.status)]
  return [
    [...heading(mark, words, runTitle(run)), '\n', `${bar(done, run.total)} ${doneOf(done, run.total)}`],
    paused !== undefined && current === undefined && [pausedLine(paused, moment)],
    current !== undefined &&
      progressLines(
        {
          task: current,
          total: run.total,
          done,
          ...(live && { live }),
          ...(hold && { hold }),
          ...(paused && { paused }),
          ...(ask && { ask }),
        },
        moment,
      ),
    beside.length > 0 && [besideLines(beside, moment)],
  ]
}

/** Asks that the lines about the running task already show; while it is paused they say that instead. */
function shownAsk({ run, current, asks }: OverviewView['status']): Ask | undefined {
  return run?.status === 'paused' ? undefined : asks.find((ask) => ask.taskId === current?.id)
}

function pausedLine({ by, at }: NonNullable<OverviewView['status']['paused']>, moment: Moment): string {
  return `Paused by ${shownActor(by)}, ${clockTime(at, moment)}. /resume to continue.`
}

function waitingWords(hold: { why: string } | undefined): string {
  return hold?.why === 'limit' ? 'Waiting for the usage limit' : 'Waiting'
}

/** A run's status in words. */
export function stateWords(status: string): string {
  return { queued: 'Queued', running: 'Running', waiting: 'Waiting for you', paused: 'Paused' }[status] ?? status
}

function idleSections({ status }: OverviewView, moment: Moment): MessageSection[] {
  const { run } = status
  const last = run && [
    `${RUN_MARK[run.status]} Last: ${oneLine(runTitle(run), 120)}, `,
    `${run.status}${run.endedAt === undefined ? '' : ` ${clockTime(run.endedAt, moment)}`}, ${doneOf(run.counts.done, run.total)}`,
  ]
  const isStopped = run?.status === 'stopped'
  const ways = isStopped ? '/resume to continue it, /start to start over' : '/start to begin'
  return [
    heading('💤', 'Nothing is running'),
    last,
    isStopped && run.reason !== undefined && [oneLine(run.reason, 300)],
    [`${ways}, /tasks for the list.`],
  ]
}

function waitingFor(asks: Ask[], moment: Moment): MessageSection {
  if (asks.length === 0) return undefined
  return {
    text: asks
      .map((ask) => `${ask.task} · ${oneLine(ask.title, 100)} · waiting ${duration(moment.now - ask.openedAt)}`)
      .join('\n'),
    as: (text) => [bold('✋ Waiting for you'), '\n', text],
    keep: 'head',
  }
}

function queuedLine({ queuedRuns, queuedTotal }: OverviewView['status']): string {
  const files = oneLine(queuedRuns.flatMap((run) => run.files).join(', '), 120)
  return `Then ${plural(queuedTotal, 'more run')}: ${files}`
}

function moneyLine({ status, dayBudgetUsd }: OverviewView): string {
  const today = `${usd(status.todayUsd)} today`
  return facts(dayBudgetUsd === undefined ? today : `${today} of ${usd(dayBudgetUsd)}`)
}

/** Of a project's name on a button. */
export const PROJECT_UNITS = 16

/** More are found with the ones that are answered first. */
const MAX_ASKS = 4

/** Brings each message with its buttons back to the end of the chat. */
export function askButtons(asks: Ask[], withProject = false): Button[][] {
  return asks.slice(0, MAX_ASKS).map((ask) => {
    const lead = withProject ? `${oneLine(ask.queue, PROJECT_UNITS)} · ` : 'Show: '
    const text = lead + oneLine(ask.title, BUTTON_UNITS - lead.length)
    return [{ text, data: encodeTap({ kind: 'show', askId: ask.id }) }]
  })
}

function buttonsOf({ status }: OverviewView): Button[] {
  const run = status.run
  if (!run) return []
  const buttons: Button[] = [{ text: 'Tasks', data: encodeTap({ kind: 'command', command: 'tasks' }) }]
  if (status.current) buttons.push({ text: 'Log', data: encodeTap({ kind: 'log', taskId: status.current.id }) })
  if (status.paused || isOpenRun(run)) buttons.push(pauseButton({ ...status, runId: run.id }))
  return buttons
}
