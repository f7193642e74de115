import type { DaemonApi } from '../daemon/api/api.ts'
import { lazy } from '../lazy.ts'
import type { ReportPorts } from './report.ts'

/** Reports of runs: of any of them as it is now, and a file of each that has ended. */
export interface KeptReports {
  text: (runId: string) => Promise<string | undefined>
  /** Settles when what has ended has its file. */
  settle: () => Promise<void>
}

/** Writes them as runs end; the code for it is loaded with the first. */
export function keepReports(
  ports: ReportPorts,
  { follow, onError }: Pick<DaemonApi, 'follow'> & { onError: (error: unknown) => void },
): KeptReports {
  const reporting = lazy(() => import('./report.ts'))
  // One after the other: an undo may end its run, and arrive as two events.
  let writing: Promise<unknown> = Promise.resolve()
  follow(({ type, runId }) => {
    if (runId === undefined || (type !== 'run.ended' && type !== 'task.undone')) return
    writing = writing
      .then(async () => {
        // A run that continues gets its report at its end.
        if (ports.read.run(runId)?.state !== 'open') await (await reporting()).writeReport(ports, runId)
      })
      .catch(onError)
  })
  return {
    text: async (runId) => (await reporting()).reportText(ports, runId),
    async settle() {
      // The report of a run that has just ended is part of its end.
      await new Promise((resolve) => setImmediate(resolve))
      await writing
    },
  }
}
