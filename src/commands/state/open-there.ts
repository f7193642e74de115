import { openCrossProcessApi } from '../../daemon/api/cross-process-api.ts'
import { newId } from '../../daemon/ids.ts'
import type { CrossProcessApi } from '../../daemon/runner-types.ts'
import { batonError } from '../../errors.ts'
import type { WorkOptions } from '../run/work-here.ts'
import type { Shell } from '../shell/shell.ts'
import type { Loaded } from './load-config.ts'

/** Looks at the state from outside; undefined when there is none yet. Throws StoreError. */
export function openThere(
  { now }: Pick<Shell, 'now'>,
  { config }: Pick<Loaded, 'config'>,
): CrossProcessApi | undefined {
  return openCrossProcessApi({ stateDir: config.stateDir, queues: config.projects.map(({ name }) => name), now, newId })
}

/** Reads the state when this process has let go of it. */
export function lookAfter(shell: Shell, loaded: Loaded): WorkOptions['look'] {
  return (read) => {
    const remote = openThere(shell, loaded)
    if (!remote) throw batonError('state-gone', { path: loaded.config.stateDir })
    try {
      return read(remote.api)
    } finally {
      remote.close()
    }
  }
}
