import { matchesGlob } from 'node:path'

/** Nobody means a day that far away. */
const FARTHEST_DAYS = 400

/** The day that a task file is for: the one in its heading when it is not in the past, else `today`. */
export function dayOf(text: string, today: string): string {
  const day = /^# .*?(\d{4}-\d{2}-\d{2})/m.exec(text)?.[1]
  const days =
    day === undefined ? Number.NaN : (Date.parse(`${day}T00:00:00Z`) - Date.parse(`${today}T00:00:00Z`)) / 86_400_000
  return day !== undefined && days >= 0 && days <= FARTHEST_DAYS ? day : today
}

/** The name of a new file among the task files of a project, seen from home: `tasks/2026-11-22.md`, else with `-2`, `-3` … */
export function freeName(patterns: readonly string[], day: string, isTaken: (name: string) => boolean): string {
  const folders = patterns.map(folderOf)
  const folder =
    folders.find((one, i) => matchesGlob(join(one, `${day}.md`), patterns[i] ?? '')) ?? folders[0] ?? 'tasks'
  for (let n = 1; ; n++) {
    const name = join(folder, n === 1 ? `${day}.md` : `${day}-${n}.md`)
    if (!isTaken(name)) return name
  }
}

/** What stands before the first sign of a pattern. */
function folderOf(pattern: string): string {
  const fixed = pattern.replace(/^\.\//, '').split(/[*?[{]/)[0] ?? ''
  const end = fixed.lastIndexOf('/')
  return end === -1 ? '' : fixed.slice(0, end)
}

const join = (folder: string, name: string): string => (folder === '' ? name : `${folder}/${name}`)
