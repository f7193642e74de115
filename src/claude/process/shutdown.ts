import { setTimeout as sleep } from 'node:timers/promises'
import type { Asks } from '../asks/asks.ts'
import type { ClaudeLimits, EndCause, EndReason } from '../types.ts'
import type { Program } from './program.ts'
import { descendants, killTree, type Tree } from './tree.ts'

export interface ShutDownPorts {
  program: Program
  asks: Asks
  interrupt: () => boolean
  /** Gets the descendants that are known at the beginning: once their parent is gone nothing leads to them. */
  tree: Tree
  /** A result came. */
  resulted: Promise<void>
}

/** When Baton itself stops, all of it must be over within seconds. */
const HURRY_MS = 1_000

/** After these the session is resumed later, so that a question is kept in it. */
const GOES_ON: readonly (EndReason | undefined)[] = ['park', 'pause', 'shutdown']

/**
 * Ends a process in steps of `graceMs`, each only when the one before was not enough: let Claude end its turn, SIGTERM,
 * SIGKILL for the whole tree. While a permission is open there is no interrupt, since Claude would write it down as the
 * user's refusal; a question is kept in the session by deferring it.
 */
export async function shutDown(
  ports: ShutDownPorts,
  because: EndCause,
  complete: boolean,
  limits: ClaudeLimits,
): Promise<void> {
  const graceMs = because.reason === 'shutdown' ? Math.min(limits.graceMs, HURRY_MS) : limits.graceMs
  const { program, asks, tree } = ports
  if (program.pid !== undefined) tree.known = await descendants(program.pid)
  const exitWithin = (ms: number): Promise<unknown> =>
    Promise.race([program.exited, sleep(ms, undefined, { ref: false })])

  const open = asks.open()
  if (complete) {
    // The result is there: it should be about to exit.
    program.closeStdin()
    if (because.clock === undefined) await exitWithin(graceMs)
  } else if (open.length > 0 || asks.isDeferring()) {
    // One that is being put off already is left to it: an interrupt would undo that.
    const kept = GOES_ON.includes(because.reason) && open.every((ask) => asks.defer(ask.requestId))
    if (kept) await exitWithin(graceMs)
  } else if (because.clock !== 'start' && ports.interrupt()) {
    await Promise.race([ports.resulted, exitWithin(graceMs)])
    program.closeStdin()
    await exitWithin(graceMs)
  }
  if (!program.hasExited()) {
    program.terminate()
    await exitWithin(graceMs)
  }
  if (!program.hasExited()) await killTree(tree, { graceMs: 0 })
}
