/** Counts of values up to each bound, as Prometheus wants them. */
export interface Histogram {
  add: (value: number) => void
  /** Cumulative counts by upper bound, the last one being everything. */
  read: () => { buckets: { le: string; count: number }[]; sum: number; count: number }
}

/** `bounds` ascend. */
export function createHistogram(bounds: readonly number[]): Histogram {
  const counts = bounds.map(() => 0)
  let sum = 0
  let count = 0
  return {
    add(value) {
      const at = bounds.findIndex((bound) => value <= bound)
      if (at >= 0) counts[at] = (counts[at] ?? 0) + 1
      sum += value
      count++
    },
    read() {
      let upTo = 0
      const buckets = bounds.map((bound, i) => {
        upTo += counts[i] ?? 0
        return { le: String(bound), count: upTo }
      })
      return { buckets: [...buckets, { le: '+Inf', count }], sum, count }
    },
  }
}
