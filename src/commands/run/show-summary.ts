import { isAbsolute, relative } from 'node:path'
import { redactValue, withoutSecrets } from '../../redact/redact-value.ts'
import { askLines } from '../../terminal/show/ask-text.ts'
import { painter } from '../../terminal/show/paint.ts'
import { partLines } from '../../terminal/show/run-parts.ts'
import { answerLines, nextLines, type Summary, summaryLines, summaryObject } from '../../terminal/show/summary.ts'
import { diagnose, isAttended, type Shell } from '../shell/shell.ts'

/** In a file or a pipe: as wide as it ever is, and every task of a usual run. */
const ELSEWHERE = { width: 10_000, rows: 200 }
/** Lines of the terminal that are for the totals, what to do next, and the next prompt. */
const BESIDE = 8
const LEAST_ROWS = 10

/** Shows what came of a run: per task, the totals, what a person reads in a minute, what waits and how to answer. */
export function showSummary(
  shell: Shell,
  summary: Summary,
  { json, redact }: { json: boolean; redact: (text: string) => string },
): void {
  const { call, stdout } = shell
  if (json) {
    stdout.write(`${JSON.stringify(redactValue(redact, summaryObject(summary, call, shell.now())))}\n`)
    const next = nextLines(summary, call)
    if (next.length > 0) diagnose(shell, redact(next.slice(1).join('\n')))
    return
  }
  const paint = painter(stdout)
  const frame = isAttended(shell)
    ? { width: stdout.columns || 80, rows: Math.max(LEAST_ROWS, (stdout.rows || 24) - BESIDE) }
    : ELSEWHERE
  // Before its Markdown is read, and after: a secret may hold marks, and marks may be in a secret.
  const tasks = summary.tasks.map((task) => withShortLog(task, shell.cwd))
  const safe = withoutSecrets(redact, { ...summary, tasks })
  const lines = [
    ...summaryLines(safe, { ...frame, paint }),
    ...partLines(safe, call, { ...frame, paint }),
    ...safe.asks.flatMap((ask) => ['', ...askLines(ask, paint)]),
    ...answerLines(safe, call),
  ]
  if (lines.length > 0) stdout.write(`${lines.map(redact).join('\n')}\n`)
}

/** The path of a log as it may be typed where the person stands. */
function withShortLog<T extends { log?: string }>(task: T, cwd: string): T {
  const inside = task.log === undefined ? '' : relative(cwd, task.log)
  return inside === '' || inside.startsWith('..') || isAbsolute(inside) ? task : { ...task, log: inside }
}
