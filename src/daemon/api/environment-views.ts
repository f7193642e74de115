import type { Deployment, KnownEnvironment } from '../../core/deploy/deployment.ts'
import type { Reader } from '../../store/read.ts'

/** An environment as surfaces show it, with what was deployed there last. */
export interface EnvironmentView {
  environment: KnownEnvironment
  /** Newest first. */
  deployments: Deployment[]
}

const MOST_DEPLOYMENTS = 20

/** Every environment that something is known of. */
export function environmentViews(
  read: Pick<Reader, 'environments' | 'deployments'>,
  queues: readonly string[],
): EnvironmentView[] {
  return queues.flatMap((queue) =>
    read.environments(queue).map((environment) => ({
      environment,
      deployments: read.deployments({ queue, environment: environment.name, limit: MOST_DEPLOYMENTS }),
    })),
  )
}
