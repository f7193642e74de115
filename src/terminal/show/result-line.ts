import type { TaskView } from '../../daemon/api/views.ts'
import { toPlain } from '../../text/document/layout.ts'
import { fromMarkdown } from '../../text/document/markdown.ts'
import { cleanLine } from './clean.ts'

/** What a task came to, on one line. Claude's words are Markdown; why a task failed may be the output of a program. */
export function resultLine({ status, result = '' }: Pick<TaskView, 'status' | 'result'>): string {
  const isOutput = status === 'failed' || status === 'blocked'
  return cleanLine(isOutput ? result : toPlain(fromMarkdown(result), { writeLinks: true }))
}
