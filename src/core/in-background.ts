/** Work that takes longer than a round, one at a time. */
export interface Background {
  /** Begins it; where it is under way, it is done once more right afterwards, since something may have come meanwhile. */
  wake: () => void
  /** Settles when it is done. */
  idle: () => Promise<void>
}

export function inBackground(work: () => Promise<void>, onError: (error: unknown) => void): Background {
  let running: Promise<void> | undefined
  let isWanted = false

  async function run(): Promise<void> {
    while (isWanted) {
      isWanted = false
      await work().catch(onError)
    }
    // In the same turn as the last look at what is wanted, so that none is lost between the two.
    running = undefined
  }

  return {
    wake() {
      isWanted = true
      running ??= run()
    },
    idle: async () => running,
  }
}
