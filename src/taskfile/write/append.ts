import { existsSync } from 'node:fs'
import { readPlain } from '../../files/plain.ts'
import type { Box } from '../markdown/boxes.ts'
import { type Outline, type OutlinedTask, readOutline } from '../markdown/outline.ts'
import { parseTaskFile } from '../parse.ts'
import { LineKind } from '../text/blocks.ts'
import { lineEnd, lineEnding, lineStart, lineText } from '../text/lines.ts'
import { createFile } from './exchange.ts'
import { rewriteFile } from './rewrite.ts'

/** A task to be added; without an instruction its title says what should be done. */
export interface NewTask {
  title: string
  instruction?: string
  /** Fields above its instruction, by their names: `Branch`, `Depends On`. */
  fields?: Readonly<Record<string, string>>
}

/** The text with the task in it, and the 1-based line where the task begins. */
export type Appended = { text: string; line: number } | { problem: string }

/**
 * Adds a task to the text of a task file, in the form that the file already uses: behind the last section, numbered where
 * the others are, or as a check box below the last one. Text that would end the task too early (a `##` line) is put into
 * a fence. The other tasks stay what they are; where that cannot be had, nothing is added.
 */
export function appendTask(text: string, task: NewTask): Appended {
  const title = task.title.replace(/\s+/g, ' ').trim()
  const instruction = (task.instruction ?? title).replace(/^(?:[ \t]*(?:\r\n|\n|\r))+|\s+$/g, '')
  if (title === '' || instruction === '' || /\0/.test(title + instruction))
    return { problem: 'There is no text to make a task from' }
  const fields = Object.entries(task.fields ?? {}).map(([name, value]) => `**${name}:** ${value}`)
  if (fields.some((line) => /[\r\n\0]/.test(line))) return { problem: 'A field must be one line' }
  const before = readOutline(text)
  if (fields.length > 0 && before.tasks.some(({ form }) => form === 'checkbox'))
    return { problem: 'This file is a list of check boxes, which have no fields; name another file' }
  for (const body of [instruction, fenced(instruction)]) {
    const appended = place(before, title, body, fields)
    if (!holds(before, readOutline(appended.text), appended.line, body)) continue
    const wrong = fields.length > 0 ? wrongField(appended) : undefined
    return wrong === undefined ? appended : { problem: wrong }
  }
  return {
    problem: 'A task cannot be added here: the end of the file is inside a code block or HTML that is still open',
  }
}

/** What is wrong with the fields of what was placed. */
function wrongField({ text, line }: Placed): string | undefined {
  const { problems } = parseTaskFile(text, '')
  const wrong = problems.find((problem) => problem.severity === 'error' && problem.line > line)
  return wrong && `${wrong.message}${wrong.hint === undefined ? '' : `. ${wrong.hint}`}`
}

interface Placed {
  text: string
  line: number
}

function place(outline: Outline, title: string, body: string, fields: string[]): Placed {
  // Below the last item that is still open: a list at the end may be that of what is done.
  const boxes = outline.tasks.flatMap((task) => (task.form === 'checkbox' ? [task.box] : []))
  const last = boxes.findLast(({ box }) => !box.checked) ?? boxes.at(-1)
  return last ? placeBox(outline, last, title, body) : placeSection(outline, title, body, fields)
}

function placeSection(outline: Outline, title: string, body: string, fields: string[]): Placed {
  const { lines, kinds, tasks } = outline
  const ending = lineEnding(lines, 0)
  const numbers = tasks.flatMap(({ number }) =>
    number === undefined ? [] : Math.trunc(Number.parseFloat(`${number}`)),
  )
  const name = tasks.length > 0 && numbers.length === 0 ? title : `Task ${Math.max(0, ...numbers) + 1}: ${title}`
  const above = lines.count === 0 || kinds[lines.count - 1] === LineKind.blank ? [] : ['']
  const rule = separates(outline) ? ['---', ''] : []
  const open = lines.count > 0 && lineEnd(lines, lines.count - 1) === lines.text.length ? ending : ''
  const added = [...above, ...rule, `## ${name}`, '', ...fields, '**Claude Instruction:**', ...linesOf(body), '']
  return { text: lines.text + open + added.join(ending), line: lines.count + above.length + rule.length + 1 }
}

