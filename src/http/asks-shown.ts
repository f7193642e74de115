import type { z } from 'zod'
import type { Ask } from '../core/types.ts'
import type { Views } from '../daemon/api/views.ts'
import { askOf } from './present/ask.ts'
import type { ask } from './schemas/ask.ts'

/** Asks as they are shown, with the titles of their tasks. */
export function shownAsks(view: Views, rows: readonly Ask[]): z.output<typeof ask>[] {
  return rows.map((row) => askOf(row, view.task(row.runId, row.task)?.title ?? ''))
}
