import type { z } from 'zod'
import type { Live } from '../../daemon/api/views.ts'
import type { live } from '../schemas/overview.ts'
import { iso } from './moment.ts'

/** What the running process does now. */
export function liveOf(view: Live): z.output<typeof live> {
  return {
    session_id: view.runId,
    task: view.task,
    title: view.title,
    activity: view.activity,
    started_at: iso(view.startedAt),
    turns: view.turns,
    cost_usd: view.costUsd,
    last_output_at: iso(view.lastOutputAt),
    checked_at: iso(view.checkedAt),
  }
}
