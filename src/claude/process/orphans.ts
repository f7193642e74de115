import { below, listProcesses, withVariable } from './process-list.ts'
import { killTree } from './tree.ts'

const GRACE_MS = 1_000

/**
 * Ends what a killed Baton of this pid had started with that variable in its environment and what continues alone: git would write into
 * a worktree that is being repaired, or that a task works in already. What a living process of that pid has started is somebody else's.
 */
export async function endOrphans(variable: string, pid: number): Promise<void> {
  if (pid === process.pid) return
  const all = await listProcesses()
  const others = new Set(below(new Set([pid]), all).map((info) => info.pid))
  const known = (await withVariable(all, `${variable}=${pid}`)).filter((info) => !others.has(info.pid))
  if (known.length > 0) await killTree({ known }, { graceMs: GRACE_MS })
}
