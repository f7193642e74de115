import type { ProjectConfig } from '../config/types.ts'
import type { Attempt, Task } from '../core/types.ts'
import type { Finished } from '../daemon/queue.ts'
import { branchName, commitMessage } from '../git/commit-message.ts'
import { commitTask } from '../git/commit-task.ts'
import { fileOf } from './find-files.ts'
import { markTask } from './marks.ts'
import type { OwnGuard } from './own-guard.ts'

/** What finishing a good task needs. */
export interface FinishPorts {
  home: string
  stateDir: string
  project: ProjectConfig
  attempts: (taskId: string) => Attempt[]
  writing: OwnGuard['writing']
  settle: OwnGuard['settle']
  onError: (error: unknown) => void
}

/** What the system says when a disk is full or fails; it passes. */
const DISK = /^(ENOSPC|EDQUOT|EIO|EFBIG)$/

/**
 * Notes in the task file that a task is done, and commits its changes where that is wanted. Never throws. A disk that does
 * not take the note is waited for as long as `isFull` says so: a task that is done and not noted would be done again.
 */
export async function finishTask(
  { home, stateDir, project, attempts, writing, settle, onError }: FinishPorts,
  task: Task,
  isFull: (error: Error) => Promise<boolean>,
): Promise<Finished> {
  const problems: string[] = []
  const commit =
    project.commit === 'per-task' && task.firstCheck !== 'passed'
      ? await commitChanges(project, task, attempts(task.id), problems).catch(failed)
      : undefined
  if (project.mark) {
    const file = fileOf(home, task)
    const mark = () => writing(file, () => markTask(stateDir, file, task.spec, new Date(task.markedAt ?? Date.now())))
    let written = await mark()
    while ('problem' in written && DISK.test(written.code ?? '')) {
      if (!(await isFull(new Error(written.problem)))) return 'given up'
      written = await mark()
    }
    if ('problem' in written) problems.push(`it is not noted in ${task.spec.file}: ${written.problem}`)
    else settle(file, { mark: task.spec.key })
    if ('isRewritten' in written && written.isRewritten) problems.push(rewritten(task.spec.file))
  }
  return { ...(problems.length > 0 && { problem: problems.join('; ') }), ...(commit !== undefined && { commit }) }

  function failed(error: unknown): undefined {
    onError(error)
    problems.push(`its changes are not committed: ${error instanceof Error ? error.message : String(error)}`)
    return undefined
  }
}

const rewritten = (file: string) =>
  `it says something else in ${file} than when it was queued. The earlier text was done and is noted as done; take the note away to have the new one done.`

async function commitChanges(
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
      file: task.spec.file,
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
