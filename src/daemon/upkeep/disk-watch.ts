/** Tells people once when storing stops working and once when it works again, no matter who notices it and how often. */
export interface DiskWatch {
  /** `where`: who cannot store, a queue for example. */
  bad: (where: string, error: Error) => void
  good: (where: string) => void
  /** A log could not be written: reported on its own only where the disk as a whole is not in trouble around that time. */
  logFailed: (error: Error) => void
}

/** A log notices a full disk before or after the store does. */
const SAME_TROUBLE_MS = 5_000

/** Makes the watch; `tell` is for people. */
export function createDiskWatch(tell: (text: string) => void): DiskWatch {
  const inTrouble = new Set<string>()
  let lastBadMs = Number.NEGATIVE_INFINITY
  return {
    bad(where, error) {
      lastBadMs = performance.now()
      if (inTrouble.size === 0)
        tell(`Cannot write to the disk (${error.message}). Baton waits and resumes automatically once it can.`)
      inTrouble.add(where)
    },
    good(where) {
      if (inTrouble.size > 0) lastBadMs = performance.now()
      if (inTrouble.delete(where) && inTrouble.size === 0) tell('The disk can be written again; resuming.')
    },
    logFailed(error) {
      const atMs = performance.now()
      setTimeout(() => {
        const isSame = inTrouble.size > 0 || lastBadMs > atMs - SAME_TROUBLE_MS
        if (!isSame) tell(`Cannot write the log: ${error.message}`)
      }, SAME_TROUBLE_MS).unref()
    },
  }
}
