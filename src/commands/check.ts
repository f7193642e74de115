import { batonError } from '../errors.ts'
import { planTaskFiles } from '../sources/files/plan-files.ts'
import { formatProblems } from '../taskfile/report.ts'
import { plural } from '../text/amounts.ts'
import { resolveFiles } from './run/resolve-files.ts'
import type { Shell } from './shell/shell.ts'
import { loadConfig } from './state/load-config.ts'

/** Reads the configuration and task files and lists every problem; runs nothing. 2 when something is wrong. */
export async function checkFiles(shell: Shell, files: string[]): Promise<number> {
  const { config, redact } = await loadConfig(shell)
  // Files named here are of one run; else each project has its own.
  const projects = files.length > 0 ? config.projects.slice(0, 1) : config.projects
  let errors = 0
  let tasks = 0
  let read = 0
  for (const project of projects) {
    const plan = await planTaskFiles(config, project, files.length > 0 ? { files: resolveFiles(shell, files) } : {})
    if (plan.problems.length > 0) shell.stdout.write(`${redact(formatProblems(plan.problems))}\n\n`)
    errors += plan.problems.filter(({ severity }) => severity === 'error').length
    tasks += plan.total
    read += plan.files.length
    const pipelines = files.length === 0 && project.pipelines?.queue === project.name ? project.pipelines : undefined
    if (!pipelines) continue
    const { readPipelines } = await import('../pipeline/read-pipelines.ts')
    const found = readPipelines(pipelines, { home: config.home, roles: Object.keys(config.roles) })
    if (found.problems.length > 0) shell.stdout.write(`${redact(formatProblems(found.problems))}\n\n`)
    errors += found.problems.filter(({ severity }) => severity === 'error').length
    tasks += found.all.reduce((n, { parsed }) => n + parsed.specs.length, 0)
    read += found.all.length
  }
  if (read === 0) {
    throw batonError('no-task-files', { patterns: projects.flatMap((project) => project.tasks), home: config.home })
  }
  const found = errors === 0 ? 'no errors' : plural(errors, 'error')
  shell.stdout.write(`${plural(tasks, 'task')} in ${plural(read, 'file')}: ${found}\n`)
  return errors === 0 ? 0 : 2
}
