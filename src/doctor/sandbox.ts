import type { ProjectConfig } from '../config/types.ts'
import { type DoctorCheck, named } from './check.ts'

/** Whether commands run in a sandbox, and whether they could. */
export async function checkSandbox(
  projects: readonly Pick<ProjectConfig, 'claude'>[],
  findProblem: () => Promise<string | undefined>,
): Promise<DoctorCheck> {
  const isOn = projects.some(({ claude }) => claude.sandbox === 'on')
  const check = named('sandbox', { needed: isOn })
  const problem = await findProblem()
  if (!isOn) return check.ok(problem ? `off; not available here: ${problem}` : 'off; claude.sandbox: on turns it on')
  if (problem) return check.fail(problem, 'Fix that, or set claude.sandbox: off in config.yaml.')
  return check.ok('on')
}
