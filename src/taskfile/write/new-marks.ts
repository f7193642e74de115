import type { FileTask } from '../file-task.ts'
import { parseTaskFile } from '../parse.ts'

/** A task that a file says is done, with the text that says so. */
export interface DoneMark {
  key: string
  title: string
  /** 1-based. */
  line: number
  /** The line of the check box, or the Status lines of the task. */
  text: string
}

/** The marks of the text of a file that were not there in an earlier one, be it that the task was open or that it was not there. */
export function newMarks(before: string | undefined, after: string, file = ''): DoneMark[] {
  const known = new Set(before === undefined ? [] : marksIn(before, file).map(identity))
  return marksIn(after, file).filter((mark) => !known.has(identity(mark)))
}

/** Every mark of the text of a file. */
export function marksIn(text: string, file = ''): DoneMark[] {
  const { specs } = parseTaskFile(text, file)
  const lines = text.split(/\r?\n|\r/)
  return specs.flatMap((spec, index) =>
    spec.done
      ? [{ key: spec.origin.ref, title: spec.title, line: spec.origin.line, text: markText(lines, specs, index) }]
      : [],
  )
}

const identity = ({ key, title }: Pick<DoneMark, 'key' | 'title'>): string => `${key}\n${title}`

/** Of Markdown, or of JSON that has a line for each value. */
const STATUS = /^\s*(?:\*{0,2}|[{,\s]*")status\b/i

function markText(lines: string[], specs: readonly FileTask[], index: number): string {
  const { form, line } = (specs[index] as FileTask).origin
  if (form === 'checkbox') return (lines[line - 1] ?? '').trim()
  const end = specs[index + 1]?.origin.line ?? lines.length + 1
  return lines
    .slice(line, end - 1)
    .filter((text) => STATUS.test(text))
    .map((text) => text.trim())
    .join('\n')
}
