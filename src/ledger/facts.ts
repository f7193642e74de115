import { actorText } from '../core/actors.ts'
import type { Deployment } from '../core/deploy/deployment.ts'
import { type LedgerKind, SHARED_FACTS, type SharedFact } from '../core/ledger-properties.ts'
import type { Run, Task } from '../core/types.ts'

/** A value that a page of the ledger may show; undefined: there is none. */
export type Fact = string | number | boolean | Date | string[] | undefined

/** What the ledger keeps a page of. */
export interface LedgerEntry {
  /** Of the run or deployment; one page an id. */
  id: string
  facts: Readonly<Record<string, Fact>>
}

type RunFacts = Omit<Run, 'seq' | 'lanes' | 'budgetUsd'>

/** What is known of a run, by the names that `notion.properties` calls it. Pure. */
export function runEntry(run: RunFacts, tasks: readonly Task[], { url }: { url?: string | undefined }): LedgerEntry {
  const { id, queue, files, startedBy, autoApprove, createdAt, startedAt, endedAt, reason, costUsd } = run
  const of = (phase: Task['phase']) => tasks.filter((task) => task.phase === phase).length
  const sum = (what: (task: Task) => number) => tasks.reduce((total, task) => total + what(task), 0)
  const lists = <T>(what: (task: Task) => readonly T[] | undefined): T[] => tasks.flatMap((task) => what(task) ?? [])
  const changes = lists(({ proof }) => proof?.files)
  const checks = lists(({ proof }) => proof?.checks)
  const seconds =
    startedAt !== undefined && endedAt !== undefined ? Math.round((endedAt - startedAt) / 1_000) : undefined
  return {
    id,
    facts: {
      ...ofKind('run', {
        id,
        kind: 'run',
        title: tasks.length === 1 ? tasks[0]?.spec.title : `${tasks.length} tasks of ${queue}`,
        project: queue,
        status: run.state === 'open' ? (startedAt === undefined ? 'queued' : 'running') : run.state,
        actor: actorText(startedBy),
        started_at: dateOf(startedAt ?? createdAt),
        ended_at: dateOf(endedAt),
        seconds,
        reason,
        url,
      }),
      'run.created_at': dateOf(createdAt),
      'run.surface': startedBy.surface,
      'run.files': files,
      'run.sources': unique(tasks.map(({ spec }) => spec.origin.source)),
      'run.links': unique(tasks.flatMap(({ spec }) => spec.origin.url ?? [])),
      'run.tasks': tasks.length,
      'run.titles': tasks.map(({ spec }) => spec.title).join('\n'),
      'run.done': of('done'),
      'run.failed': of('failed'),
      'run.skipped': of('skipped'),
      'run.undone': of('undone'),
      'run.attempts': sum(({ attempts }) => attempts),
      'run.failures': sum(({ failures }) => failures),
      'run.turns': sum(({ turns }) => turns),
      'run.cost_usd': Math.round(costUsd * 100) / 100,
      'run.auto_approve': autoApprove,
      'run.files_changed': new Set(changes.map(({ path }) => path)).size,
      'run.lines_added': changes.reduce((total, { added }) => total + (added ?? 0), 0),
      'run.lines_removed': changes.reduce((total, { deleted }) => total + (deleted ?? 0), 0),
      'run.checks_passed': checks.filter(({ ok }) => ok).length,
      'run.checks_failed': checks.filter(({ ok }) => !ok).length,
      'run.findings': lists(({ proof }) => proof?.findings).length,
      'run.commits': unique(tasks.flatMap(({ landed, proof }) => landed?.commit ?? proof?.commit ?? [])),
    },
  }
}

/** What is known of a deployment, by the same names. Pure. */
export function deploymentEntry(deployment: Deployment, { url }: { url?: string | undefined }): LedgerEntry {
  const { id, queue, environment, sha, branch, by, approvedBy, step, previous, startedAt, endedAt, why } = deployment
  return {
    id,
    facts: {
      ...ofKind('deployment', {
        id,
        kind: deployment.kind,
        title: `${deployment.kind === 'rollback' ? 'Roll back' : 'Deploy'} ${sha.slice(0, 8)} ${deployment.kind === 'rollback' ? 'in' : 'to'} ${environment}`,
        project: queue,
        status: step,
        actor: actorText(by),
        started_at: dateOf(startedAt),
        ended_at: dateOf(endedAt),
        seconds: endedAt === undefined ? undefined : Math.round((endedAt - startedAt) / 1_000),
        reason: why,
        url,
      }),
      'deployment.environment': environment,
      'deployment.sha': sha,
      'deployment.branch': branch,
      'deployment.approved_by': approvedBy.map(actorText).join('\n'),
      'deployment.previous_sha': previous?.sha,
      'deployment.previous_release': previous?.release,
      'deployment.rolled_back_at': dateOf(deployment.rolledBackAt),
      'deployment.break_glass':
        deployment.breakGlass && `${actorText(deployment.breakGlass.by)}: ${deployment.breakGlass.why}`,
      'deployment.epoch': deployment.epoch,
      'deployment.run': deployment.runId,
    },
  }
}

/** What runs and deployments have alike, also by a name of its own: `deployment.status` is shown of deployments alone. */
const ofKind = (kind: LedgerKind, facts: Record<SharedFact, Fact>): Record<string, Fact> => ({
  ...facts,
  ...Object.fromEntries(SHARED_FACTS.map((name) => [`${kind}.${name}`, facts[name]])),
})

const dateOf = (at: number | undefined): Date | undefined => (at === undefined ? undefined : new Date(at))
const unique = (values: readonly string[]): string[] => [...new Set(values)]
