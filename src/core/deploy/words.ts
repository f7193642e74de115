import { actorText } from '../actors.ts'
import type { Deployment, DeploymentStep, KnownEnvironment, RunningRelease } from './deployment.ts'

/** What people call a release: what the platform calls it, else its commit. */
export const releaseName = ({ sha, release }: { sha?: string; release?: string }): string =>
  release ?? (sha === undefined || sha === '' ? 'an unknown commit' : sha.slice(0, 8))

const GOING_ON: Partial<Record<DeploymentStep, string>> = {
  naming: 'looking up what runs now, before',
  deploying: 'deploying',
  checking: 'checking',
  'rolling-back': 'rolling back',
  'checking-rollback': 'checking after the rollback',
}

/** `production: deploying 1a2b3c4d`. */
export function stepText({ environment, step, sha, kind, previous, doubt }: Deployment): string {
  const isBack = step === 'rolling-back' || step === 'checking-rollback'
  const what = kind === 'rollback' || isBack ? `to ${releaseName(previous ?? { sha })}` : releaseName({ sha })
  const why = doubt === 'unknown' && step === 'checking' ? ' (nobody knows whether it was deployed)' : ''
  const verb = kind === 'rollback' && step === 'naming' ? 'rolling back' : GOING_ON[step]
  return `${environment}: ${verb} ${what}${why}`
}

/** What came of a deployment, in one line for people. */
export function endedText(deployment: Deployment, environment: KnownEnvironment): string {
  const { environment: name, step, sha, by, approvedBy, why = '' } = deployment
  const own = releaseName({ sha })
  const whom = approvedBy.length > 0 ? `, approved by ${approvedBy.map(actorText).join(' and ')}` : ''
  const reason = why === '' ? '' : `: ${why.split('\n')[0]}`
  switch (step) {
    case 'live':
      return `${name}: ${own} is live${whom}`
    case 'kept':
      return `${name}: ${own} was not deployed${reason}. ${missingText(environment)}`
    case 'rolled-back':
      if (deployment.kind === 'rollback')
        return `${name}: ${releaseName(environment.runs ?? {})} is back, by ${actorText(by)}`
      return `${name}: ${own} was rolled back${reason}. ${missingText(environment)}`
    case 'red':
      return `${name}: ${own} runs and its check is RED${reason}`
    case 'lost':
      return `${name}: the rollback FAILED${reason}. The environment is locked, and nobody knows what runs there`
    default:
      return `${name}: ${own} was called off${reason}`
  }
}

/** `2026-11-27T12:03Z`: the same wherever it is read. */
export const minuteText = (at: number): string => `${new Date(at).toISOString().slice(0, 16)}Z`

/** `production runs OLD, not NEW, since 2026-11-27T12:03Z`: for as long as it is true. */
export function missingText({ name, runs, isRed, missing, locked }: KnownEnvironment): string {
  if (locked) return `${name} is locked: nobody knows what runs there`
  const red = isRed ? ', and its check is RED' : ''
  if (!missing) return runs ? `${name} runs ${releaseName(runs)}${red}` : `Nothing is known to run in ${name}`
  return `${name} runs ${runs ? releaseName(runs) : 'an unknown release'}${red}, not ${releaseName(missing)}, since ${minuteText(missing.since)}`
}

/** Whether what runs there is what should, and is well. */
export const isAsItShouldBe = ({ missing, isRed, locked }: KnownEnvironment): boolean => !missing && !isRed && !locked

/** What runs, for a list: `1a2b3c4d`, `v42 (1a2b3c4d)`. */
export function runningText(runs: RunningRelease | undefined): string {
  if (!runs) return 'unknown'
  return runs.release === undefined ? releaseName(runs) : `${runs.release} (${runs.sha.slice(0, 8)})`
}
