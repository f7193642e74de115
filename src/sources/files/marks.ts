import type { FileTask } from '../../taskfile/file-task.ts'
import { clearMark, writeMark } from '../../taskfile/write/mark.ts'
import { dropMark, keepMark } from './kept-marks.ts'

type Marked = Awaited<ReturnType<typeof writeMark>>
type Cleared = Awaited<ReturnType<typeof clearMark>>

/** Notes that a task is done: in its file, or, where that is never written to, in the state. Never throws. */
export function markTask(stateDir: string, path: string, spec: FileTask, at: Date): Promise<Marked> {
  return spec.origin.form === 'json' ? told(() => keepMark(stateDir, path, spec, at)) : writeMark(path, spec, at)
}

/** Takes the note away again. Never throws. */
export function unmarkTask(stateDir: string, path: string, spec: FileTask): Promise<Cleared> {
  return spec.origin.form === 'json' ? told(() => dropMark(stateDir, path, spec)) : clearMark(path, spec)
}

async function told(
  write: () => void,
): Promise<{ text: string; changed: boolean } | { problem: string; code?: string }> {
  try {
    write()
    return { text: '', changed: true }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    const why = error instanceof Error ? error.message : String(error)
    return { problem: `the state could not be written: ${why}`, ...(code && { code }) }
  }
}