/** Whether the tasks of a file are separated by `---`, and the last one is not closed by one already. */
function separates({ lines, kinds, sections }: Outline): boolean {
  const closes = (end: number) => {
    let line = end - 1
    while (line > 0 && kinds[line] === LineKind.blank) line--
    return (
      kinds[line] === LineKind.underline ||
      (kinds[line] === LineKind.rule && lineText(lines, line).trimStart().startsWith('-'))
    )
  }
  return sections.length > 1 && closes(sections.at(-1)!.heading) && !closes(lines.count)
}

function placeBox({ lines }: Outline, last: Box, title: string, body: string): Placed {
  const ending = lineEnding(lines, last.line)
  const marker = lines.text.slice(lineStart(lines, last.line), last.box.at - 1)
  const next = marker.replace(/\d+/, (number) => String(Number(number) + 1))
  const rest = body.startsWith(title) ? body.slice(title.length) : body === title ? '' : `\n${body}`
  const indent = ' '.repeat(last.indent + next.length - marker.length)
  const [first = '', ...more] = linesOf(`${title}${rest}`)
  const added = [`${next}[ ] ${first}`, ...more.map((line) => (line.trim() === '' ? '' : indent + line))]
  const at = lineEnd(lines, last.end - 1)
  const gap = last.end > last.itemEnd ? [''] : []
  const written = ending + [...gap, ...added].join(ending)
  return { text: lines.text.slice(0, at) + written + lines.text.slice(at), line: last.end + gap.length + 1 }
}

function linesOf(text: string): string[] {
  return text.split(/\r\n|\n|\r/)
}

/** The text in a code fence that it does not contain itself. */
function fenced(text: string): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((run) => run.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}text\n${text}\n${fence}`
}

/** Whether `after` is `before` with one more task, whole, at `line`. */
function holds(before: Outline, after: Outline, line: number, body: string): boolean {
  const index = after.tasks.findIndex((task) => lineOf(task) === line)
  const added = after.tasks[index]
  if (!added || after.tasks.length !== before.tasks.length + 1) return false
  const isWhole =
    added.form === 'checkbox'
      ? added.box.line + 1 === line
      : added.section.heading + 1 === line && sameLines(added.instruction(), body)
  return isWhole && before.tasks.every((task, at) => same(task, after.tasks[at < index ? at : at + 1]!))
}

function same(one: OutlinedTask, other: OutlinedTask): boolean {
  return one.form === other.form && one.title() === other.title() && one.instruction() === other.instruction()
}

function sameLines(one: string, other: string): boolean {
  return linesOf(one).join('\n') === linesOf(other).join('\n')
}

/** A task that is about to be added: enough to see later, whatever else was written meanwhile, whether it is there. */
export interface Adding {
  path: string
  title: string
  instruction: string
  /** Tasks in the file that were the same before. */
  same: number
}

/**
 * Adds a task to a task file, which is made where there is none, and gives the 1-based line where it begins.
 * @param onBegin called right before it is written, perhaps several times: the last one counts
 * @throws Error in words for people when it cannot be added
 */
export async function writeTask(
  path: string,
  task: NewTask,
  onBegin?: (adding: Adding) => void,
): Promise<{ line: number }> {
  const append = (text: string): Appended => {
    const appended = appendTask(text, task)
    if (onBegin && 'text' in appended) onBegin(addingOf(path, text, appended))
    return appended
  }
  if (!existsSync(path)) {
    const first = append('')
    if ('text' in first && (await createFile(path, Buffer.from(first.text)))) return { line: first.line }
  }
  const written = await rewriteFile(path, append)
  if ('problem' in written) throw new Error(written.problem)
  return { line: written.line }
}

/** Whether a task that was about to be added is there: the 1-based line where it begins, or undefined. */
export async function findAdded(adding: Adding): Promise<{ line: number } | undefined> {
  const text = await readPlain(adding.path).then(String, () => '')
  const there = sameTasks(readOutline(text), adding)
  const last = there.at(-1)
  return last && there.length > adding.same ? { line: lineOf(last) } : undefined
}

function addingOf(path: string, before: string, { text, line }: Placed): Adding {
  const added = readOutline(text).tasks.find((task) => lineOf(task) === line) as OutlinedTask
  const words = { title: added.title(), instruction: added.instruction() }
  return { path, ...words, same: sameTasks(readOutline(before), words).length }
}

const sameTasks = ({ tasks }: Outline, { title, instruction }: Pick<Adding, 'title' | 'instruction'>) =>
  tasks.filter((task) => task.title() === title && sameLines(task.instruction(), instruction))

const lineOf = (task: OutlinedTask): number => (task.form === 'checkbox' ? task.box.line : task.section.heading) + 1
