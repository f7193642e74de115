import type { PlannedTask, Policy } from '../../core/types.ts'
import { plural } from '../../text/amounts.ts'
import { columnRight } from '../../text/fit-columns.ts'
import { cleanLine } from './clean.ts'
import type { Paint } from './paint.ts'

/** What a dry run shows. */
export interface PlanView {
  files: string[]
  tasks: PlannedTask[]
  alreadyDone: number
  autoApprove: boolean
  approval: Policy['approval']
}

/** What would be done, in the order of work, and where it would stop to ask. */
export function planLines({ files, tasks, alreadyDone, autoApprove, approval }: PlanView, paint: Paint): string[] {
  const before = alreadyDone > 0 ? `, ${alreadyDone} already done` : ''
  const digits = String(Math.max(1, ...tasks.map(({ number }) => number))).length
  const lines = inOrder(tasks).map((task) => {
    const { spec } = task
    const asks = asksFirst(task, approval, autoApprove)
    const facts = [
      spec.type,
      spec.priority === 'medium' ? undefined : spec.priority,
      spec.run ? 'runs commands' : undefined,
      task.dependsOn.length > 0 ? `after ${task.dependsOn.join(', ')}` : undefined,
      asks ? 'asks for approval' : undefined,
      spec.verify.length > 0 ? plural(spec.verify.length, 'check') : undefined,
    ]
    const about = facts
      .filter((fact) => fact !== undefined)
      .map(cleanLine)
      .join(' · ')
    return `  ${columnRight(String(task.number), digits)}  ${cleanLine(spec.title)}${about ? `  ${paint('dim', about)}` : ''}`
  })
  return [
    `${cleanLine(files.join(', '))}: ${plural(tasks.length, 'task')} to do${before}`,
    ...lines,
    '',
    'Nothing was started.',
  ]
}

/** One object a task, and one that sums up, for programs. */
export function planObjects({ files, tasks, alreadyDone, autoApprove, approval }: PlanView): Record<string, unknown>[] {
  return [
    ...inOrder(tasks).map((task) => ({
      type: 'task',
      number: task.number,
      title: task.spec.title,
      file: task.spec.origin.file,
      line: task.spec.origin.line,
      kind: task.spec.type ?? null,
      priority: task.spec.priority,
      dependsOn: task.dependsOn,
      asksForApproval: asksFirst(task, approval, autoApprove),
      commands: task.spec.run ?? null,
      verify: task.spec.verify,
      // As of every task that programs are shown; nothing works on it yet.
      ...{ lane: null, branch: task.spec.branch ?? null, worktree: null, commit: null },
    })),
    { type: 'summary', dryRun: true, exitCode: 0, files, total: tasks.length, alreadyDone },
  ]
}

const inOrder = (tasks: PlannedTask[]) => tasks.toSorted((a, b) => a.position - b.position)

/** The same rule as the gate of the run itself. */
function asksFirst({ spec }: PlannedTask, { mode, auto }: Policy['approval'], autoApprove: boolean): boolean {
  if (spec.role !== undefined) return true
  if (mode === 'none' || autoApprove) return false
  if (spec.type !== undefined && auto.some((type) => type.toLowerCase() === spec.type?.toLowerCase())) return false
  return mode === 'all' ? spec.requiresApproval !== false : spec.requiresApproval === true
}
