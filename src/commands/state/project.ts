import type { Config, ProjectConfig } from '../../config/types.ts'
import { batonError } from '../../errors.ts'
import type { Shell } from '../shell/shell.ts'

/** The project that is meant: the named one, else the first. Throws BatonError `no-such-project`. */
export function projectOf(
  { project: name }: Pick<Shell, 'project'>,
  { projects }: Pick<Config, 'projects'>,
): ProjectConfig {
  if (name === undefined) return projects[0]
  const found = projects.find((project) => project.name === name)
  if (!found) throw batonError('no-such-project', { name, known: projects.map((project) => project.name) })
  return found
}

/** Whether what is asked may be answered at a terminal. */
export function takesAnswersHere({ approval }: Pick<ProjectConfig, 'approval'>): boolean {
  return approval.from !== 'phone'
}
