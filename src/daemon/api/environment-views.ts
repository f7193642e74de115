import { type Deployment, type KnownEnvironment, newEnvironment } from '../../core/deploy/deployment.ts'
import { hasEnded } from '../../core/state.ts'
import type { Reader } from '../../store/read.ts'

/** An environment as surfaces show it, with what was deployed there last. */
export interface EnvironmentView {
  environment: KnownEnvironment
  /** Newest first. */
  deployments: Deployment[]
  /** What would be deployed next, and waits for people or for its turn. */
  waiting: WaitingRelease[]
}

/** A commit that could go out now. */
export interface WaitingRelease {
  runId: string
  sha: string
  branch: string
  /** It waits for a person's approval. */
  isAsked: boolean
}

const MOST_DEPLOYMENTS = 20

/** Every environment that something is known of, or waits for. */
export function environmentViews(
  read: Pick<Reader, 'environments' | 'deployments' | 'runs' | 'tasks'>,
  queues: readonly string[],
): EnvironmentView[] {
  return queues.flatMap((queue) => {
    const waiting = waitingIn(read, queue)
    const known = read.environments(queue)
    const others = [...waiting.keys()].filter((name) => known.every((one) => one.name !== name))
    return [...known, ...others.map((name) => newEnvironment(queue, name))].map((environment) => ({
      environment,
      deployments: read.deployments({ queue, environment: environment.name, limit: MOST_DEPLOYMENTS }),
      waiting: waiting.get(environment.name) ?? [],
    }))
  })
}

function waitingIn(read: Pick<Reader, 'runs' | 'tasks'>, queue: string): Map<string, WaitingRelease[]> {
  const waiting = read.runs({ queue, openOnly: true }).flatMap(({ id: runId, push }) =>
    push === undefined
      ? []
      : read
          .tasks(runId)
          .filter((task) => task.release && task.phase !== 'working' && !hasEnded(task))
          .map(({ release, phase }) => ({
            environment: release?.environment ?? '',
            one: { runId, sha: push.sha, branch: push.branch, isAsked: phase === 'approval' },
          })),
  )
  return new Map(
    [...Map.groupBy(waiting, ({ environment }) => environment)].map(([name, all]) => [name, all.map(({ one }) => one)]),
  )
}
