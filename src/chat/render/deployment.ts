import { actorText } from '../../core/actors.ts'
import type { Deployment, DeploymentStep } from '../../core/deploy/deployment.ts'
import { releaseName } from '../../core/deploy/words.ts'
import { clockSeconds, type Moment } from '../../text/times.ts'
import type { Message } from '../message.ts'
import { oneLine, readable } from './clean.ts'
import { compose } from './compose.ts'
import { heading, messageOf } from './parts.ts'

const STEP_WORDS: Record<DeploymentStep, string> = {
  naming: 'looks up what is running',
  deploying: 'runs the deploy commands',
  checking: 'checks',
  'rolling-back': 'rolls back',
  'checking-rollback': 'checks after the rollback',
  live: 'is live',
  kept: 'was not deployed',
  'rolled-back': 'is rolled back',
  red: 'runs, and its check is red',
  lost: 'could not be rolled back; the environment is locked',
  'called-off': 'was called off',
}

/** The message below the line of a deployment: who requested and approved it, each step with its time, and why it went wrong. */
export function renderDeploymentStory(deployment: Deployment, { zone }: Pick<Moment, 'zone'>): Message {
  const { kind, sha, branch, environment, by, approvedBy, previous, breakGlass, steps = [], why } = deployment
  const what =
    kind === 'rollback' ? `Roll back to ${releaseName(previous ?? { sha })}` : `Deployment of ${releaseName({ sha })}`
  const fitted = compose([
    heading('📜', `${what}, ${environment}`),
    [
      [
        sha !== '' && `Commit: ${sha}${branch === '' ? '' : ` (${oneLine(branch, 100)})`}`,
        `Requested by: ${oneLine(actorText(by), 100)}`,
        approvedBy.length > 0 && `Approved by: ${approvedBy.map((one) => oneLine(actorText(one), 100)).join(', ')}`,
        breakGlass && `In a freeze, because: ${oneLine(breakGlass.why, 300)}`,
        kind === 'deploy' && previous && `Rolls back to: ${oneLine(releaseName(previous), 100)}`,
      ]
        .filter(Boolean)
        .join('\n'),
    ],
    [steps.map(({ step, at }) => `${clockSeconds(at, zone)} ${STEP_WORDS[step]}`).join('\n')],
    why !== undefined && { text: readable(why), as: (shown) => [shown], keep: 'ends' },
  ])
  return messageOf(fitted, { silent: true })
}
