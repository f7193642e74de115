/** Files that are being written: each is left alone until it stayed as it is for a while. */
export interface Changing {
  /** True when the file was met with this signature before, and its time has come. */
  isSettled: (id: string, signature: string, now: number) => boolean
  /** Looks at it again when it was as it is for this long in all. */
  later: (id: string, afterMs: number, now: number) => boolean
  forget: (id: string) => void
  /** Until the next one is due; undefined: there is none. */
  nextInMs: (now: number) => number | undefined
}

export function createChanging(settleMs: number): Changing {
  const files = new Map<string, { signature: string; since: number; dueAt: number }>()
  return {
    isSettled(id, signature, now) {
      const file = files.get(id)
      if (file?.signature === signature) return now >= file.dueAt
      files.set(id, { signature, since: now, dueAt: now + settleMs })
      return false
    },
    later(id, afterMs, now) {
      const file = files.get(id)
      if (!file || now - file.since >= afterMs) return false
      file.dueAt = file.since + afterMs
      return true
    },
    forget: (id) => files.delete(id),
    nextInMs: (now) =>
      files.size === 0 ? undefined : Math.min(...[...files.values()].map(({ dueAt }) => dueAt - now)),
  }
}
