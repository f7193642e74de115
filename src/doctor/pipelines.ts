import type { PipelineConfig, ProjectConfig } from '../config/types.ts'
import { plural } from '../text/amounts.ts'
import { type DoctorCheck, named } from './check.ts'
import type { ProbeProgram } from './machine.ts'
import type { CheckTaskFiles } from './project.ts'

/** Can the pipelines of a project be read, and the remote whose pushes start them? */
export async function checkPipelines(
  project: ProjectConfig & { pipelines: PipelineConfig },
  run: ProbeProgram,
  look: CheckTaskFiles,
): Promise<DoctorCheck[]> {
  const files = named(project.name, { needed: false })
  const { files: count, problems } = await look(project)
  const [first, ...more] = problems
  const { remote, folder } = project.pipelines
  return [
    first !== undefined
      ? files.fail(more.length > 0 ? `${first}\nand ${more.length} more` : first, 'baton check shows them all.')
      : count === 0
        ? files.warn(`no file in ${folder}, so a push starts nothing`, 'docs/pipelines.md has one to begin with.')
        : files.ok(plural(count, 'file')),
    await checkRemote(project.path, remote, run),
  ]
}

async function checkRemote(path: string, remote: string, run: ProbeProgram): Promise<DoctorCheck> {
  const check = named('remote', { needed: false })
  // Nobody is there to type a password.
  const listed = await run('env', ['GIT_TERMINAL_PROMPT=0', 'git', 'ls-remote', '--heads', remote], path)
  if (listed?.exitCode === 0) {
    const branches = listed.stdout.split('\n').filter((line) => line.includes('\t')).length
    return check.ok(`${remote}, ${plural(branches, 'branch', 'branches')}`)
  }
  return check.fail(
    `The branches of ${remote} cannot be read in ${path}, so no push is seen`,
    `Make it a clone with that remote and a login that works: git -C ${path} ls-remote ${remote}`,
  )
}
