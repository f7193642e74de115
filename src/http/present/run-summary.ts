import type { z } from 'zod'
import { hasLanded, runSummary } from '../../core/run-summary.ts'
import type { RunView, Views } from '../../daemon/api/views.ts'
import { redactValue } from '../../redact/redact-value.ts'
import { showUnseen } from '../../text/unseen.ts'
import type { runSummarySchema } from '../schemas/run.ts'

/** On the page there are buttons, not commands. */
const COMMANDS = { retry: (number: number) => `Retry task ${number}`, resume: 'Resume', land: 'Land' }

/** The summary of a run that has ended; no parts before. */
export function runSummaryOf(view: Views, run: RunView): z.output<typeof runSummarySchema> {
  if (run.endedAt === undefined) return { parts: [], landed_tasks: 0 }
  // Before it is put together: the summary's own signs stay as they are.
  const shownSafely = <T>(value: T) => redactValue((text) => showUnseen(text).text, value) as T
  const tasks = view.tasks(run.id)
  return {
    parts: runSummary(shownSafely(tasks), shownSafely(view.asksOfRun(run.id)), COMMANDS),
    landed_tasks: tasks.filter(hasLanded).length,
  }
}
