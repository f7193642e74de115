export interface KeyedQueue {
  /** Runs `work` after all work given earlier under the same key; it must not reject. */
  run: (key: string, work: () => Promise<void>) => void
  /** Resolves when nothing runs. */
  idle: () => Promise<void>
}

/** One thing after the other under a key, side by side between keys. */
export function createKeyedQueue(): KeyedQueue {
  const tails = new Map<string, Promise<void>>()
  return {
    run: (key, work) => {
      const tail = (tails.get(key) ?? Promise.resolve()).then(work).finally(() => {
        if (tails.get(key) === tail) tails.delete(key)
      })
      tails.set(key, tail)
    },
    idle: async () => {
      while (tails.size > 0) await Promise.all(tails.values())
    },
  }
}
