import { resolve } from 'node:path'
import type { Task } from '../../core/types.ts'
import { readPlainSync } from '../../files/plain.ts'
import { realPath } from '../../files/real-path.ts'
import { isFileTask } from '../../taskfile/file-task.ts'
import { decodeText } from '../../taskfile/text/bytes.ts'
import { type Edited, markDone, unmark } from '../../taskfile/write/mark.ts'
import type { FileGuard } from './file-guard.ts'

/**
 * Which of the tasks Baton has marked as done in a task file since it was committed, and the file's text without those marks. A
 * mark that the state knows nothing of is the user's own and stays. Undefined where there is none of Baton's, where one does
 * not read as Baton wrote it, or where there is no text to read.
 *
 * @param path absolute
 * @param committed the file as the user committed it
 * @param markedIn the tasks that are done and marked in files, those of the newest run first: its mark is the one in the file
 */
export function ownMarksIn(
  home: string,
  path: string,
  committed: Buffer,
  markedIn: (isMeant: (file: string) => boolean) => readonly Task[],
): { tasks: Task[]; without: string } | undefined {
  const file = realPath(path)
  const [now, before] = [textOf(() => readPlainSync(file)), textOf(() => committed)]
  if (now === undefined || before === undefined) return undefined
  let without = now
  const isMeant = (shown: string) => realPath(resolve(home, shown)) === file
  const marked = markedIn(isMeant).flatMap(({ markedAt, phase, spec, ...task }) => {
    if (markedAt === undefined || phase !== 'done' || !isFileTask(spec)) return []
    if (spec.origin.form === 'json') return []
    const open = changedBy(unmark(without, spec), without)
    if (open === undefined || changedBy(unmark(before, spec), before) !== undefined) return []
    without = open
    return [{ ...task, markedAt, phase, spec }]
  })
  // What would be put back must be what is there now.
  let again = without
  for (const { markedAt, spec } of marked) again = changedBy(markDone(again, spec, new Date(markedAt)), again) ?? again
  return marked.length === 0 || again !== now ? undefined : { tasks: marked, without }
}

/**
 * Changes files, of which some are task files, pipelines or prompts, as Baton's own doing: a landing moves them, and no task that
 * runs meanwhile. `isGuarded` says of a path which they are, also of one that is not there yet.
 *
 * @param paths absolute, without links
 */
export function asBaton<T>(
  { writing }: Pick<FileGuard, 'writing'>,
  isGuarded: (path: string) => boolean,
  paths: readonly string[],
  change: () => Promise<T>,
): Promise<T> {
  return paths.filter(isGuarded).reduce((inner, file) => () => writing(file, inner), change)()
}

/** The text after an edit that changed something. */
const changedBy = (edited: Edited, text: string): string | undefined =>
  'problem' in edited || edited.text === text ? undefined : edited.text

function textOf(read: () => Buffer): string | undefined {
  try {
    const decoded = decodeText(read())
    return 'text' in decoded ? decoded.text : undefined
  } catch {
    return undefined
  }
}
