import { readFileSync } from 'node:fs'
import { findTree, type Tree } from './tree.ts'

/** Adding up takes a few milliseconds for each process. */
const LOOK_MS = 10_000

/** Memory of a process in bytes, its share of what it shares with others; 0 when it is gone, or the system does not tell. */
function memoryOfProcess(pid: number): number {
  try {
    const kib = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1'))?.[1]
    return Number(kib ?? 0) * 1_024
  } catch {
    return 0
  }
}

/** Memory of a tree of processes, in bytes. */
export async function memoryOfTree(tree: Tree): Promise<number> {
  return (await findTree(tree)).reduce((sum, { pid }) => sum + memoryOfProcess(pid), 0)
}

/** Calls `onOver` once, with what is used, when a tree uses more than `limitBytes`. Gives a function that ends the watch. */
export function watchMemory(
  tree: Tree,
  limitBytes: number | undefined,
  onOver: (bytes: number) => void,
  lookMs = LOOK_MS,
): () => void {
  if (limitBytes === undefined || process.platform !== 'linux') return () => undefined
  let isOver = false
  let isLooking = false
  const stop = () => {
    isOver = true
    clearInterval(timer)
  }
  const look = async () => {
    if (isLooking) return
    isLooking = true
    const bytes = await memoryOfTree(tree).catch(() => 0)
    isLooking = false
    if (isOver || bytes <= limitBytes) return
    stop()
    onOver(bytes)
  }
  const timer = setInterval(() => void look(), lookMs)
  timer.unref()
  return stop
}
