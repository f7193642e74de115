import type { PipelineConfig } from '../config/types.ts'
import type { PushedCommit, Task } from '../core/types.ts'
import { type PushedCommitTo, pushCommit } from '../git/commit/push-commit.ts'
import type { Repository } from '../git/repository.ts'
import { slug } from '../text/slug.ts'

/** What Claude mended in a step, on its way back to people. */
export interface Fix {
  task: Task
  push: PushedCommit
  commit: string
  pipelines: PipelineConfig
  repository: Repository
  /** Opens a pull request and gives its address; absent: the branch is all. */
  pullRequest?: ((fix: { task: Task; push: PushedCommit; branch: string }) => Promise<string>) | undefined
}

const MOST_NAMES = 20

/**
 * Pushes a fix, never with force: to a branch of its own, with a pull request where there is GitHub, or onto the branch that
 * was pushed. Either way it comes back as a push of its own, and is built, tested and approved like any other. Gives words for people.
 */
export async function publishFix({ task, push, commit, pipelines, repository, pullRequest }: Fix): Promise<string> {
  const { remote, fix } = pipelines
  if (fix === 'branch') {
    await send(repository, remote, commit, push.branch)
    return `pushed to ${push.branch} as ${commit.slice(0, 8)}, where it starts a pipeline of its own`
  }
  const name = `baton/fix-${push.sha.slice(0, 8)}-${slug(task.spec.title, 30) || task.number}`
  const branch = await sendFresh(repository, remote, commit, name)
  if (!pullRequest) return `pushed as the branch ${branch}; merge it into ${push.branch}`
  try {
    return `pull request ${await pullRequest({ task, push, branch })}`
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return `pushed as the branch ${branch}; no pull request could be opened for it (${why}), so merge it into ${push.branch} yourself`
  }
}

/** The name, or the next one that holds nothing else: a step that is done again has another fix. */
async function sendFresh(repository: Repository, remote: string, commit: string, name: string): Promise<string> {
  for (let i = 1; ; i++) {
    const branch = i === 1 ? name : `${name}-${i}`
    const pushed = await pushCommit(repository, { remote, commit, branch })
    if (pushed.ok) return branch
    if (pushed.why !== 'behind' || i === MOST_NAMES) throw notPushed(pushed, remote, branch)
  }
}

async function send(repository: Repository, remote: string, commit: string, branch: string): Promise<void> {
  const pushed = await pushCommit(repository, { remote, commit, branch })
  if (!pushed.ok) throw notPushed(pushed, remote, branch)
}

function notPushed({ why, text }: Extract<PushedCommitTo, { ok: false }>, remote: string, branch: string): Error {
  return new Error(why === 'behind' ? `${branch} has newer commits on ${remote}` : text)
}
