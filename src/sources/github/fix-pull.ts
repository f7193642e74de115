import type { PushedCommit, Task } from '../../core/types.ts'
import type { GitHub } from '../../github/client.ts'
import { GitHubError, wordsWithPermission } from '../../github/errors.ts'
import { openPull } from '../../github/open-pull.ts'
import { patiently } from '../../github/patience.ts'
import type { GitHubState } from '../../github/state.ts'
import { harmlessLine, harmlessPlain } from '../../github/text/harmless.ts'
import { workText } from './texts.ts'

export interface FixPullPorts {
  github: GitHub
  state: GitHubState
  redact: (text: string) => string
  now: () => number
  stopping: AbortSignal
}

/** What Claude mended in a step of a pipeline, on a branch that was pushed already. */
export interface MendedStep {
  task: Task
  push: PushedCommit
  branch: string
}

/** Opens the pull request of a fix, once; gives its address. Throws with words for people. */
export async function openFixPull(ports: FixPullPorts, { task, push, branch }: MendedStep): Promise<string> {
  const { redact, now, stopping: signal } = ports
  const short = push.sha.slice(0, 8)
  const step = redact(task.spec.title)
  const intro = `The checks of **${harmlessLine(step)}** failed for ${short} on ${harmlessLine(push.branch)}. Claude fixed what they showed. Nothing of this is deployed: once it is merged, it is built, tested and approved like any other push.`
  const pull = {
    key: `fix:${branch}`,
    mark: `fix/${push.sha}/${task.number}`,
    title: harmlessPlain(`Fix ${step} for ${short}`, { max: 240 }),
    body: [intro, workText(task, redact)].filter((part) => part !== '').join('\n\n'),
    ...{ branch, base: push.branch },
  }
  try {
    return (await patiently(() => openPull(ports, pull), { now, signal })).url
  } catch (error) {
    if (!(error instanceof GitHubError) || error.kind !== 'forbidden') throw error
    throw new Error(wordsWithPermission(error, 'Pull requests: write'))
  }
}
