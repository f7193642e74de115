import { actorText } from '../../core/actors.ts'
import { originText } from '../../core/origin.ts'
import type { TaskSpec, TaskStatus } from '../../core/types.ts'
import { workedIn } from '../../core/worked-in.ts'
import type { TaskView } from '../../daemon/api/views.ts'
import { plural } from '../../text/amounts.ts'
import { columnsOf } from '../../text/columns.ts'
import { column, columnRight } from '../../text/fit-columns.ts'
import { clean, cleanLine } from './clean.ts'
import { MARKS } from './marks.ts'
import type { Paint } from './paint.ts'

/** A task of the task files, with how far it is. */
export interface ListedTask {
  number: number
  spec: TaskSpec
  dependsOn: number[]
  status: TaskStatus
  /** Where it is in the latest run. */
  inRun: TaskView | undefined
}

/** A line a task: its number, title, state and place. Never wider than `width`. */
export function taskListLines(
  tasks: readonly ListedTask[],
  { width, paint }: { width: number; paint: Paint },
): string[] {
  if (tasks.length === 0) return ['There are no tasks yet. Create one with: baton task create "Fix the footer"']
  const digits = String(tasks.length).length
  const widest = Math.max(...tasks.map(({ spec }) => columnsOf(cleanLine(spec.title))))
  const titleColumns = Math.min(widest, Math.max(16, Math.min(width, 100) - digits - 14))
  return tasks.map(({ number, spec, status }) => {
    const { sign, style } = MARKS[status]
    return `${paint(style, sign)} ${columnRight(String(number), digits)}  ${column(cleanLine(spec.title), titleColumns)} ${paint(style, STATES[status])}`
  })
}

/** Words of eight letters at most. */
const STATES: Record<TaskStatus, string> = {
  queued: 'open',
  running: 'running',
  waiting: 'waiting',
  verifying: 'checking',
  merging: 'merging',
  taken_over: 'taken',
  done: 'done',
  failed: 'failed',
  skipped: 'skipped',
  blocked: 'blocked',
  undone: 'undone',
}

/** Everything about one task that a person asks for. */
export function taskLines(
  { number, spec, dependsOn, status, inRun }: ListedTask,
  { paint }: { paint: Paint },
): string[] {
  const facts: [string, string | undefined][] = [
    ['State', inRun?.takenOver ? `taken over by ${cleanLine(actorText(inRun.takenOver.by))}` : STATES[status]],
    [spec.origin.file === undefined ? 'From' : 'File', originText(spec.origin)],
    ['Branch', spec.branch],
    ['Depends on', dependsOn.length > 0 ? dependsOn.join(', ') : undefined],
    ['Attempts', inRun && inRun.attempts > 0 ? plural(inRun.attempts, 'attempt') : undefined],
    ['Checks', spec.verify.length > 0 ? spec.verify.map(cleanLine).join('; ') : undefined],
    ['Result', inRun?.result === undefined ? undefined : cleanLine(inRun.result)],
  ]
  return [
    paint('bold', `Task ${number}: ${cleanLine(spec.title)}`),
    ...facts.flatMap(([name, value]) => (value === undefined ? [] : [`  ${name.padEnd(10)}  ${value}`])),
    '',
    ...clean(spec.run ? spec.run.join('\n') : spec.instruction).split('\n'),
  ]
}

/** The same for programs. */
export function taskObject({ number, spec, dependsOn, status, inRun }: ListedTask): Record<string, unknown> {
  return {
    type: 'task',
    number,
    title: spec.title,
    status,
    file: spec.origin.file,
    line: spec.origin.line,
    ...workedIn(inRun),
    branch: inRun?.branch ?? spec.branch ?? null,
    dependsOn,
    instruction: spec.instruction,
    commands: spec.run ?? null,
    verify: spec.verify,
    attempts: inRun?.attempts ?? 0,
    result: inRun?.result ?? null,
  }
}
