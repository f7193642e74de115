import type { ProjectConfig } from '../../config/types.ts'
import type { Attempt, FileChange, Finding, Outcome, Task } from '../../core/types.ts'
import { mayBeRepository } from '../../git/may-be-repository.ts'
import type { Evidence } from '../workspace.ts'
import type { GitEvidence } from './git-evidence.ts'

/** What a look at the project before and after an attempt needs. */
export interface EvidencePorts {
  project: ProjectConfig
  /** Baton's own folders: never part of a checkpoint. */
  exclude: string[]
  /** Where Claude keeps its sessions and settings: never the project's, even inside of it. */
  claudeDir: string
  /** The tasks of a run. */
  tasks: (runId: string) => Task[]
  /** The attempt as stored, for what was noted before it. */
  attempt: (id: string) => Attempt | undefined
  /** All attempts at a task, oldest first. */
  attempts: (taskId: string) => Attempt[]
  /** Of a task that has a branch of its own. */
  own?: (task: Task) => OwnHistory | undefined
  /** What else to say of a task whose files are known: `after` is the checkpoint after it. */
  alsoFound?: (task: Task, files: readonly FileChange[], after: string) => Promise<Finding[]>
  onError: (error: unknown) => void
}

/** Where a task's own work begins that was given back after others had landed. */
export interface OwnHistory {
  branch: string
  rebased?: Rebased
}

/** Baton itself put a task's work onto what landed meanwhile; what is older than this counts no more. */
export interface Rebased {
  /** Checkpoint that the task's own work counts from. */
  from: string
  /** The last checkpoint from before; it holds nothing of what is done since. */
  until?: string
  /** What git was like then. */
  facts: string
  at: number
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
      // What a task changed counts from before its first attempt: a new session goes on with what an earlier one left.
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
