import { describe, expect, it } from 'vitest'
import type { Row } from '../../faults/row.ts'
import { runRow } from '../../faults/run-row.ts'

const LIMIT_MS = 240_000

/** The small size of rows as tests, with their controls. The seed is told by the failure. */
export function testRows(rows: readonly Row[], { seed = Date.now() % 1_000_000 } = {}): void {
  for (const row of rows) {
    const missing = row.missing?.()
    if (missing !== undefined) {
      describe(`row ${row.number}, ${row.title}`, () => it.skip(missing, () => undefined))
      continue
    }
    describe(`row ${row.number}, ${row.title}`, () => {
      it(
        `holds for ${row.sizes.test} ${row.unit}`,
        async () => {
          const report = await runRow(row, { size: row.sizes.test, seed })
          expect(report.failures, `seed ${seed}`).toEqual([])
          expect(Object.keys(report.counts), 'something was done').not.toEqual([])
        },
        LIMIT_MS,
      )
      for (const { breaks, size } of row.controls) {
        it(
          `fails when a safeguard is broken: ${breaks}`,
          async () => {
            const report = await runRow(row, { size, seed, breaks })
            expect(report.failures, `seed ${seed}`).not.toEqual([])
          },
          LIMIT_MS,
        )
      }
    })
  }
}
