import type { Attempt } from '../../core/types.ts'
import { killTree } from './tree.ts'

const GRACE_MS = 1_000

/** Ends what an earlier process of Baton left running; says what could not be ended. */
export async function endLeftover({
  id,
  pid,
  pidStartedAt,
}: Pick<Attempt, 'id' | 'pid' | 'pidStartedAt'>): Promise<string | undefined> {
  const tree = {
    attemptId: id,
    ...(pid !== undefined && { pid }),
    ...(pidStartedAt !== undefined && { startedAt: pidStartedAt }),
  }
  const { survivors } = await killTree(tree, { graceMs: GRACE_MS })
  if (survivors.length === 0) return undefined
  return `Left over and could not be stopped: ${survivors.map((s) => `${s.pid} ${s.command}`).join(', ')}`
}
