import type { Ask } from '../../core/types.ts'
import { oneLine } from './clean.ts'

/** What is asked in one line, and about which task. */
export function askTitle(ask: Pick<Ask, 'title' | 'task'>): string {
  const title = oneLine(ask.title)
  return new RegExp(`\\btask ${ask.task}\\b`, 'i').test(title) ? title : `Task ${ask.task}: ${title}`
}
