import type { Task } from '../../core/types.ts'
import { inRepository, type Repository } from '../../git/repository.ts'
import { changedPaths } from '../../git/worktree/combine.ts'
import type { LandedTasks } from './landed.ts'

/**
 * Tasks that landed on a branch since some work began, or that were undone or brought back there since; with `files`, those that
 * touched one of these, or something below it. In the order of `tasks`, or the last one first.
 */
export async function landedSince(
  repository: Repository,
  { tasks, landed }: { tasks: readonly Task[]; landed: Pick<LandedTasks, 'of'> },
  { work, tip, files, lastFirst }: { work: string; tip: string; files?: readonly string[]; lastFirst?: true },
): Promise<Task[]> {
  const { stdout } = await inRepository(repository)(['rev-list', '--max-count=500', `${work}..${tip}`])
  const since = new Map(stdout.split('\n').map((commit, index) => [commit, index]))
  const found: { task: Task; index: number }[] = []
  for (const task of tasks) {
    const known = landed.of(task)
    // By which it is there now, or is not any more.
    const commit = known?.undone?.commit ?? known?.commit
    const index = commit === undefined ? undefined : since.get(commit)
    if (commit === undefined || index === undefined) continue
    const isOf = (path: string) => files?.some((file) => path === file || path.startsWith(`${file}/`)) === true
    const touched = files === undefined || (await changedPaths(repository, `${commit}^`, commit)).some(isOf)
    if (touched) found.push({ task, index })
  }
  if (lastFirst) found.sort((a, b) => a.index - b.index)
  return found.map(({ task }) => task)
}
