import type { TaskStatus } from '../../core/types.ts'
import type { Style } from './paint.ts'

/** One sign for each status, with the colour that says how much it concerns the reader. */
export const MARKS: Record<TaskStatus, { sign: string; style: Style }> = {
  queued: { sign: '·', style: 'dim' },
  running: { sign: '●', style: 'cyan' },
  waiting: { sign: '?', style: 'yellow' },
  verifying: { sign: '○', style: 'cyan' },
  merging: { sign: '○', style: 'cyan' },
  taken_over: { sign: '@', style: 'yellow' },
  done: { sign: '✓', style: 'green' },
  failed: { sign: '✗', style: 'red' },
  skipped: { sign: '–', style: 'dim' },
  blocked: { sign: '⊘', style: 'red' },
  undone: { sign: '←', style: 'yellow' },
}
