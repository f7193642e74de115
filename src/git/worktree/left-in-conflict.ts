import { pathText, splitNul } from '../bytes.ts'
import type { Repository } from '../repository.ts'
import { safeRun } from '../safe-run.ts'

/** What git calls the two sides of a merge, in conflict markers and in names of files. */
export interface MergeLabels {
  ours: string
  theirs: string
}

/** Begins what is said of files in which a merge is not decided. */
export const LEFT_IN_CONFLICT =
  'Conflict markers (<<<<<<< ======= >>>>>>>), or a name that git gave a file because something else is in its place (NAME~…), are left in these files'

/**
 * The path that a file has in one side of a merge, where git put it beside that because the other side has something else there
 * (`f~HEAD` of `f`, which is a folder or a link on the other side); undefined for any other file.
 */
export function asideOf(path: string, { ours, theirs }: MergeLabels): string | undefined {
  for (const label of [ours, theirs]) {
    const at = path.lastIndexOf(`~${label}`)
    if (at > 0 && /^(_\d+)?$/.test(path.slice(at + 1 + label.length))) return path.slice(0, at)
  }
  return undefined
}

/**
 * Files of a commit in which somebody has yet to decide about a merge: those with conflict markers that name the other side, and
 * those that git put beside another one. `since`: a commit whose own files are none of them.
 */
export async function leftInConflict(
  repository: Repository,
  commit: string,
  labels: MergeLabels,
  since: string,
): Promise<string[]> {
  const run = await safeRun(repository)
  const args = ['grep', '-z', '-l', '--text', '-F', '-e', `>>>>>>> ${labels.theirs}`, commit]
  const namesOf = async (of: string) => splitNul((await run(['ls-tree', '-r', '-z', '--name-only', of])).stdout)
  const [grep, all] = await Promise.all([run(args, { accept: [0, 1] }), namesOf(commit)])
  const marked = splitNul(grep.stdout).map((found) => pathText(found.slice(commit.length + 1)))
  const named = all.map(pathText).filter((path) => asideOf(path, labels) !== undefined)
  if (named.length === 0) return marked
  const before = new Set((await namesOf(since)).map(pathText))
  return [...new Set([...marked, ...named.filter((path) => !before.has(path))])]
}
