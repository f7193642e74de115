import type { ProjectConfig } from '../config/types.ts'
import type { Attempt, Outcome, Task } from '../core/types.ts'
import type { Evidence } from '../daemon/work.ts'
import { changes } from '../git/changes.ts'
import { checkpoint } from '../git/checkpoint.ts'
import { type GitFacts, gitFacts } from '../git/facts.ts'
import { gitWrites } from '../git/writes.ts'
import { claimFlags } from './claim-flags.ts'

/** What a look at the project before and after an attempt needs. */
export interface EvidencePorts {
  project: ProjectConfig
  /** Baton's own folders: never part of a checkpoint. */
  exclude: string[]
  /** The attempt as stored, for what was noted before it. */
  attempt: (id: string) => Attempt | undefined
  onError: (error: unknown) => void
}

/** The process only rests: the attempt is not over, and what it has changed so far is no result. */
const RESTS = new Set<Outcome['kind']>([
  'interrupted',
  'parked',
  'deferred',
  'limit',
  'overloaded',
  'credentials',
  'budget',
])

/** Where a task's checkpoints are kept. */
export function checkpointRef(
  task: Pick<Task, 'runId' | 'number'>,
  attempt: number,
  when: 'before' | 'after' | 'undo',
): string {
  return `refs/baton/${task.runId}/${task.number}/${attempt}/${when}`
}

/** Makes the look at the project: what cannot be seen is said on the receipt and never stops the work. */
export function createEvidence({ project, exclude, attempt, onError }: EvidencePorts): Evidence {
  return {
    async before(task, plan) {
      const { cwd } = plan.attempt
      try {
        const [taken, facts] = await Promise.all([
          checkpoint({
            cwd,
            ref: checkpointRef(task, task.attempts + 1, 'before'),
            message: `Before task ${task.number}: ${task.spec.title}`,
            exclude,
          }),
          project.git === 'read' ? gitFacts(cwd) : undefined,
        ])
        return {
          ...(taken.kind === 'taken' && { checkpointBefore: taken.commit }),
          ...(facts && { headBefore: JSON.stringify(facts) }),
        }
      } catch (error) {
        onError(error)
        return {}
      }
    },
    async after(task, plan, outcome, acted) {
      const stored = attempt(plan.attempt.id)
      if (RESTS.has(outcome.kind) || !stored) return { proof: {} }
      const { cwd } = plan.attempt
      const from = stored.checkpointBefore
      try {
        if (from === undefined) return { proof: { filesNote: 'No list of changed files: not a git repository.' } }
        const ref = checkpointRef(task, stored.number, 'after')
        const taken = await checkpoint({
          cwd,
          ref,
          message: `After task ${task.number}: ${task.spec.title}`,
          since: from,
          exclude,
        })
        if (taken.kind !== 'taken') return { proof: { filesNote: taken.reason } }
        const files = await changes({ cwd, from, to: taken.commit })
        const writes = await gitWritesSince(cwd, stored.headBefore)
        const said = { cwd, spec: task.spec, text: outcome.result ?? '', files, gitWrites: writes, after: taken.commit }
        const flags = outcome.kind === 'done' && acted ? await claimFlags({ ...said, acted }) : []
        return {
          checkpointAfter: taken.commit,
          proof: {
            files,
            ...(taken.notes.length > 0 && { filesNote: taken.notes.join(' ') }),
            ...(writes.length > 0 && { gitWrites: writes }),
            ...(flags.length > 0 && { flags }),
          },
        }
      } catch (error) {
        onError(error)
        return {
          proof: {
            filesNote: `The changes could not be read: ${error instanceof Error ? error.message : String(error)}`,
          },
        }
      }
    },
  }
}

async function gitWritesSince(cwd: string, noted: string | undefined): Promise<string[]> {
  const after = noted === undefined ? undefined : await gitFacts(cwd)
  return noted === undefined || !after ? [] : gitWrites({ cwd, before: JSON.parse(noted) as GitFacts, after })
}
