/** A pause that can be ended from outside. */
export interface InterruptibleSleep {
  /** Until `ms` are over or `end` is called, also when it was called just before; undefined: until then. */
  for: (ms: number | undefined) => Promise<void>
  end: () => void
}

export function createInterruptibleSleep(): InterruptibleSleep {
  let ended = false
  let wake: (() => void) | undefined
  return {
    async for(ms) {
      if (!ended) {
        let timer: NodeJS.Timeout | undefined
        await new Promise<void>((resolve) => {
          wake = resolve
          if (ms !== undefined) timer = setTimeout(resolve, Math.min(ms, 2 ** 31 - 1))
        })
        clearTimeout(timer)
        wake = undefined
      }
      ended = false
    },
    end() {
      ended = true
      wake?.()
    },
  }
}
