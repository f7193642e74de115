import type { Actor } from '../types.ts'

/** What runs in an environment, or ran: a commit, and what the platform calls it. */
export interface RunningRelease {
  sha: string
  /** As `before:` named it, such as `v42`. */
  release?: string
  deploymentId: string
  since: number
  by: Actor
}

/** The release that a deployment goes back to; named before it begins, and never guessed. */
export interface NamedRelease {
  sha?: string
  release?: string
}

/**
 * Where a deployment is. Each is stored before its command is started: after a kill, what a command did is not known, and it is
 * never started again. `naming`: what runs now is asked for. The ends: `live`, it runs and its check is green; `kept`, it never
 * went out; `rolled-back`, the release before runs again; `red`, it runs and its check fails; `lost`, the rollback failed, too;
 * `called-off`, nothing was started.
 */
export type DeploymentStep =
  | 'naming'
  | 'deploying'
  | 'checking'
  | 'rolling-back'
  | 'checking-rollback'
  | 'live'
  | 'kept'
  | 'rolled-back'
  | 'red'
  | 'lost'
  | 'called-off'

/** One commit on its way into an environment, or a way back. */
export interface Deployment {
  id: string
  queue: string
  runId: string
  taskId: string
  /** The task's number. */
  task: number
  environment: string
  kind: 'deploy' | 'rollback'
  sha: string
  branch: string
  /** Who wants it, and who approved it. */
  by: Actor
  approvedBy: Actor[]
  step: DeploymentStep
  /** Each step that it came to, and when; absent in what an older Baton stored. */
  steps?: { step: DeploymentStep; at: number }[]
  /** Of the environment, from this deployment's begin on: whoever has an older one may do nothing there any more. */
  epoch: number
  previous?: NamedRelease
  onRed: 'rollback' | 'ask' | 'never'
  /** The deploy command failed, or nobody knows how it ended. */
  doubt?: 'failed' | 'unknown'
  /** The rollback command failed, or nobody knows how it ended. */
  rollbackDoubt?: true
  /** Why it was started in a freeze. */
  breakGlass?: { by: Actor; why: string }
  startedAt: number
  endedAt?: number
  /** When its rollback began. */
  rolledBackAt?: number
  /** Why it is not live. */
  why?: string
}

/** An environment, and what is known to run there. */
export interface KnownEnvironment {
  /** Queue and name, joined. */
  id: string
  queue: string
  name: string
  /** Counts the deployments that were started. */
  epoch: number
  /** The deployment that has it to itself. */
  holder?: string
  /** What runs there; absent: not known. */
  runs?: RunningRelease
  /** Its check fails. */
  isRed?: boolean
  /** Releases whose check passed, newest last; what runs is the last one while it is well. */
  good: RunningRelease[]
  /** The commit that should run there and does not. */
  missing?: { sha: string; since: number; why: string }
  /** Nothing is deployed before a person has looked. */
  locked?: { why: string; at: number; deploymentId: string }
  frozen?: { until?: number; why: string; by: Actor; at: number }
}

/** What became of the command of a step. */
export type DeploymentReport =
  | { kind: 'named'; previous?: NamedRelease }
  | { kind: 'not-named'; why: string }
  | { kind: 'deployed' }
  | { kind: 'deploy-failed'; why: string }
  /** `runs`: it is certain that the release before is what runs. */
  | { kind: 'checked'; ok: boolean; why?: string; runs?: 'previous' }
  | { kind: 'rolled-back'; ok: boolean; why?: string }
  /** Its process is gone, and nobody knows how far it came. */
  | { kind: 'interrupted' }

/** The command that a step stands for. */
export type DeploymentAct = 'name' | 'deploy' | 'check' | 'roll-back' | 'check-rollback'

const ACTS: Partial<Record<DeploymentStep, DeploymentAct>> = {
  naming: 'name',
  deploying: 'deploy',
  checking: 'check',
  'rolling-back': 'roll-back',
  'checking-rollback': 'check-rollback',
}

/** What to do next; undefined: it is over. */
export const actOf = ({ step }: Pick<Deployment, 'step'>): DeploymentAct | undefined => ACTS[step]

export const environmentId = (queue: string, name: string): string => `${queue}:${name}`

/** An environment that nothing was deployed to yet. */
export const newEnvironment = (queue: string, name: string): KnownEnvironment => ({
  id: environmentId(queue, name),
  ...{ queue, name, epoch: 0, good: [] },
})

/** Whether there is something to go back to. */
export const hasPrevious = ({ previous }: Pick<Deployment, 'previous'>): boolean =>
  previous?.sha !== undefined || previous?.release !== undefined

/**
 * The next step of a deployment. Pure. A report that does not fit the step changes nothing: it comes from a process that
 * was thought dead. A rollback is entered from `checking` alone, which is never entered again, so there is one at most.
 */
export function advanceDeployment(deployment: Deployment, report: DeploymentReport, now: number): Deployment {
  const next = nextStep(deployment, report, now)
  if (next.step === deployment.step) return next
  return { ...next, steps: [...(deployment.steps ?? []), { step: next.step, at: now }] }
}

