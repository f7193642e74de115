import { matchesGlob } from 'node:path'
import { slug } from '../text/slug.ts'

/** Nobody means a day that far away. */
const FARTHEST_DAYS = 400

/** The day that a task file is for: the one in its heading when it is not in the past, else `today`. */
export function dayOf(text: string, today: string): string {
  const day = /^# .*?(\d{4}-\d{2}-\d{2})/m.exec(text)?.[1]
  const days =
    day === undefined ? Number.NaN : (Date.parse(`${day}T00:00:00Z`) - Date.parse(`${today}T00:00:00Z`)) / 86_400_000
  return day !== undefined && days >= 0 && days <= FARTHEST_DAYS ? day : today
}

const TITLE = /^##[ \t]+(?:Task[ \t]+[\d.]+[ \t]*[:.–-]?[ \t]*)?(.+)$/im
const LONGEST_WORDS = 40

/**
 * The name of a new file among the task files of a project, seen from home. The first of a day has the bare name that a
 * schedule finds, `tasks/2026-11-22.md`; every other one says what is in it, `tasks/2026-11-22-add-a-login.md`, for people see
 * several of them in one chat.
 */
export function freeName(
  patterns: readonly string[],
  day: string,
  { text, isTaken }: { text: string; isTaken: (name: string) => boolean },
): string {
  const folders = patterns.map(folderOf)
  const folder =
    folders.find((one, i) => matchesGlob(join(one, `${day}.md`), patterns[i] ?? '')) ?? folders[0] ?? 'tasks'
  const words = slug(TITLE.exec(text)?.[1] ?? '', LONGEST_WORDS)
  const named = words === '' ? [day] : [day, `${day}-${words}`]
  for (let n = 1; ; n++) {
    for (const stem of n === 1 ? named : named.slice(-1)) {
      const name = join(folder, n === 1 ? `${stem}.md` : `${stem}-${n}.md`)
      if (!isTaken(name)) return name
    }
  }
}

/** What is before the first sign of a pattern. */
function folderOf(pattern: string): string {
  const fixed = pattern.replace(/^\.\//, '').split(/[*?[{]/)[0] ?? ''
  const end = fixed.lastIndexOf('/')
  return end === -1 ? '' : fixed.slice(0, end)
}

const join = (folder: string, name: string): string => (folder === '' ? name : `${folder}/${name}`)
