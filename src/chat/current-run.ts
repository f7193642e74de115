import { hasRunEnded } from '../core/status.ts'
import type { ChatContext } from './context.ts'

/** The run has its turn, beside others where there are lanes, or is the last one. */
export function isCurrentRun({ deps }: Pick<ChatContext, 'deps'>, runId: string): boolean {
  const { view } = deps.api
  const run = view.run(runId)
  if (!run) return false
  return view.status(run.queue).run?.id === runId || (!hasRunEnded(run.status) && run.status !== 'queued')
}
