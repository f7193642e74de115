import { columnsOf } from '../text/columns.ts'
import { eachUnseen } from '../text/unseen.ts'
import type { Problem } from './problem.ts'

/** Columns of the source line that are shown, around the place of the problem. */
const shownColumns = 100
/** Columns before the place that stay visible in a line that is cut. */
const leadColumns = 60

/**
 * All problems at once, for a terminal or a log: `file:line:column: message`, the line with a caret below the place, and
 * the hint. Control characters in what is quoted are made visible, so that a file cannot steer the terminal.
 */
export function formatProblems(problems: Problem[]): string {
  return problems.map(formatProblem).join('\n\n')
}

function formatProblem(problem: Problem): string {
  const { file, line, column, severity, message, hint } = problem
  const place = line > 0 ? `${file}:${line}:${column}` : file
  const rows = [`${place}: ${severity === 'warning' ? 'warning: ' : ''}${message}`.split('\n').map(visible).join('\n')]
  if (problem.sourceLine !== undefined && problem.sourceLine.trim() !== '')
    rows.push(...excerpt(problem.sourceLine, line, column))
  if (hint !== undefined) rows.push(`  hint: ${visible(hint)}`)
  return rows.join('\n')
}

function excerpt(sourceLine: string, line: number, column: number): string[] {
  const number = String(line)
  const cutAt = column > shownColumns ? column - leadColumns : 0
  const before = (cutAt > 0 ? '…' : '') + visible(sourceLine.slice(cutAt, column - 1))
  const behind = sourceLine.slice(column - 1, cutAt + shownColumns)
  const cut = sourceLine.length > cutAt + shownColumns ? '…' : ''
  const shown = `  ${number} | ${before}${visible(behind)}${cut}`
  if (column > sourceLine.length + 1) return [shown]
  return [shown, `  ${' '.repeat(number.length)} | ${' '.repeat(columnsOf(before))}^`]
}

/** Control characters as their pictures, tabs as a blank, everything else that cannot be seen as one sign: columns stay. */
function visible(text: string): string {
  return eachUnseen(text.replace(/\t/g, ' '), (char) =>
    char < ' ' ? String.fromCharCode(0x2400 + char.charCodeAt(0)) : '\ufffd',
  )
}