function nextStep(deployment: Deployment, report: DeploymentReport, now: number): Deployment {
  const end = (step: DeploymentStep, why?: string): Deployment => ({
    ...deployment,
    step,
    endedAt: now,
    ...(why !== undefined && { why }),
  })
  switch (deployment.step) {
    case 'naming':
      if (report.kind === 'not-named') return end('called-off', report.why)
      if (report.kind !== 'named') return deployment
      // What a rollback goes back to was named by whoever wants it.
      if (deployment.kind === 'rollback') return { ...deployment, step: 'rolling-back', rolledBackAt: now }
      return { ...deployment, step: 'deploying', ...(report.previous && { previous: report.previous }) }
    case 'deploying':
      if (report.kind === 'deployed') return { ...deployment, step: 'checking' }
      if (report.kind === 'deploy-failed') return { ...deployment, step: 'checking', doubt: 'failed', why: report.why }
      if (report.kind === 'interrupted') return { ...deployment, step: 'checking', doubt: 'unknown' }
      return deployment
    case 'checking': {
      if (report.kind !== 'checked') return deployment
      const { doubt, onRed } = deployment
      // A check that cannot tell two releases apart proves nothing after a command that failed.
      if (report.ok && doubt !== 'failed') {
        const { why: _, ...row } = end('live')
        return row
      }
      const why = [deployment.why, report.why].filter(Boolean).join('\n') || 'its check is red'
      if (doubt !== undefined && report.runs === 'previous') return end('kept', why)
      if (onRed !== 'rollback' || !hasPrevious(deployment)) return end('red', why)
      return { ...deployment, step: 'rolling-back', rolledBackAt: now, why }
    }
    case 'rolling-back':
      if (report.kind === 'rolled-back' && !report.ok)
        return { ...deployment, step: 'checking-rollback', rollbackDoubt: true, why: withWhy(deployment, report.why) }
      if (report.kind === 'rolled-back') return { ...deployment, step: 'checking-rollback' }
      if (report.kind === 'interrupted') return { ...deployment, step: 'checking-rollback', rollbackDoubt: true }
      return deployment
    case 'checking-rollback':
      if (report.kind !== 'checked') return deployment
      return report.ok ? end('rolled-back') : end('lost', withWhy(deployment, report.why))
    default:
      return deployment
  }
}

const withWhy = ({ why }: Deployment, more = 'the check after the rollback is red'): string =>
  [why, more].filter(Boolean).join('\n')

/** So many releases are known to go back to. */
const MOST_GOOD = 20

/** What an environment is after a deployment in it came to its end; one without an end leaves it as it is. */
export function settleEnvironment(
  environment: KnownEnvironment,
  deployment: Deployment,
  now: number,
): KnownEnvironment {
  if (deployment.endedAt === undefined || environment.holder !== deployment.id) return environment
  const { holder: _, ...free } = environment
  const { isRed: _r, missing: _m, ...well } = free
  const { sha, by, previous, why = '' } = deployment
  const own: RunningRelease = { sha, deploymentId: deployment.id, since: now, by }
  switch (deployment.step) {
    case 'live':
      return { ...well, runs: own, good: [...environment.good, own].slice(-MOST_GOOD) }
    case 'kept':
      return { ...free, missing: { sha, since: now, why } }
    case 'rolled-back': {
      const { good, runs } = backTo(environment, previous, { ...own, since: now })
      const wanted = deployment.kind === 'rollback' ? environment.runs?.sha : sha
      const missing = wanted === undefined || wanted === runs.sha ? undefined : { sha: wanted, since: now, why }
      return { ...well, runs, good, ...(missing && { missing }) }
    }
    case 'red':
      return { ...well, runs: own, isRed: true }
    case 'lost': {
      const { runs: _u, ...unknown } = free
      return { ...unknown, isRed: true, locked: { why, at: now, deploymentId: deployment.id } }
    }
    default:
      return free
  }
}

/** What runs after a rollback, and what is known to be good from then on: nothing that came after it. */
function backTo(
  { good }: KnownEnvironment,
  previous: NamedRelease | undefined,
  own: RunningRelease,
): { runs: RunningRelease; good: RunningRelease[] } {
  const at = good.findLastIndex(({ sha, release }) =>
    previous?.sha !== undefined ? sha === previous.sha : release !== undefined && release === previous?.release,
  )
  const known = at < 0 ? undefined : good[at]
  const runs: RunningRelease = {
    ...(known ?? { ...own, sha: previous?.sha ?? '' }),
    ...(previous?.release !== undefined && { release: previous.release }),
    since: own.since,
  }
  return { runs, good: at < 0 ? [...good, runs] : [...good.slice(0, at), runs] }
}

/** The release that a deployment begun now would go back to: the last one whose check passed. */
export function lastGood({ good }: Pick<KnownEnvironment, 'good'>): RunningRelease | undefined {
  return good.at(-1)
}

/** What `/rollback` goes back to: from what is well the one before it, from what is red the last good one. */
export function rollbackTarget({ good, runs, isRed }: KnownEnvironment): RunningRelease | undefined {
  const last = good.at(-1)
  const isCurrent = !isRed && last !== undefined && last.sha === runs?.sha
  return isCurrent ? good.findLast(({ sha }) => sha !== last.sha) : last
}
