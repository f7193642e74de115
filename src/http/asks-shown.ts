import type { z } from 'zod'
import type { Ask } from '../core/types.ts'
import type { TaskView, Views } from '../daemon/api/views.ts'
import type { Redact } from '../redact/redact.ts'
import { hideIn } from '../text/document/hide.ts'
import { fromMarkdown } from '../text/document/markdown.ts'
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
    const words = claudesWords(row, task, redact)
    return words ? { ...shown, shown: { ...shown.shown, words } } : shown
  })
}

/** The part of the text that is Claude's Markdown, as a tree, and what stands before and after it. */
function claudesWords({ kind, text }: Ask, task: TaskView | undefined, redact: Redact) {
  const words = kind === 'failure' ? task?.lastWords : kind === 'review' ? task?.result : undefined
  const at = words ? text.indexOf(words) : -1
  if (!words || at === -1) return undefined
  const see = (part: string) => showUnseen(redact(part)).text
  return {
    before: see(text.slice(0, at)).trim(),
    // Hidden before and after it is read: a secret may hold marks, and marks may be in a secret.
    document: hideIn(fromMarkdown(see(words)), redact),
    after: see(text.slice(at + words.length)).trim(),
  }
}
