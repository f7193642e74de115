import type { HookTime, Task } from '../core/types.ts'

/** What the user's commands around a task find in their environment. Of a title only the variable is safe, not a shell that reads it again. */
export function hookFacts(when: HookTime, task: Task): Record<string, string> {
  const { number, id, runId, spec, branch, landed, costUsd } = task
  const facts = {
    BATON_HOOK: `${when}_task`,
    BATON_TASK: String(number),
    BATON_TASK_ID: id,
    BATON_TASK_TITLE: spec.title,
    BATON_TASK_TYPE: spec.type,
    BATON_TASK_FILE: spec.origin.file,
    BATON_RUN: runId,
    BATON_BRANCH: branch,
    ...(when === 'after' && {
      BATON_TASK_STATUS: task.phase,
      BATON_COMMIT: landed?.commit,
      BATON_COST_USD: costUsd.toFixed(4),
    }),
  }
  // An environment holds no NUL.
  const given = Object.entries(facts).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value.replaceAll('\0', '')]],
  )
  return Object.fromEntries(given) as Record<string, string>
}
