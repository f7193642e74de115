import type { RunElsewhere } from '../../core/elsewhere.ts'
import { plural } from '../../text/amounts.ts'
import { when } from '../../text/times.ts'

/** Runs of other machines that are not over, a line each. */
export function linesElsewhere(runs: readonly RunElsewhere[], now: number): string[] {
  return runs.flatMap((run) => {
    const { machine, project, status, completed_at, completed_tasks: done, total_tasks: all, silentSince } = run
    if (completed_at !== null) return []
    const silent = silentSince === undefined ? '' : `; nothing heard of it since ${when(silentSince, now)}`
    return [`${machine} · ${project}: ${status}, ${done} of ${plural(all, 'task')} done${silent}`]
  })
}
