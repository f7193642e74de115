import { taskSubject } from '../../core/text.ts'
import type { Finding, Task } from '../../core/types.ts'
import { makeCommit } from '../../git/commit/make-commit.ts'
import type { Repository } from '../../git/repository.ts'
import { treeOf } from '../../git/worktree/branches.ts'
import { mergeTree } from '../../git/worktree/combine.ts'

/** Work of a lane as it is now. */
export interface LaneWork {
  task: Task
  base: string
  /** The checkpoint after it. */
  after: string
  paths: readonly string[]
}

/** Lanes that change the same lines, found before either of them lands. */
export async function overlaps(
  repository: Repository,
  mine: LaneWork,
  others: readonly LaneWork[],
): Promise<Finding[]> {
  const paths = new Set(mine.paths)
  const found: Finding[] = []
  for (const other of others.filter((one) => one.paths.some((path) => paths.has(path)))) {
    const combined = await mergeTree(repository, await sideOf(mine), await sideOf(other))
    const files = 'conflicts' in combined ? combined.conflicts.filter((path) => paths.has(path)) : []
    if (files.length === 0) continue
    const text = `${taskSubject(other.task)} changes the same lines in another lane (${files.join(', ')}); whichever lands second must resolve that.`
    found.push({ kind: 'overlap', weight: 'tell', text })
  }
  return found

  async function sideOf({ base, after }: LaneWork): Promise<string> {
    return makeCommit(repository, { tree: await treeOf(repository, after), parents: [base], message: 'side\n' })
  }
}
