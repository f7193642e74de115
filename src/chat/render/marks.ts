import type { RunStatus, TaskStatus } from '../../core/types.ts'

/** One sign for each status, in lists. */
export const TASK_MARK: Record<TaskStatus, string> = {
  queued: '▫️',
  running: '▶️',
  waiting: '✋',
  verifying: '🔎',
  merging: '🔀',
  taken_over: '🧑‍💻',
  done: '✅',
  failed: '❌',
  skipped: '⏭',
  blocked: '⛔',
  undone: '⏪',
}

/** How a task has ended, behind its name. */
export const HOW_ENDED: Partial<Record<TaskStatus, string>> = {
  done: 'is done',
  failed: 'failed',
  skipped: 'was skipped',
  blocked: 'is blocked',
  undone: 'was undone',
}

export const RUN_MARK: Record<RunStatus, string> = {
  queued: '▫️',
  running: '▶️',
  waiting: '✋',
  paused: '⏸',
  done: '✅',
  failed: '❌',
  stopped: '⏹',
}

/** The same in one column of a monospaced table, where emoji break the columns. */
export const TABLE_MARK: Record<TaskStatus, string> = {
  queued: '·',
  running: '›',
  waiting: '?',
  verifying: '›',
  merging: '›',
  taken_over: '@',
  done: '✓',
  failed: '✗',
  skipped: '–',
  blocked: '×',
  undone: '←',
}

/** `▰▰▱▱▱▱▱`: one cell a task, at most ten cells. */
export function bar(done: number, total: number): string {
  const cells = Math.min(10, Math.max(1, total))
  const full = total === 0 ? 0 : Math.floor((Math.min(done, total) / total) * cells)
  return '▰'.repeat(full) + '▱'.repeat(cells - full)
}
