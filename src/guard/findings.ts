import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../config/types.ts'
import type { Finding, Task } from '../core/types.ts'
import { isWithin, realPath } from '../files/real-path.ts'
import { type Changed, contentAt, giveBack, type Kept } from '../protect/watch-files.ts'
import { changeDoubts } from '../sources/files/doubts.ts'
import { shownPath } from '../sources/files/find-files.ts'
import { newMarks } from '../taskfile/write/new-marks.ts'
import { plural } from '../text/amounts.ts'
import { shortened } from '../text/cut.ts'
import { sha256 } from '../text/sha256.ts'

type Places = Pick<Config, 'home' | 'stateDir' | 'program'>

/** A task as it is named beside others. */
export const duringTask = ({ number, spec }: Pick<Task, 'number' | 'spec'>): string =>
  `task ${number} (${shortened(spec.title.replace(/\s+/g, ' '), 60)})`

/** A finding about Baton's own files. */
export const finding = (text: string, path?: string): Finding => ({
  kind: 'own-file',
  weight: 'tell',
  text,
  lasting: true,
  ...(path !== undefined && { path }),
})

/** A person's update must not be taken back half; what else it may be is for a person to look at. */
export const UPDATED = finding(
  "Baton's own program was updated while the task ran. If that was not you, reinstall it before you start it.",
)

/**
 * Where what stood in the place of an own file is kept: nobody can tell a person's edit from one of a script that the task
 * ran. What is the program's is kept with the checkout it is of: a rehearsal's state folder may be gone an hour later.
 */
function keepFolder({ stateDir, program }: Places, task: Task, path: string): string {
  const folder = realPath(program)
  const isOfCheckout = isWithin(path, folder) && existsSync(join(folder, '.git'))
  const isInState = isWithin(realPath(stateDir), folder)
  const state = isOfCheckout && !isInState ? join(folder, '.baton') : stateDir
  return join(state, 'kept', `${task.runId}-${task.number}`)
}

/** Puts back what no agent changes. */
export function back(config: Places, task: Task, changed: Changed): Finding {
  const shown = shownPath(realPath(config.home), changed.path)
  const keepIn = keepFolder(config, task, changed.path)
  const what = changed.after === undefined ? 'removed' : changed.before === undefined ? 'made' : 'changed'
  try {
    const kept = giveBack(changed, keepIn)
    const paths = kept.map((path) => shownPath(config.home, path))
    const where = paths.length === 0 ? '' : ` The previous content is kept in ${paths.join(' and ')}.`
    return finding(`This file of Baton's own was ${what} while the task ran; it has been restored.${where}`, shown)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return finding(`This file of Baton's own was ${what} while the task ran, and could not be restored: ${why}`, shown)
  }
}

/**
 * Notes what became of a task file, a pipeline or a prompt; it is left as it is. `landsAs`: the file is one of a worktree, and what
 * is doubted is what this one will be when the work has landed.
 */
export function doubt(
  config: Places,
  during: string,
  { path: changed, before, after }: Changed,
  landsAs?: string,
): Finding {
  const path = landsAs ?? changed
  const shown = shownPath(realPath(config.home), path)
  const what = after === undefined ? 'removed' : before === undefined ? 'made' : 'changed'
  const marks = after ? newMarks(before && textOf(before), textOf(after, changed), path) : []
  changeDoubts(config.stateDir, (doubts) => {
    if (after === undefined) return
    const known = doubts[path]
    const keys = new Set(marks.map(({ key }) => key))
    const now = landsAs === undefined ? before?.bytes : contentAt(landsAs)
    const first = known ? known.before : now && sha256(now)
    doubts[path] = {
      during,
      at: Date.now(),
      marks: [...(known?.marks ?? []).filter(({ key }) => !keys.has(key)), ...marks],
      changed: true,
      ...(first !== undefined && { before: first }),
    }
  })
  const marked =
    marks.length === 0
      ? ''
      : ` ${plural(marks.length, 'mark')} that ${marks.length === 1 ? 'is' : 'are'} not Baton's ${marks.length === 1 ? 'does' : 'do'} not count: ${marks.map(({ title }) => title).join(', ')}.`
  return {
    ...finding(`This file was ${what} while the task ran.${marked}`, shown),
    kind: marks.length > 0 ? 'mark' : 'task-file',
    ...(marks[0] && { line: marks[0].line }),
  }
}

/** What a task file says, through the link that it may have become. */
function textOf({ bytes, mode }: Kept, path?: string): string {
  const isLink = (mode & 0o170000) === 0o120000
  const led = isLink && path !== undefined ? contentAt(realPath(path)) : undefined
  return (led ?? bytes).toString('utf8')
}
