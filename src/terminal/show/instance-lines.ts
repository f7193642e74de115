import type { TaskStatus } from '../../core/types.ts'
import { megabytes, usd } from '../../text/amounts.ts'
import { shortDuration } from '../../text/durations.ts'
import { column, columnRight } from '../../text/fit-columns.ts'
import { cleanLine } from './clean.ts'
import { MARKS } from './marks.ts'
import type { Paint } from './paint.ts'
import { withoutProcess } from './without-process.ts'

/** A task that has been taken up, with its process; null: there is none. Times in ms. */
export interface Instance {
  project: string
  task: number
  title: string
  state: TaskStatus
  lane: number | null
  branch: string | null
  worktree: string | null
  pid: number | null
  since: number | null
  turns: number
  costUsd: number
  /** Of Claude and everything it started; 0 where the system does not tell. */
  memoryBytes: number | null
  lastLine: string | null
}

/** A line for each, and below it what it does; never wider than `width`. */
export function instanceLines(
  instances: readonly Instance[],
  { now, width, paint }: { now: number; width: number; paint: Paint },
): string[] {
  if (instances.length === 0) return ['Nothing is running.']
  const titleColumns = Math.max(12, Math.min(width, 100) - 55)
  const head = `   #  ${column('task', titleColumns)} ${column('lane', 4)} ${columnRight('pid', 8)} ${columnRight('for', 7)} ${columnRight('turns', 5)} ${columnRight('cost', 8)} ${columnRight('memory', 8)}`
  return [
    paint('dim', head.trimEnd()),
    ...instances.flatMap((one) => {
      const { sign, style } = MARKS[one.state]
      const facts = [
        column(one.lane === null ? '-' : String(one.lane), 4),
        columnRight(one.pid === null ? '-' : String(one.pid), 8),
        columnRight(one.since === null ? '-' : shortDuration(now - one.since), 7),
        columnRight(String(one.turns), 5),
        columnRight(usd(one.costUsd), 8),
        columnRight(memory(one.memoryBytes), 8),
      ]
      const line = `${paint(style, sign)} ${columnRight(String(one.task), 2)}  ${column(cleanLine(one.title), titleColumns)} ${facts.join(' ')}`
      const below = [doingNow(one), one.branch].flatMap((words) => (words === null ? [] : [cleanLine(words)]))
      return [
        line,
        ...(below.length > 0 ? [paint('dim', `      ${column(below.join(' · '), width - 7).trimEnd()}`)] : []),
      ]
    }),
  ]
}

/** What the process of its checks said last is no news once it merges. */
const doingNow = ({ state, lastLine }: Instance): string | null =>
  (state === 'merging' ? undefined : lastLine) ?? withoutProcess(state) ?? null

const memory = (bytes: number | null): string => (bytes ? megabytes(bytes) : '-')
