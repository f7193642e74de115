import { setTimeout as sleep } from 'node:timers/promises'
import type { DaemonApi } from '../../daemon/api/api.ts'
import { openDiagnostics } from '../shell/diagnostics.ts'
import { openOwnLog } from '../shell/own-log.ts'
import type { Shell } from '../shell/shell.ts'
import type { Loaded } from './load-config.ts'
import { openHere } from './open-here.ts'
import { openThere } from './open-there.ts'

/** Somebody may begin or end their work at the very moment. */
const TRIES = 5
const AGAIN_MS = 200

/**
 * Speaks to the process that runs the tasks, or, where there is none, to the state itself: commands are applied here, and nothing
 * is started. `isHere`: there is none.
 */
export async function withApi<T>(
  shell: Shell,
  loaded: Loaded,
  use: (api: DaemonApi, isHere: boolean) => Promise<T>,
): Promise<T> {
  for (let left = TRIES; ; left--) {
    const remote = openThere(shell, loaded)
    try {
      if (remote?.holder()) return await use(remote.api, false)
    } finally {
      remote?.close()
    }
    const around = { diagnostics: openDiagnostics(shell, loaded.redact), log: openOwnLog(loaded) }
    try {
      const opened = await openHere(shell, loaded, false, around)
      if ('runner' in opened) {
        try {
          return await use(opened.runner.api, true)
        } finally {
          await opened.runner.stop()
        }
      }
      if (left <= 1) throw new Error(`Process ${opened.holder.pid} works on this state and does not answer.`)
    } finally {
      await around.log.close()
    }
    await sleep(AGAIN_MS)
  }
}
