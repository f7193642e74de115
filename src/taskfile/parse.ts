import { readFrontMatter } from './fields/front-matter.ts'
import { isJson, parseJsonTasks } from './json/json-tasks.ts'
import { taskKeys } from './keys.ts'
import { boxTask } from './markdown/box-task.ts'
import { contextOf } from './markdown/context.ts'
import { checkContextSection, checkNumbers, noTaskHint } from './markdown/file-checks.ts'
import type { FileFrame } from './markdown/frame.ts'
import { checkHeadingLevels, checkLookAlikes, checkOpenFence } from './markdown/look-alikes.ts'
import { checkNearBoxes } from './markdown/near-boxes.ts'
import { readOutline } from './markdown/outline.ts'
import { isTask } from './markdown/sections.ts'
import { readTask } from './markdown/task.ts'
import type { ParsedFile } from './parsed.ts'
import { type Problem, placeAt, reporterFor } from './problem.ts'
import { type Lines, splitLines } from './text/lines.ts'

/**
 * Reads the text of a task file; `file` is its path as shown to people. Never throws: whatever is wrong is in `problems`,
 * in the order of the file. Time is linear in the length of the text.
 */
export function parseTaskFile(text: string, file: string): ParsedFile {
  return isJson(file) ? parseJsonTasks(text, file) : parseMarkdown(text, file)
}

function parseMarkdown(text: string, file: string): ParsedFile {
  const problems: Problem[] = []
  const nothing = (lines: Lines, at: number, message: string, hint: string): ParsedFile => {
    const { error } = reporterFor(file, lines, problems)
    error(at, message, hint)
    return { file, specs: [], references: [], context: '', problems }
  }
  const nul = text.indexOf('\0')
  if (nul >= 0)
    return nothing(
      splitLines(text),
      nul,
      'This is not text: there is a NUL byte here',
      'A task file is UTF-8 Markdown.',
    )
  const outline = readOutline(text)
  const { lines, kinds, sections, tasks } = outline
  if (tasks.length === 0 && text.trim() === '')
    return nothing(lines, lines.starts[0]!, 'The file is empty', noTaskHint(outline))

  const report = reporterFor(file, lines, problems)
  const frame: FileFrame = {
    file,
    lines,
    kinds,
    report,
    defaults: readFrontMatter(lines, report),
    context: contextOf(outline),
  }
  if (tasks.length === 0) report.error(lines.starts[0]!, 'The file has no task', noTaskHint(outline))
  else checkHeadingLevels(outline, report)
  for (const section of sections) if (!isTask(section)) checkContextSection(frame, section)
  checkNumbers(frame, sections)
  checkLookAlikes(outline, report)
  checkOpenFence(outline, report)
  if (tasks[0]?.form !== 'section') checkNearBoxes(lines, kinds, report)
  const titles = tasks.map((task) => task.title())
  const keys = taskKeys(
    tasks.map(({ number }, index) => ({ ...(number === undefined ? {} : { number }), title: titles[index]! })),
  )
  const read = tasks.map((task, index) =>
    task.form === 'section'
      ? readTask(frame, task.section, { ref: keys[index]!, title: titles[index]!, instruction: task.instruction() })
      : boxTask(frame, task.box, { ref: keys[index]!, title: titles[index]!, instruction: task.instruction() }),
  )
  problems.sort((a, b) => a.line - b.line || a.column - b.column)
  return {
    file,
    specs: read.map(({ spec }) => spec),
    references: read.map(({ dependsOn: { names, at } }) => {
      if (names.length === 0) return []
      const place = placeAt(file, lines, at)
      return names.map((name) => ({ name, place }))
    }),
    context: frame.context,
    problems,
  }
}
