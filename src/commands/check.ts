import { dirname, resolve } from 'node:path'
import { batonError } from '../errors.ts'
import { shownPath } from '../sources/files/find-files.ts'
import { planTaskFiles } from '../sources/files/plan-files.ts'
import type { Problem } from '../taskfile/problem.ts'
import { formatProblems } from '../taskfile/report.ts'
import { plural } from '../text/amounts.ts'
import { resolveFiles } from './run/resolve-files.ts'
import type { Shell } from './shell/shell.ts'
import { loadConfig } from './state/load-config.ts'

/** Reads the configuration and task files and lists every problem; runs nothing. 2 when something is wrong. */
export async function checkFiles(shell: Shell, files: string[]): Promise<number> {
  const { config, redact } = await loadConfig(shell)
  const named = files.length > 0 ? resolveFiles(shell, files).map((file) => resolve(config.home, file)) : undefined
  // Files named here are of one run; else each project has its own. A pipeline is known by its folder.
  const ofPipelines = config.projects.flatMap(({ name, pipelines }) => (pipelines?.queue === name ? [pipelines] : []))
  const isPipeline = (file: string) => ofPipelines.some(({ folder }) => dirname(file) === folder)
  const taskFiles = named?.filter((file) => !isPipeline(file))
  const projects = named ? config.projects.slice(0, taskFiles?.length ? 1 : 0) : config.projects
  let errors = 0
  let tasks = 0
  let read = 0
  const show = (problems: readonly Problem[]) => {
    if (problems.length > 0) shell.stdout.write(`${redact(formatProblems([...problems]))}\n\n`)
    errors += problems.filter(({ severity }) => severity === 'error').length
  }
  for (const project of projects) {
    const plan = await planTaskFiles(
      config,
      project,
      taskFiles ? { files: taskFiles.map((file) => shownPath(config.home, file)) } : {},
    )
    show(plan.problems)
    tasks += plan.total
    read += plan.files.length
  }
  for (const pipelines of ofPipelines) {
    const { readPipelines } = await import('../pipeline/read-pipelines.ts')
    const found = readPipelines(pipelines, { home: config.home, roles: Object.keys(config.roles) })
    const wanted = named?.map((file) => shownPath(config.home, file))
    const isWanted = ({ file }: { file: string }) => wanted?.includes(file) !== false
    show(found.problems.filter(isWanted))
    const all = found.all.filter(isWanted)
    tasks += all.reduce((n, { parsed }) => n + parsed.specs.length, 0)
    read += all.length
  }
  if (read === 0) {
    throw batonError('no-task-files', {
      patterns: config.projects.flatMap((project) => project.tasks),
      home: config.home,
    })
  }
  const found = errors === 0 ? 'no errors' : plural(errors, 'error')
  shell.stdout.write(`${plural(tasks, 'task')} in ${plural(read, 'file')}: ${found}\n`)
  return errors === 0 ? 0 : 2
}
