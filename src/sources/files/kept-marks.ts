import { join, relative, sep } from 'node:path'
import type { TaskSpec } from '../../core/types.ts'
import { readPlainSync } from '../../files/plain.ts'
import { privateFolder, writePrivate } from '../../files/private.ts'
import { realPath } from '../../files/real-path.ts'
import type { FileTask } from '../../taskfile/file-task.ts'
import type { ParsedFile } from '../../taskfile/parsed.ts'
import { sha256 } from '../../text/sha256.ts'

/** That a task of a JSON file is done, and which text that was said of. */
interface KeptMark {
  text: string
  at: string
}

/** By file, seen from the state folder so that both can be moved together, and by the id of the task. */
type KeptMarks = Record<string, Record<string, KeptMark>>

/** In the state folder, which no agent reads or writes; a file, so that a look needs no database. */
const fileIn = (stateDir: string): string => join(stateDir, 'done.json')

/**
 * A JSON task file with what is kept of its tasks: those that are done. A task that says something else by now than when
 * it was done is a new one, and open.
 */
export function withKeptMarks(stateDir: string, path: string, parsed: ParsedFile): ParsedFile {
  const kept = readKept(stateDir)[nameOf(stateDir, path)]
  if (!kept) return parsed
  const isDone = (spec: TaskSpec) =>
    Object.hasOwn(kept, spec.origin.ref) && kept[spec.origin.ref]?.text === digestOf(spec)
  return { ...parsed, specs: parsed.specs.map((spec) => (isDone(spec) ? { ...spec, done: true } : spec)) }
}

/** Keeps that a task is done. Throws what the disk says. */
export function keepMark(stateDir: string, path: string, spec: FileTask, at: Date): void {
  change(stateDir, path, (marks) => ({ ...marks, [spec.origin.ref]: { text: digestOf(spec), at: at.toISOString() } }))
}

/** Forgets that a task is done. Throws what the disk says. */
export function dropMark(stateDir: string, path: string, spec: FileTask): void {
  change(stateDir, path, ({ [spec.origin.ref]: _, ...marks }) => marks)
}

function change(
  stateDir: string,
  path: string,
  make: (marks: Record<string, KeptMark>) => Record<string, KeptMark>,
): void {
  const kept = readKept(stateDir)
  const name = nameOf(stateDir, path)
  // Tasks of a request stand in a file that is never read again.
  if (name.startsWith('inline/')) return
  const marks = make(Object.hasOwn(kept, name) ? (kept[name] as Record<string, KeptMark>) : {})
  privateFolder(stateDir)
  writePrivate(fileIn(stateDir), `${JSON.stringify({ ...kept, [name]: marks }, undefined, 1)}\n`)
}

function readKept(stateDir: string): KeptMarks {
  try {
    const read: unknown = JSON.parse(readPlainSync(fileIn(stateDir)).toString('utf8'))
    return typeof read === 'object' && read !== null ? (read as KeptMarks) : {}
  } catch {
    return {}
  }
}

const nameOf = (stateDir: string, path: string): string =>
  relative(realPath(stateDir), realPath(path)).split(sep).join('/')

/** What makes it the same task: its words. Where its branch is, or what it waits for, may change. */
function digestOf({ title, description = '', instruction, run = [] }: TaskSpec): string {
  return sha256(JSON.stringify([title, description, instruction, run]))
}
