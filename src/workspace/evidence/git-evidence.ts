import { isOver } from '../../core/status.ts'
import type { Attempt } from '../../core/types.ts'
import { checkpoint } from '../../git/checkpoint/checkpoint.ts'
import { changes } from '../../git/diff/changes.ts'
import { changesAside } from '../../git/diff/changes-aside.ts'
import { type GitFacts, gitFacts } from '../../git/watch/facts.ts'
import type { Refs } from '../../git/watch/refs.ts'
import { gitWrites } from '../../git/watch/writes.ts'
import { keepNewest } from '../../keep-newest.ts'
import type { Evidence } from '../workspace.ts'
import { asideFindings } from './aside-findings.ts'
import { checkpointRef } from './checkpoint-ref.ts'
import { claimFlags } from './claim-flags.ts'
import type { EvidencePorts } from './evidence-ports.ts'
import { guardFindings } from './guard-findings.ts'
import { movedRefs, refsNow } from './moved-refs.ts'

/** What a look at the project before and after an attempt needs. */
export type GitEvidencePorts = Omit<EvidencePorts, 'attempt' | 'attempts'>

type After = Evidence['after']

/** The look at a project that is a git repository. */
export interface GitEvidence {
  before: Evidence['before']
  /** `from`: the checkpoint before. */
  after: (...args: [...Parameters<After>, { stored: Attempt; from: string }]) => ReturnType<After>
}

/** Makes the look at the project: what cannot be seen is said on the receipt and never stops the work. */
export function createGitEvidence(ports: GitEvidencePorts): GitEvidence {
  const { project, exclude, claudeDir, inbox, tasks, own, onError } = ports
  const aside = rememberAside()
  /** Refs as they were before the running attempts of lanes, by task; after a restart those that were stored count. */
  const refs = new Map<string, Refs>()
  return {
    async before(task, plan) {
      const { cwd } = plan.attempt
      try {
        const [taken, facts] = await Promise.all([
          checkpoint({
            cwd,
            ref: checkpointRef(task, task.attempts + 1, 'before'),
            refLater: true,
            message: `Before task ${task.number}: ${task.spec.title}`,
            exclude,
          }),
          project.git === 'read' ? gitFacts(cwd, own?.(task)?.branch) : undefined,
        ])
        const now = project.git === 'read' && own?.(task) ? await refsNow(cwd) : undefined
        if (now) refs.set(task.id, now)
        if (taken.kind === 'taken') aside.note(task.id, taken.aside, taken.fileTimeMs)
        return {
          ...(taken.kind === 'taken' && { checkpointBefore: taken.commit }),
          ...(facts && { headBefore: JSON.stringify({ ...facts, ...sharedRefs(now) }) }),
        }
      } catch (error) {
        onError(error)
        return {}
      }
    },
    async after(task, plan, outcome, acted, { stored, from }) {
      const { cwd } = plan.attempt
      try {
        const ref = checkpointRef(task, stored.number, 'after')
        const recordedAt = Date.now()
        const taken = await checkpoint({
          cwd,
          ref,
          message: `After task ${task.number}: ${task.spec.title}`,
          refs: stored.checkpointBefore
            ? [[checkpointRef(task, stored.number, 'before'), stored.checkpointBefore]]
            : [],
          since: from,
          exclude,
        })
        const remembered = aside.take(task.id)
        if (taken.kind !== 'taken') return { proof: { filesNote: taken.reason } }
        // After a restart only our own time is known, and files are stamped by another clock.
        const since = remembered ?? { sinceMs: stored.startedAt + (taken.fileTimeMs - recordedAt) }
        const [files, writes, unseen] = await Promise.all([
          changes({ cwd, from, to: taken.commit }),
          gitWritesSince(cwd, stored.headBefore, own?.(task)?.branch),
          taken.aside && changesAside({ root: taken.root, now: taken.aside, except: claudeDir, inbox, ...since }),
        ])
        const said = { cwd, spec: task.spec, text: outcome.result ?? '', files, gitWrites: writes, after: taken.commit }
        const guarded = await guardFindings(project, {
          ...{ task, cwd, from, to: taken.commit, files, gitWrites: writes },
          // What a later task is checked by must not be emptied by an earlier one.
          others: tasks(task.runId).filter(({ id, phase }) => id !== task.id && !isOver(phase)),
        })
        const unseenFindings = unseen ? asideFindings(unseen, files) : []
        const found = (await ports.alsoFound?.(task, files, taken.commit)) ?? []
        const before = refs.get(task.id) ?? storedRefs(stored.headBefore)
        refs.delete(task.id)
        const isOwn = (branch: string) =>
          branch.startsWith('baton/') || tasks(task.runId).some(({ spec }) => spec.branch === branch)
        const moved = before ? await movedRefs(cwd, before, { own: isOwn, commands: acted?.commands }) : []
        const findings = [
          ...found,
          ...moved.filter(({ weight }) => weight === 'tell' || project.guard !== 'off'),
          ...guarded,
          ...unseenFindings.filter(({ weight }) => weight === 'tell' || project.guard !== 'off'),
        ]
        const flags = outcome.kind === 'done' && acted ? await claimFlags({ ...said, acted }) : []
        return {
          checkpointAfter: taken.commit,
          proof: {
            files,
            ...(taken.notes.length > 0 && { filesNote: taken.notes.join(' ') }),
            ...(writes.length > 0 && { gitWrites: writes }),
            ...(flags.length > 0 && { flags }),
            ...(findings.length > 0 && { findings }),
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

/** More are not kept with each attempt; they are known for as long as this process works on it. */
const MOST_STORED = 1_000

function sharedRefs(refs: Refs | undefined): { shared?: Refs } {
  return refs && Object.keys(refs).length <= MOST_STORED ? { shared: refs } : {}
}

const storedRefs = (headBefore: string | undefined): Refs | undefined =>
  (JSON.parse(headBefore ?? '{}') as { shared?: Refs }).shared

/** Tasks that it is remembered for: running ones, and some that a person stopped. */
const MAX_REMEMBERED = 20

/**
 * What there was beside the checkpoint when a task began, for as long as this process works on it; after a restart only what
 * was changed is known, and not what was removed.
 */
function rememberAside() {
  const known = new Map<string, { before?: string[]; sinceMs: number }>()
  return {
    note(taskId: string, before: string[] | undefined, sinceMs: number): void {
      if (known.has(taskId)) return
      keepNewest(known, taskId, { ...(before && { before }), sinceMs }, MAX_REMEMBERED)
    },
    take(taskId: string): { before?: string[]; sinceMs: number } | undefined {
      const found = known.get(taskId)
      known.delete(taskId)
      return found
    },
  }
}

async function gitWritesSince(cwd: string, noted: string | undefined, ownBranch?: string): Promise<string[]> {
  const after = noted === undefined ? undefined : await gitFacts(cwd, ownBranch)
  return noted === undefined || !after
    ? []
    : gitWrites({ cwd, before: JSON.parse(noted) as GitFacts, after, ...(ownBranch !== undefined && { ownBranch }) })
}
