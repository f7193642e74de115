import type { Task } from '../../core/types.ts'
import { inRepository, type Repository } from '../../git/repository.ts'
import { changedPaths } from '../../git/worktree/combine.ts'
import type { LandedTasks } from './landed.ts'

/** Tasks that landed on a branch since some work began; with `files`, those that touched one of these. */
export async function landedSince(
  repository: Repository,
  { tasks, landed }: { tasks: readonly Task[]; landed: Pick<LandedTasks, 'of'> },
  { work, tip, files }: { work: string; tip: string; files?: readonly string[] },
): Promise<Task[]> {
  const { stdout } = await inRepository(repository)(['rev-list', '--max-count=500', `${work}..${tip}`])
  const since = new Set(stdout.split('\n'))
  const found: Task[] = []
  for (const task of tasks) {
    const commit = landed.of(task)?.commit
    if (commit === undefined || !since.has(commit)) continue
    const touched =
      files === undefined || (await changedPaths(repository, `${commit}^`, commit)).some((path) => files.includes(path))
    if (touched) found.push(task)
  }
  return found
}
