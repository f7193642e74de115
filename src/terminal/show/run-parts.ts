import { runSummary } from '../../core/run-summary.ts'
import { withoutSecrets } from '../../redact/redact-value.ts'
import { someOf } from '../../text/cut.ts'
import { wrapToColumns } from '../../text/fit-columns.ts'
import { clean } from './clean.ts'
import type { CallName } from './how-to.ts'
import { type Summary, type SummaryFrame, WIDEST } from './summary.ts'

/** Lines of a part; the report has them all. */
const MAX_LINES = 10
/** One finding may need more than a line to be understood. */
const MAX_LINES_EACH = 3
const LEAST_COLUMNS = 10

/** What a person reads in a minute, in the words of the terminal: below the table, as narrow as that. */
export function partLines(
  { tasks, asks, decided }: Pick<Summary, 'tasks' | 'asks' | 'decided'>,
  call: CallName,
  { width, paint }: Pick<SummaryFrame, 'width' | 'paint'>,
): string[] {
  const commands = {
    retry: (number: number) => `${call.baton} retry ${number}`,
    resume: `${call.tasks} --resume`,
    land: `${call.baton} land`,
  }
  // Before it is put together: the summary's own signs stay as they are.
  const parts = runSummary(withoutSecrets(clean, tasks), withoutSecrets(clean, decided), commands).filter(
    ({ heading }) =>
      // How to answer comes before everything else, and the totals have the cost of a single task.
      !(heading === 'Next' && asks.length > 0) && !(heading === 'Cost' && tasks.length === 1),
  )
  if (tasks.length === 0 || parts.length === 0) return []
  const labelColumns = Math.max(...parts.map(({ heading }) => heading.length)) + 2
  const columns = Math.max(LEAST_COLUMNS, Math.min(width, WIDEST) - 1 - labelColumns)
  const shown = parts.flatMap((part) =>
    someOf(part.lines, MAX_LINES)
      .flatMap((line) => wrapToColumns(line.replace(/\s+/g, ' ').trim(), columns, MAX_LINES_EACH))
      .map((line, i) => {
        const label = (i === 0 ? part.heading : '').padEnd(labelColumns)
        return `${i === 0 ? paint('bold', label) : label}${line}`
      }),
  )
  return ['', ...shown]
}
