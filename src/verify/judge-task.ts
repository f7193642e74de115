import { randomUUID } from 'node:crypto'
import { askClaude } from '../claude/ask-claude.ts'
import type { ProjectConfig } from '../config/types.ts'
import type { CriterionResult, Task } from '../core/types.ts'
import type { Artifacts } from '../daemon/api/artifacts.ts'
import { judge } from '../proof/judge.ts'
import type { OpenWorkspace } from '../workspace/workspace.ts'

/** What judging needs. */
export interface JudgePorts {
  project: ProjectConfig
  env: Readonly<Record<string, string | undefined>>
  artifacts: Artifacts
  onError: (error: unknown) => void
}

/** Has the acceptance criteria of a task judged by a fresh Claude that only reads; undefined when the judge is off. */
export async function judgeTask(
  { project, env, artifacts, onError }: JudgePorts,
  task: Task,
  { folder }: Pick<OpenWorkspace, 'folder'>,
  signal: AbortSignal,
): Promise<CriterionResult[] | undefined> {
  const { spec, proof } = task
  if (!project.judge || spec.run || spec.criteria.length === 0) return undefined
  const diff = await artifacts.diff(task.id)
  const { title, description, instruction, criteria } = spec
  try {
    const judgement = await judge(
      {
        ...{ title, description, instruction, criteria },
        claimed: task.result,
        files: proof?.files,
        patch: diff.ok ? diff.patch.toString('utf8') : undefined,
        checks: proof?.checks ?? [],
        boundary: `----- ${randomUUID()} -----`,
      },
      async (prompt, schema) => {
        const { structured, text } = await askClaude({ project, env, folder, prompt, schema, signal })
        return structured ?? text
      },
    )
    if (judgement.kind === 'judged') return judgement.criteria
    return criteria.map((criterion) => ({ criterion, pass: false, evidence: `Not judged: ${judgement.reason}` }))
  } catch (error) {
    if (signal.aborted) return undefined
    onError(error)
    // No verdict says nothing about the work; the person sees that it is missing.
    const evidence = `Not judged: ${error instanceof Error ? error.message : String(error)}`
    return criteria.map((criterion) => ({ criterion, pass: false, evidence }))
  }
}
