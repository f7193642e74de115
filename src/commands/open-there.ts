import { openRemote } from '../daemon/cross-process-api.ts'
import { newId } from '../daemon/ids.ts'
import type { Remote } from '../daemon/runner-types.ts'
import { batonError } from '../errors.ts'
import type { Loaded } from './load-config.ts'
import type { Shell } from './shell.ts'
import type { WorkOptions } from './work-here.ts'

/** Looks at the state from outside; undefined when there is none yet. Throws StoreError. */
export function openThere({ now }: Pick<Shell, 'now'>, { config }: Pick<Loaded, 'config'>): Remote | undefined {
  return openRemote({ stateDir: config.stateDir, queues: config.projects.map(({ name }) => name), now, newId })
}

/** Reads the state when this process has let go of it. */
export function lookAfter(shell: Shell, loaded: Loaded): WorkOptions['look'] {
  return (read) => {
    const remote = openThere(shell, loaded)
    if (!remote) throw batonError('state-gone', { path: loaded.config.stateDir })
    try {
      return read(remote.face)
    } finally {
      remote.close()
    }
  }
}
