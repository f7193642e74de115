import type { ProjectConfig } from '../../config/types.ts'
import { originText } from '../../core/origin.ts'
import type { Attempt, Task } from '../../core/types.ts'
import { branchName, commitMessage } from '../../git/commit/commit-message.ts'
import { commitTask } from '../../git/commit/commit-task.ts'

/** Commits what a task changed in the project's own tree; adds to `problems` what could not be done. */
export async function commitChanges(
  project: ProjectConfig,
  task: Task,
  attempts: Attempt[],
  problems: string[],
): Promise<string | undefined> {
  const before = attempts.find((attempt) => attempt.checkpointBefore !== undefined)
  const after = attempts.findLast((attempt) => attempt.checkpointAfter !== undefined)
  if (!before?.checkpointBefore || !after?.checkpointAfter) {
    problems.push('its changes are not committed: there is no checkpoint of them')
    return undefined
  }
  const { runId: run, number } = task
  const branch =
    project.branch === 'current' ? undefined : branchName(project.branch, { run, number, title: task.spec.title })
  const committed = await commitTask({
    cwd: after.cwd,
    before: before.checkpointBefore,
    after: after.checkpointAfter,
    message: commitMessage(project.commitMessage, {
      title: task.spec.title,
      number: task.number,
      type: task.spec.type,
      file: task.spec.origin.file ?? originText(task.spec.origin),
      summary: task.result ?? '',
      run: task.runId,
    }),
    ...(branch !== undefined && { branch }),
    push: project.push,
  })
  if (committed.kind === 'none') {
    problems.push(`its changes are not committed: ${committed.reason}`)
    return undefined
  }
  if (committed.pushed && !committed.pushed.ok) problems.push(`its commit is not pushed: ${committed.pushed.reason}`)
  return committed.commit
}
