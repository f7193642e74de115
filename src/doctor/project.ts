import { statSync } from 'node:fs'
import type { ProjectConfig } from '../config/types.ts'
import { plural } from '../text/amounts.ts'
import { type DoctorCheck, named } from './check.ts'
import type { ProbeProgram } from './machine.ts'

/** What reading a project's task files gave; problems as people read them. */
interface TaskFilesFound {
  files: number
  open: number
  done: number
  problems: string[]
}

export type CheckTaskFiles = (project: ProjectConfig) => Promise<TaskFilesFound>

/** Is the folder there, and a git repository? */
export async function checkProject(project: ProjectConfig, alone: boolean, run: ProbeProgram): Promise<DoctorCheck> {
  const check = named(alone ? 'project' : `project ${project.name}`, { needed: true })
  const found = statSync(project.path, { throwIfNoEntry: false })
  if (!found && project.makeFolder) return check.ok(`${project.path}, created when needed`)
  if (!found)
    return check.fail(
      `${project.path} does not exist`,
      'Set the folder that Claude should work in: project in config.yaml.',
    )
  if (!found.isDirectory()) return check.fail(`${project.path} is not a folder`, 'Set project in config.yaml.')
  const git = await run('git', ['rev-parse', '--is-inside-work-tree'], project.path)
  if (git?.stdout.trim() === 'true') return check.ok(project.path)
  return check.warn(`${project.path}, not a git repository: no diff and no undo`, `git init ${project.path}`)
}

/** Can its task files be read? */
export async function checkTasks(project: ProjectConfig, alone: boolean, look: CheckTaskFiles): Promise<DoctorCheck> {
  const check = named(alone ? 'tasks' : `tasks ${project.name}`, { needed: true })
  const { files, open, done, problems } = await look(project)
  const [first, ...more] = problems
  if (first)
    return check.fail(more.length > 0 ? `${first}\nand ${more.length} more` : first, 'baton check shows them all.')
  // Files can be named on the command line, too: none is not a fault.
  if (files === 0)
    return check.warn(
      `no file matches ${project.tasks.join(', ')}`,
      'baton task create "What should be done" creates one (npm run baton -- task create … in a clone).',
    )
  return check.ok(`${plural(files, 'file')}, ${open} open, ${done} done`)
}
