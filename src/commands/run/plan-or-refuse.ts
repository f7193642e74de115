import type { ProjectConfig } from '../../config/types.ts'
import { batonError } from '../../errors.ts'
import { planTaskFiles, type TaskPlan } from '../../sources/files/plan-files.ts'
import { formatProblems } from '../../taskfile/report.ts'
import type { TasksCall } from '../argv/call.ts'
import { diagnose, type Shell } from '../shell/shell.ts'
import type { Loaded } from '../state/load-config.ts'
import { resolveFiles } from './resolve-files.ts'

/**
 * Reads and plans the task files before anything is opened or started; warnings go to stderr. Throws BatonError with all
 * problems of all files at once.
 */
export async function planOrRefuse(
  shell: Shell,
  { config, redact }: Loaded,
  project: ProjectConfig,
  { files, all, only }: Pick<TasksCall, 'files' | 'all' | 'only'>,
): Promise<TaskPlan> {
  const plan = await planTaskFiles(config, project, {
    ...(files.length > 0 && { files: resolveFiles(shell, files) }),
    all,
    ...(only && { only }),
  })
  const errors = plan.problems.filter(({ severity }) => severity === 'error')
  // What is wrong is the call, and no file.
  const [first] = errors
  if (first && errors.every(({ file }) => file === first.file && file.startsWith('--')))
    throw batonError('usage', {
      message: redact(errors.map(({ message }) => `${message}.`).join('\n')),
      hint: redact(`${first.hint ? `${first.hint} ` : ''}List the tasks with: baton check`),
    })
  if (errors.length > 0) {
    throw batonError('task-files-invalid', { problems: redact(formatProblems(plan.problems)), count: errors.length })
  }
  if (plan.files.length === 0) throw batonError('no-task-files', { patterns: project.tasks, home: config.home })
  if (plan.total === 0) throw batonError('no-tasks', { files: plan.files })
  if (plan.problems.length > 0) diagnose(shell, redact(formatProblems(plan.problems)))
  return plan
}
