import type { Attempt } from '../../core/types.ts'
import { descendants, findTree, killTree } from './tree.ts'

const GRACE_MS = 1_000

/**
 * Ends what an earlier process of Baton (`earlierPid`) left running; says what could not be ended. Where that process lives, it holds
 * another state folder, of which this one is a copy, and what it has started is its own.
 */
export async function endLeftover(
  { id, pid, pidStartedAt }: Pick<Attempt, 'id' | 'pid' | 'pidStartedAt'>,
  earlierPid?: number,
): Promise<string | undefined> {
  const tree = {
    attemptId: id,
    ...(pid !== undefined && { pid }),
    ...(pidStartedAt !== undefined && { startedAt: pidStartedAt }),
  }
  if (earlierPid !== undefined && earlierPid !== process.pid) {
    const others = new Set((await descendants(earlierPid)).map((info) => info.pid))
    if (others.size > 0 && (await findTree(tree)).some((info) => others.has(info.pid))) return undefined
  }
  const { survivors } = await killTree(tree, { graceMs: GRACE_MS })
  if (survivors.length === 0) return undefined
  return `Left over and could not be stopped: ${survivors.map((s) => `${s.pid} ${s.command}`).join(', ')}`
}
