import type { z } from 'zod'
import type { RunView } from '../../daemon/api/views.ts'
import type { run } from '../schemas/run.ts'
import { iso, isoOrNull } from './moment.ts'

/** A run at a glance. */
export function runOf(view: RunView): z.output<typeof run> {
  const { counts } = view
  return {
    session_id: view.id,
    project: view.queue,
    status: view.status,
    task_files: view.files,
    auto_approve: view.autoApprove,
    created_at: iso(view.createdAt),
    started_at: isoOrNull(view.startedAt),
    completed_at: isoOrNull(view.endedAt),
    reason: view.reason ?? null,
    cost_usd: view.costUsd,
    total_tasks: view.total,
    completed_tasks: counts.done,
    failed_tasks: counts.failed,
    in_progress_tasks: counts.running + counts.waiting + counts.verifying + counts.merging + counts.taken_over,
    counts,
  }
}
