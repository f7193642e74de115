import { constants, open } from 'node:fs/promises'
import { decodeText, largestFileBytes } from './bytes.ts'
import { type ParsedFile, parseTaskFile } from './parse.ts'
import { fileProblem, type Problem } from './problem.ts'

/** Reads and parses a task file; `shownAs` is its path as shown to people. What keeps it from being read is a problem. */
export async function readTaskFile(path: string, shownAs: string): Promise<ParsedFile> {
  const read = await readText(path, shownAs)
  if ('text' in read) return parseTaskFile(read.text, shownAs)
  return { file: shownAs, specs: [], references: [], context: '', problems: [read] }
}

async function readText(path: string, file: string): Promise<{ text: string } | Problem> {
  try {
    // Not blocking, so that a pipe without a writer is refused and not waited for.
    await using handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
    const stats = await handle.stat()
    if (stats.isDirectory()) return fileProblem(file, 'This is a folder', 'Name a Markdown file inside of it.')
    if (!stats.isFile()) return fileProblem(file, 'This is no ordinary file', 'Name a Markdown file.')
    if (stats.size > largestFileBytes) return fileProblem(file, tooLarge(stats.size), 'Split it into several files.')
    const decoded = decodeText(await handle.readFile())
    if ('text' in decoded) return decoded
    const { message, hint, line, column } = decoded
    return { file, line, column, severity: 'error', message, hint }
  } catch (error) {
    return unreadable(file, error)
  }
}

function tooLarge(bytes: number): string {
  const mib = (count: number) => Math.round(count / 1024 / 1024)
  return `This file has ${mib(bytes)} MiB; a task file may have ${mib(largestFileBytes)}`
}

function unreadable(file: string, error: unknown): Problem {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'ENOENT' || code === 'ENOTDIR') return fileProblem(file, 'No such file', 'Check the path.')
  if (code === 'EACCES' || code === 'EPERM')
    return fileProblem(file, 'No right to read this file', 'Check its permissions.')
  if (code === 'ELOOP') return fileProblem(file, 'The links lead in a circle', 'Check the path.')
  return fileProblem(file, `This file cannot be read: ${error instanceof Error ? error.message : String(error)}`)
}
