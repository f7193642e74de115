import { isOver } from '../../core/status.ts'
import { titleBeside } from '../../core/text.ts'
import { plural, spent } from '../../text/amounts.ts'
import { duration } from '../../text/durations.ts'
import { clockSeconds, clockTime, type Moment } from '../../text/times.ts'
import type { ProgressView } from '../views.ts'
import { shownActor } from './actor.ts'
import { oneLine } from './clean.ts'
import { TASK_MARK } from './marks.ts'
import { facts } from './parts.ts'

const ACTIVE: ReadonlySet<string> = new Set(['running', 'verifying', 'merging'])

/**
 * The state of the current task, in words. `stays`: nobody updates the message while nothing changes, so it says since
 * when and not for how long.
 */
export function stateOf(
  { task, paused, hold, ask, live, isStopped }: ProgressView,
  moment: Moment,
  stays = false,
): { mark: string; state: string; lines: string[] } {
  if (isOver(task.status)) return { mark: TASK_MARK[task.status], state: task.status, lines: [] }
  if (isStopped) return { mark: '⏹', state: 'stopped', lines: ['/resume to continue from here'] }
  const pausedBy = paused && `by ${shownActor(paused.by)}, ${clockTime(paused.at, moment)}`
  const isPending = paused?.mode === 'after-task' && (ACTIVE.has(task.status) || ask !== undefined)
  const begins = ask?.kind === 'approval' && ask.about === undefined
  if (pausedBy !== undefined && !isPending)
    return { mark: '⏸', state: 'paused', lines: [`${pausedBy} · /resume to continue`] }
  const pending = pausedBy === undefined ? [] : [`⏸ Will pause ${begins ? 'before' : 'after'} this task (${pausedBy})`]
  if (ask) {
    const since = stays ? `since ${clockTime(ask.openedAt, moment)}` : duration(moment.now - ask.openedAt)
    const asked = titleBeside(ask.title, { number: task.number, spec: { title: task.title } })
    return { mark: '✋', state: 'waiting for you', lines: [`${oneLine(asked)} · waiting ${since}`, ...pending] }
  }
  if (hold && hold.until > moment.now) {
    const left = stays ? '' : ` · ${duration(hold.until - moment.now)} left`
    const state = `paused until ${clockTime(hold.until, moment)}`
    return { mark: '⏳', state, lines: [`${oneLine(hold.text)}${left}`, ...pending] }
  }
  if (task.takenOver) {
    const lines = [
      `by ${shownActor(task.takenOver.by)}, ${clockTime(task.takenOver.at, moment)} · /release ${task.number}`,
    ]
    return { mark: TASK_MARK.taken_over, state: 'taken over', lines: [...lines, ...pending] }
  }
  if (task.status === 'verifying')
    return { mark: '🔎', state: 'checking', lines: [...(live ? [oneLine(live.activity)] : []), ...pending] }
  if (task.status === 'merging') return { mark: '🔀', state: 'merging', lines: ['in the merge line', ...pending] }
  if (task.status === 'running')
    return { mark: '▶️', state: 'running', lines: [`› ${oneLine(live?.activity ?? 'starting')}`, ...pending] }
  return { mark: TASK_MARK[task.status], state: task.status, lines: pending }
}

/** `4 min 12 s · 14 turns · $0.42` and when it was last seen alive. */
export function vitals({ task, live, ask }: ProgressView, moment: Moment, stays = false): string {
  // A process that continues the task is only a part of its time.
  const startedAt = task.startedAt ?? live?.startedAt
  const hasEnded = task.endedAt !== undefined
  const time =
    startedAt !== undefined &&
    (stays && !hasEnded
      ? `started ${clockTime(startedAt, moment)}`
      : duration((task.endedAt ?? moment.now) - startedAt))
  const turns = live?.turns ?? task.turns
  const first = facts(time, turns > 0 && plural(turns, 'turn'), spent(live?.costUsd ?? task.costUsd))
  // Whoever waits for a person has nothing to be alive for.
  if (!live || ask || stays || isOver(task.status)) return first
  return `${first}\n${checked(live.checkedAt, moment)}`.trim()
}

/** `alive · updated 21:14:05`: when the process was last seen, since nobody edits the words as time passes. */
function checked(checkedAt: number, { zone }: Pick<Moment, 'zone'>): string {
  return `alive · updated ${clockSeconds(checkedAt, zone)}`
}
