import { performance } from 'node:perf_hooks'
import type { Break } from './break.ts'
import { seeded } from './random.ts'
import type { Report, Row } from './row.ts'

const TELL_EVERY_MS = 60_000

/** Runs a row once, with a safeguard broken or not, and says what came of it; `tell` hears of a long one now and then. */
export async function runRow(
  { number, title, unit, run }: Row,
  { size, seed, breaks, tell }: { size: number; seed: number; breaks?: Break; tell?: (text: string) => void },
): Promise<Report> {
  const counts: Record<string, number> = {}
  const values: Record<string, number[]> = {}
  const failures: string[] = []
  const startedAt = performance.now()
  const telling = setInterval(() => {
    const counted = Object.entries(counts).map(([what, n]) => `${n} ${what}`)
    tell?.(`${[...counted, `${failures.length} failures`, failures.at(-1) ?? ''].join(', ')}`)
  }, TELL_EVERY_MS).unref()
  await run({
    size,
    seed,
    random: seeded(seed + number * 1_000_003),
    breaks,
    count: (what, n = 1) => {
      counts[what] = (counts[what] ?? 0) + n
    },
    measure: (what, value) => {
      values[what] = [...(values[what] ?? []), value]
    },
    fail: (what) => {
      failures.push(what)
    },
    isEnough: () => breaks !== undefined && failures.length > 0,
  }).finally(() => clearInterval(telling))
  const seconds = Math.round((performance.now() - startedAt) / 100) / 10
  const measured = Object.fromEntries(Object.entries(values).map(([what, all]) => [what, spread(all)]))
  return { row: number, title, unit, size, seed, breaks, seconds, counts, measured, failures }
}

function spread(values: number[]): { middle: number; largest: number } {
  const sorted = [...values].sort((a, b) => a - b)
  const round = (value: number | undefined) => Math.round((value ?? 0) * 100) / 100
  return { middle: round(sorted[Math.floor(sorted.length / 2)]), largest: round(sorted.at(-1)) }
}
