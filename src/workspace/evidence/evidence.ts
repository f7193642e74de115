import type { Outcome } from '../../core/types.ts'
import { mayBeRepository } from '../../git/may-be-repository.ts'
import type { Evidence } from '../workspace.ts'
import type { EvidencePorts } from './evidence-ports.ts'
import type { GitEvidence } from './git-evidence.ts'

/** The process only rests: the attempt is not over, and what it has changed so far is not a result. */
const RESTS = new Set<Outcome['kind']>([
  'interrupted',
  'parked',
  'deferred',
  'limit',
  'overloaded',
  'credentials',
  'budget',
])

/** Makes the look at the project; git and its libraries are loaded only where there is a repository. */
export function createEvidence({ attempt, attempts, ...ports }: EvidencePorts): Evidence {
  let loaded: Promise<GitEvidence> | undefined
  const inGit = () => {
    loaded ??= import('./git-evidence.ts').then(({ createGitEvidence }) => createGitEvidence(ports))
    return loaded
  }
  return {
    before: async (task, plan) => ((await mayBeRepository(plan.attempt.cwd)) ? (await inGit()).before(task, plan) : {}),
    async after(task, plan, outcome, acted) {
      const stored = attempt(plan.attempt.id)
      if (RESTS.has(outcome.kind) || !stored) return { proof: {} }
      // What a task changed counts from before its first attempt: a new session builds on what an earlier one left.
      const rebased = ports.own?.(task)?.rebased
      const first = attempts(task.id).find((a) => a.checkpointBefore !== undefined)?.checkpointBefore
      const from = rebased?.from ?? first
      if (from === undefined) return { proof: { filesNote: 'No list of changed files: not a git repository.' } }
      return (await inGit()).after(task, plan, outcome, acted, {
        stored: rebased && stored.startedAt < rebased.at ? { ...stored, headBefore: rebased.facts } : stored,
        from,
      })
    },
  }
}
