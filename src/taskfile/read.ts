import { readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { distance } from 'fastest-levenshtein'
import { NotPlain, readPlain } from '../files/plain.ts'
import { parseTaskFile } from './parse.ts'
import type { ParsedFile } from './parsed.ts'
import { fileProblem, type Problem } from './problem.ts'
import { decodeText, largestFileBytes } from './text/bytes.ts'

/** Reads and parses a task file; `shownAs` is its path as shown to people. What keeps it from being read is a problem. */
export async function readTaskFile(path: string, shownAs: string): Promise<ParsedFile> {
  const read = await readText(path, shownAs)
  if ('text' in read) return parseTaskFile(read.text, shownAs)
  return { file: shownAs, specs: [], references: [], context: '', problems: [read] }
}

async function readText(path: string, file: string): Promise<{ text: string } | Problem> {
  try {
    const decoded = decodeText(await readPlain(path, largestFileBytes))
    if ('text' in decoded) return decoded
    const { message, hint, line, column } = decoded
    return { file, line, column, severity: 'error', message, hint }
  } catch (error) {
    if (error instanceof NotPlain) return notPlain(file, error)
    const problem = unreadable(file, error)
    const meant = isMissing(error) && (await nameMeant(path))
    return meant ? { ...problem, hint: `Did you mean ${join(dirname(file), meant)}?` } : problem
  }
}

function notPlain(file: string, { what, bytes }: NotPlain): Problem {
  if (what === 'folder') return fileProblem(file, 'This is a folder', 'Name a Markdown or JSON file in it.')
  if (what !== 'large') return fileProblem(file, 'This is not an ordinary file', 'Name a Markdown file.')
  const mib = (count: number) => Math.round(count / 1024 / 1024)
  const message = `This file is ${mib(bytes)} MiB; a task file can be at most ${mib(largestFileBytes)}`
  return fileProblem(file, message, 'Split it into several files.')
}

function unreadable(file: string, error: unknown): Problem {
  if (isMissing(error)) return fileProblem(file, 'No such file', 'Check the path.')
  const code = codeOf(error)
  if (code === 'EACCES' || code === 'EPERM')
    return fileProblem(file, 'No permission to read this file', 'Check its permissions.')
  if (code === 'ELOOP') return fileProblem(file, 'The links form a circle', 'Check the path.')
  return fileProblem(file, `This file cannot be read: ${error instanceof Error ? error.message : String(error)}`)
}

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '')
const isMissing = (error: unknown): boolean => ['ENOENT', 'ENOTDIR'].includes(codeOf(error))

/** Letters that a mistyped name may differ in. */
const MOST_MISTYPED = 3

/** The name in the same folder that differs least from the one that is not there. */
async function nameMeant(path: string): Promise<string | undefined> {
  const wanted = basename(path)
  const names = await readdir(dirname(path)).catch(() => [])
  const [nearest] = names
    .filter((name) => /\.(md|markdown|json)$/i.test(name))
    .map((name) => ({ name, letters: distance(wanted.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.letters - b.letters)
  return nearest && nearest.letters <= Math.min(MOST_MISTYPED, (wanted.length - 3) / 2) ? nearest.name : undefined
}
