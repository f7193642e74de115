/** Something wrong, or doubtful, in what the user wrote, with the place where it stands. */
export interface ConfigProblem {
  severity: 'error' | 'warning'
  /** As people call it: `config.yaml`, `.env`, `environment`. */
  file: string
  /** 1-based; absent when the place is not a line of a file. */
  line?: number
  column?: number
  message: string
  hint?: string
  /** The line itself; never set for a line that may hold a secret. */
  source?: string
}

/** One problem as people read it: `file:line:column: message`, the line with a mark under the column, and a hint. */
export function renderProblem(problem: ConfigProblem): string {
  const place = [problem.file, problem.line, problem.line && problem.column].filter(Boolean).join(':')
  const lines = [`${place}: ${problem.severity === 'warning' ? 'warning: ' : ''}${problem.message}`]
  if (problem.source !== undefined && problem.line !== undefined) {
    const gutter = `  ${problem.line} | `
    lines.push(gutter + problem.source)
    if (problem.column) lines.push(`${' '.repeat(gutter.length + problem.column - 1)}^`)
  }
  if (problem.hint) lines.push(`  ${problem.hint}`)
  return lines.join('\n')
}

/** All of them, in the order of their places, errors and warnings as they come. */
export function renderProblems(problems: readonly ConfigProblem[]): string {
  return problems.map(renderProblem).join('\n')
}

/** Sorted by file and place, so that a person can walk down the file. */
export function inOrder(problems: readonly ConfigProblem[]): ConfigProblem[] {
  return problems.toSorted(
    (a, b) => a.file.localeCompare(b.file) || (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0),
  )
}
