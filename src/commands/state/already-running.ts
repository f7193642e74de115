import { type BatonError, batonError } from '../../errors.ts'
import type { Holder } from '../../store/lock.ts'
import { moment } from '../../text/times.ts'

/** The refusal that names the process already running on this state, and since when. */
export function alreadyRunning({ pid, since, kind }: Holder): BatonError {
  const words = kind === 'daemon' ? 'the daemon' : 'a run from the terminal'
  return batonError('already-running', { pid, since: moment(since), kind: words })
}
