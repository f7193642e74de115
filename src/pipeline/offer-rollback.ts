import type { PipelineConfig } from '../config/types.ts'
import type { Deployment } from '../core/deploy/deployment.ts'
import { ListensElsewhere } from '../core/source-lease.ts'
import type { PushedCommit } from '../core/types.ts'
import type { DaemonApi } from '../daemon/api/api.ts'
import { refOfPush } from './source.ts'
import { SOMEBODY } from './watch-remote.ts'

export interface OfferRollbackPorts {
  api: Pick<DaemonApi, 'submit'>
  config: PipelineConfig
  onError: (error: unknown) => void
}

/** A red check where people decide about going back: a rollback is put before them. */
export function offerRollback({ api, config, onError }: OfferRollbackPorts, deployment: Deployment | undefined): void {
  if (deployment?.step !== 'red' || deployment.onRed !== 'ask') return
  const { previous, environment } = deployment
  if (previous?.sha === undefined || !config.environments[environment]?.rollback) return
  const push: PushedCommit = {
    ...{ file: '', branch: '', sha: previous.sha, how: 'rollback', environment, by: SOMEBODY },
    ...(previous.release !== undefined && { release: previous.release }),
  }
  const command = { type: 'start' as const, from: { source: 'push' as const, refs: [refOfPush(push)] } }
  const key = `rollback:${deployment.id}`
  void api.submit(command, SOMEBODY, { key, queue: config.queue }).catch((error) => {
    if (!(error instanceof ListensElsewhere)) onError(error)
  })
}
