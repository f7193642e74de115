import { type Lines, lineAt, lineStart, lineText } from './text/lines.ts'

/** Something wrong in a task file, with its place. Errors keep the file from being run, warnings do not. */
export interface Problem {
  file: string
  /** 1-based; 0 when the problem is the file as a whole or an option. */
  line: number
  /** 1-based. */
  column: number
  severity: 'error' | 'warning'
  message: string
  /** What to do about it. */
  hint?: string
  /** The line as it is in the file. */
  sourceLine?: string
  /** In JSON, the way to the value: `tasks.0.dependencies.1`. */
  path?: string
}

/** Collects the problems of one file by offset. */
export interface Reporter {
  error: (offset: number, message: string, hint?: string) => void
  warning: (offset: number, message: string, hint?: string) => void
}

/** Of one severity and one file: a list of more helps nobody. */
const most = 200
const longestSourceLine = 2_000

/** A reporter that appends to `problems`, the first 200 of each severity. */
export function reporterFor(file: string, lines: Lines, problems: Problem[]): Reporter {
  const counts = { error: 0, warning: 0 }
  const add = (severity: Problem['severity'], offset: number, message: string, hint?: string) => {
    counts[severity]++
    if (counts[severity] === most + 1) {
      problems.push({
        ...placeAt(file, lines, offset),
        severity,
        message: `From here on, no more ${severity}s are listed`,
      })
    }
    if (counts[severity] > most) return
    problems.push({ ...placeAt(file, lines, offset), severity, message, ...(hint === undefined ? {} : { hint }) })
  }
  return {
    error: (offset, message, hint) => add('error', offset, message, hint),
    warning: (offset, message, hint) => add('warning', offset, message, hint),
  }
}

/** A place in a file, for people: the part of a problem that says where. */
export type ProblemPlace = Pick<Problem, 'file' | 'line' | 'column' | 'sourceLine'>

/** The place of an offset. */
export function placeAt(file: string, lines: Lines, offset: number): ProblemPlace {
  if (lines.count === 0) return { file, line: 1, column: 1 }
  const line = lineAt(lines, offset)
  return {
    file,
    line: line + 1,
    column: offset - lineStart(lines, line) + 1,
    sourceLine: lineText(lines, line).slice(0, longestSourceLine),
  }
}

/** A problem of a file as a whole. */
export function fileProblem(file: string, message: string, hint?: string): Problem {
  return { file, line: 1, column: 1, severity: 'error', message, ...(hint === undefined ? {} : { hint }) }
}
