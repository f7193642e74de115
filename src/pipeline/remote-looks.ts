import { eachInTurn } from '../core/each-in-turn.ts'
import type { RemoteWatch } from './watch-remote.ts'

/** When pushes are looked for, and when what waits is started. */
export interface RemoteLooks {
  /** Starts what waits, compares the remote, and starts what that has shown. */
  round: () => Promise<void>
  /** Settles when nothing is under way. */
  idle: () => Promise<void>
}

/**
 * Compares and starts one at a time each, and apart from each other: a push that a webhook has told of does not wait for a remote that
 * takes its time to answer.
 */
export function createRemoteLooks(ports: {
  watch: () => Pick<RemoteWatch, 'compare' | 'startWaiting'> | undefined
  mayLook: () => boolean
}): RemoteLooks {
  const whileAllowed = (work: (watch: Pick<RemoteWatch, 'compare' | 'startWaiting'>) => Promise<void>) =>
    oneAfterAnother(async () => {
      const watch = ports.watch()
      if (watch && ports.mayLook()) await work(watch)
    })
  const starting = whileAllowed((watch) => watch.startWaiting())
  const comparing = whileAllowed((watch) => watch.compare())
  return {
    round: () => eachInTurn([starting, comparing, starting], ({ run }) => run()),
    idle: async () => void (await Promise.all([starting.idle(), comparing.idle()])),
  }
}

/** Whoever wants it while one waits for its turn gets that one. One that fails keeps none from coming after it. */
function oneAfterAnother(work: () => Promise<void>) {
  let last: Promise<void> = Promise.resolve()
  let next: Promise<void> | undefined
  const settled = () => last.catch(() => undefined)
  return {
    run(): Promise<void> {
      next ??= settled().then(() => {
        next = undefined
        return work()
      })
      last = next
      return next
    },
    idle: settled,
  }
}
