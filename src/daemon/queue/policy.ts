import type { ProjectConfig } from '../../config/types.ts'
import { mustAddTests } from '../../core/proof/findings.ts'
import type { Policy, RoleBook, TaskSpec } from '../../core/types.ts'

/** The part of a project's configuration that decisions depend on. */
export function policyOf(
  project: ProjectConfig,
  attended: boolean,
  remind?: Policy['remind'],
  sharesLogin = false,
  roles?: RoleBook,
): Policy {
  const matches = (types: string[] | undefined, spec: TaskSpec) =>
    !types || (spec.type !== undefined && types.some((type) => type.toLowerCase() === spec.type?.toLowerCase()))
  return {
    approval: project.approval,
    onFailure: project.onFailure,
    retries: project.retries,
    budget: { runUsd: project.budget.runUsd, dayUsd: project.budget.dayUsd, taskUsd: project.claude.budgetUsd },
    hasChecks: (spec) =>
      mustAddTests(project.prove, { spec }) ||
      project.verify.some((check) => matches(check.types, spec)) ||
      (project.judge && spec.criteria.length > 0 && !spec.run),
    attended,
    guard: project.guard,
    ...(roles && { roles }),
    ...(project.pipelines && {
      environments: Object.fromEntries(
        Object.entries(project.pipelines.environments).map(([name, { approve }]) => [name, { roles: approve }]),
      ),
    }),
    ...(remind && { remind }),
    ...(project.keepShare > 0 && { keepShare: project.keepShare }),
    ...(sharesLogin && { sharesLogin }),
    lanes: project.lanes,
    workspace: project.workspace,
    returns: project.merge.returns,
    finish: project.mark || project.commit === 'per-task',
  }
}
