import type { Reader } from '../store/read.ts'

/** A wish from another process is noticed within this time; the look costs microseconds. */
const LOOK_MS = 50

/** Calls `onChange` after every commit of another process. */
export function watchDatabase(read: Reader, onChange: () => void): () => void {
  let version = read.dataVersion()
  const timer = setInterval(() => {
    const current = read.dataVersion()
    if (current === version) return
    version = current
    onChange()
  }, LOOK_MS)
  return () => clearInterval(timer)
}
