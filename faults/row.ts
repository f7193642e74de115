import type { Break } from './break.ts'
import type { Random } from './random.ts'

/** What one run of a row gets: how much, from which seed, and where its findings go. */
export interface RowRun {
  size: number
  seed: number
  random: Random
  /** The safeguard that is broken on purpose in the programs under test. */
  breaks: Break | undefined
  /** Counts something that happened. */
  count: (what: string, n?: number) => void
  /** Notes a measured value; the table shows the middle and the largest. */
  measure: (what: string, value: number) => void
  /** A promise was broken. */
  fail: (what: string) => void
  /** True once a control has seen what it wants to see: the rest may be left out. */
  isEnough: () => boolean
}

/** One kind of fault with what must hold under it. */
export interface Row {
  number: number
  title: string
  /** What `size` counts. */
  unit: string
  /** `test`: on every change; `small` and `large`: by hand. */
  sizes: { test: number; small: number; large: number }
  run: (run: RowRun) => Promise<void>
  /** What the row needs and this machine lacks, in words; undefined where it can run. */
  missing?: () => string | undefined
  /** With any of these broken the row must fail, or it proves nothing. The cheapest comes first. */
  controls: { breaks: Break; size: number }[]
}

/** What came of one run of a row. */
export interface Report {
  row: number
  title: string
  unit: string
  size: number
  seed: number
  breaks: Break | undefined
  seconds: number
  counts: Record<string, number>
  measured: Record<string, { middle: number; largest: number }>
  failures: string[]
}
