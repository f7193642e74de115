import { readers } from '../fields/readers.ts'
import type { Field } from '../markdown/head.ts'
import { type Outline, readOutline } from '../markdown/outline.ts'
import type { Section } from '../markdown/sections.ts'
import { readValue } from '../markdown/values.ts'
import { LineKind } from '../text/blocks.ts'
import { lineEnd, lineEnding, lineStart } from '../text/lines.ts'
import type { TextRange } from '../text/ranges.ts'
import { findTask, type TaskIdentity } from './find.ts'
import { type Rewritten, rewriteFile } from './rewrite.ts'

/** A text with a change, and whether the task says something else by now; or why it was not made. */
export type Edited = { text: string; isRewritten?: boolean } | { problem: string }

/**
 * Writes "done" into the text of a task file: a line `**Status:** done 2026-11-21T09:14Z` under the task's other fields,
 * in place of an older one, or the check box ticked. Nothing else changes.
 */
export function markDone(text: string, task: TaskIdentity, at: Date): Edited {
  return edit(text, task, {
    box: () => 'x',
    section: (outline, section, status) => {
      const line = `**Status:** done ${at.toISOString().slice(0, 16)}Z`
      if (status) return { range: statusRange(outline, status), text: line }
      return insertion(outline, section, line)
    },
  })
}

/** Takes the mark away again: the Status line that says done, or the tick. Nothing else changes. */
export function unmark(text: string, task: TaskIdentity): Edited {
  return edit(text, task, {
    box: () => ' ',
    section: ({ lines, kinds }, _section, status) => {
      const read = status && readers.Status(readValue(lines, kinds, { ...status, known: 'Status' }).value)
      if (!read || 'expected' in read || !read.done) return undefined
      const { start, end } = statusRange({ lines, kinds }, status)
      const next = lines.starts.find((offset) => offset >= end) ?? end
      // As the last line without an ending, it was written with the one above it.
      const opened = next === end && status.line > 0 ? lineEnd(lines, status.line - 1) : start
      return { range: { start: opened, end: next }, text: '' }
    },
  })
}

/** Marks a task as done in its file, as that is by now. Never throws: what keeps it from being written is returned. */
export function writeMark(
  path: string,
  task: TaskIdentity,
  at: Date,
): Promise<Rewritten<Exclude<Edited, { problem: string }>>> {
  return rewriteFile(path, (text) => markDone(text, task, at))
}

/** Takes the mark of a task out of its file again. Never throws: what keeps it from being written is returned. */
export function clearMark(path: string, task: TaskIdentity): Promise<Rewritten<{ text: string }>> {
  return rewriteFile(path, (text) => unmark(text, task))
}

interface Change {
  range: TextRange
  text: string
}

interface Edits {
  box: () => string
  section: (outline: Outline, section: Section, status: Field | undefined) => Change | undefined
}

function edit(text: string, wanted: TaskIdentity, edits: Edits): Edited {
  const outline = readOutline(text)
  const task = findTask(outline, wanted)
  if ('problem' in task) return task
  const rewritten = task.instruction() !== wanted.instruction && { isRewritten: true }
  if (task.form === 'checkbox') {
    const { at, checked } = task.box.box
    const tick = edits.box()
    return { text: checked === (tick === 'x') ? text : text.slice(0, at) + tick + text.slice(at + 1), ...rewritten }
  }
  const [status, second] = task.section.fields().filter(({ known }) => known === 'Status')
  if (second) return { problem: `"${wanted.title}" has more than one Status line` }
  const change = edits.section(outline, task.section, status)
  if (!change) return { text, ...rewritten }
  return { text: text.slice(0, change.range.start) + change.text + text.slice(change.range.end), ...rewritten }
}

/** From the beginning of the Status line to the end of its value, which may stand on the line below. */
function statusRange({ lines, kinds }: Pick<Outline, 'lines' | 'kinds'>, { line, end, valueAt }: Field): TextRange {
  const isEmpty = valueAt >= lineEnd(lines, line)
  const below = isEmpty && line + 1 < end && kinds[line + 1] === LineKind.text ? line + 1 : line
  return { start: lineStart(lines, line), end: lineEnd(lines, below) }
}

/** A new line below the last field above the work, where that is a line of its own; else right above the work. */
function insertion({ lines, kinds }: Outline, section: Section, text: string): Change {
  const work = section.fields().find(({ known }) => known === 'Claude Instruction' || known === 'Run')
  const ending = lineEnding(lines, section.heading)
  const anchor = work?.line ?? section.body
  let above = anchor - 1
  while (above > section.heading && kinds[above] === LineKind.blank) above--
  const isField = section.fields().some(({ line, valueAt }) => line === above && valueAt < lineEnd(lines, line))
  const line = isField ? above + 1 : anchor
  const at = lineStart(lines, line)
  const opened = at > 0 && line > 0 && lineEnd(lines, line - 1) === at
  return { range: { start: at, end: at }, text: opened ? ending + text : text + ending }
}
