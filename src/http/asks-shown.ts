import type { z } from 'zod'
import type { Ask } from '../core/types.ts'
import type { TaskView, Views } from '../daemon/api/views.ts'
import type { Redact } from '../redact/redact.ts'
import { hideIn } from '../text/document/hide.ts'
import { fromMarkdown } from '../text/document/markdown.ts'
import { type Node, pre } from '../text/document/nodes.ts'
import { showUnseen } from '../text/unseen.ts'
import { askOf } from './present/ask.ts'
import type { ask } from './schemas/ask.ts'

/** Asks as they are shown, with the titles of their tasks. */
export function shownAsks(
  { api: { view }, redact }: { api: { view: Views }; redact: Redact },
  rows: readonly Ask[],
): z.output<typeof ask>[] {
  return rows.map((row) => {
    const task = view.task(row.runId, row.task)
    const shown = askOf(row, task?.title ?? '')
    const words = partApart(row, task, redact)
    return words ? { ...shown, shown: { ...shown.shown, words } } : shown
  })
}

/** The part of the text that is Claude's Markdown or lines of files, as a tree, and what stands before and after it. */
function partApart({ kind, text, hunks }: Ask, task: TaskView | undefined, redact: Redact) {
  const see = (part: string) => showUnseen(redact(part)).text
  const apart = (part: string, document: Node[]) => {
    const at = text.indexOf(part)
    return { before: see(text.slice(0, at)).trim(), document, after: see(text.slice(at + part.length)).trim() }
  }
  // Lines of files are no Markdown.
  if (hunks !== undefined && text.includes(hunks)) return { ...apart(hunks, [pre(see(hunks))]), lines: true as const }
  const words = kind === 'failure' ? task?.lastWords : kind === 'review' ? task?.result : undefined
  if (!words || !text.includes(words)) return undefined
  // Hidden before and after it is read: a secret may hold marks, and marks may be in a secret.
  return apart(words, hideIn(fromMarkdown(see(words)), redact))
}
