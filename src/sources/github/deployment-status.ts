import { actorText } from '../../core/actors.ts'
import type { Deployment } from '../../core/deploy/deployment.ts'
import { releaseName, stepText } from '../../core/deploy/words.ts'

/** How a deployment is reported to GitHub. */
export interface DeploymentStatus {
  state: 'queued' | 'in_progress' | 'success' | 'failure' | 'error'
  description: string
}

/** What GitHub shows of a deployment as it is. Pure. */
export function deploymentStatus(deployment: Deployment): DeploymentStatus {
  const { step, environment, approvedBy, by, previous, why = '' } = deployment
  const reason = why === '' ? '' : `: ${why.split('\n')[0]}`
  switch (step) {
    case 'naming':
      return { state: 'queued', description: ownWords(stepText(deployment), environment) }
    case 'live': {
      const whom = approvedBy.length > 0 ? `, approved by ${approvedBy.map(actorText).join(' and ')}` : ''
      return { state: 'success', description: `Live${whom}` }
    }
    case 'rolled-back':
      return deployment.kind === 'rollback'
        ? { state: 'success', description: `Rolled back to it, by ${actorText(by)}` }
        : { state: 'failure', description: `Rolled back to ${releaseName(previous ?? {})}${reason}` }
    case 'kept':
      return { state: 'failure', description: `It was not deployed${reason}` }
    case 'red':
      return { state: 'failure', description: `It runs, and its check is red${reason}` }
    case 'lost':
      return { state: 'error', description: `The rollback failed; nobody knows what runs${reason}` }
    case 'called-off':
      return { state: 'error', description: `Called off${reason}` }
    default:
      return { state: 'in_progress', description: ownWords(stepText(deployment), environment) }
  }
}

/** What runs in an environment once a deployment is over: it, nothing that is known, or (undefined) what ran before. */
export function runsAfter({ step, kind }: Pick<Deployment, 'step' | 'kind'>): 'it' | 'unknown' | undefined {
  if (step === 'live' || (step === 'rolled-back' && kind === 'rollback')) return 'it'
  return step === 'red' || step === 'lost' ? 'unknown' : undefined
}

/** GitHub names the environment beside it. */
function ownWords(text: string, environment: string): string {
  const words = text.startsWith(`${environment}: `) ? text.slice(environment.length + 2) : text
  return words.charAt(0).toUpperCase() + words.slice(1)
}
