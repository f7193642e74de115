import { cut } from '../../text/cut.ts'
import type { GitHub } from '../client.ts'
import { isTrouble } from '../errors.ts'

/** Of each job so much of its end, where the error stands. */
const MOST_CHARACTERS = 12_000
const MOST_JOBS = 3

/** The end of what a job of a workflow printed. */
export interface JobLog {
  name: string
  text: string
}

/**
 * What the failed jobs of GitHub Actions printed for a commit. `fetchLog` follows the address that GitHub gives for a log; a token
 * that may not read Actions, and logs that are gone, give none.
 */
export async function failedJobLogs(
  github: GitHub,
  sha: string,
  fetchLog: (jobId: number) => Promise<string | undefined>,
): Promise<JobLog[]> {
  try {
    const { workflow_runs: runs } = await github.read('GET /repos/{owner}/{repo}/actions/runs', {
      head_sha: sha,
      per_page: 20,
    })
    const logs: JobLog[] = []
    for (const run of runs.filter(({ conclusion }) => conclusion === 'failure' || conclusion === 'timed_out')) {
      const { jobs } = await github.read('GET /repos/{owner}/{repo}/actions/runs/{run_id}/jobs', {
        run_id: Number(run.id),
        per_page: 50,
      })
      for (const job of jobs.filter(({ conclusion }) => conclusion === 'failure' || conclusion === 'timed_out')) {
        if (logs.length === MOST_JOBS) return logs
        const text = await fetchLog(Number(job.id))
        if (text !== undefined)
          logs.push({ name: cut(`${run.name ?? 'workflow'} / ${job.name}`, 200), text: endOf(text) })
      }
    }
    return logs
  } catch (error) {
    if (isTrouble(error, 'forbidden', 'missing', 'refused')) return []
    throw error
  }
}

/** Without the time before each line, from the last whole lines. */
function endOf(log: string): string {
  const lines = log.replaceAll('\r\n', '\n').replace(/^\uFEFF?\d{4}-\d\d-\d\dT[\d:.]+Z /gm, '')
  if (lines.length <= MOST_CHARACTERS) return lines.trimEnd()
  const end = lines.slice(-MOST_CHARACTERS)
  return `…\n${end.slice(end.indexOf('\n') + 1)}`.trimEnd()
}
