import type { Ask } from '../../core/types.ts'
import { cleanLine } from './clean.ts'

/** What is asked in one line, and about which task. */
export function askTitle(ask: Pick<Ask, 'title' | 'task'>): string {
  const title = cleanLine(ask.title)
  return new RegExp(`\\btask ${ask.task}\\b`, 'i').test(title) ? title : `Task ${ask.task}: ${title}`
}
