import type { SourceLease } from '../core/source-lease.ts'
import type { DaemonApi } from '../daemon/api/api.ts'

/**
 * Has what a source wants done for as long as this machine listens to it: everything that was noted is known to the others before
 * anything begins, and a run that begins ends where the right to it does.
 */
export function whileListening<A extends Pick<DaemonApi, 'submit'>>(api: A, lease: SourceLease): A {
  const submit: DaemonApi['submit'] = async (command, ...more) => {
    await lease.confirm()
    const { type } = command
    const forRun = type === 'start' ? lease.forRun() : undefined
    return api.submit(forRun && type === 'start' ? { ...command, lease: forRun } : command, ...more)
  }
  return { ...api, submit }
}
