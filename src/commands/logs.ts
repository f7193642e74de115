import type { Views } from '../daemon/api/views.ts'
import { batonError } from '../errors.ts'
import { clean } from '../terminal/show/clean.ts'
import { tail } from '../terminal/tail.ts'
import { diagnose, type Shell } from './shell/shell.ts'
import { findPlaces, lookAt } from './state/places.ts'

/** Shows the end of the log of a task of the latest run; without a number, of the running task or the last one that ran. */
export async function showLogs(
  shell: Shell,
  { task, lines, follow = false }: { task?: number; lines: number; follow?: boolean },
): Promise<number> {
  if (follow && task !== undefined) return (await import('./follow-log.ts')).followLog(shell, { task, lines })
  if (follow) throw batonError('usage', { message: 'Which task? For example: logs 3 --follow' })
  const places = await findPlaces(shell)
  const { redact } = places
  const remote = lookAt(places, shell)
  try {
    const file = remote && logFile(remote.api.view, task)
    if (file === undefined)
      throw batonError('usage', {
        message: task === undefined ? 'There is no log yet.' : `There is no log of task ${task} yet.`,
        hint: 'A log begins when its task starts; see what is running with: baton status',
      })
    diagnose(shell, file)
    const shown = tail(file, lines)
    if (shown.length > 0) shell.stdout.write(`${shown.map((line) => redact(clean(line))).join('\n')}\n`)
    return 0
  } finally {
    remote?.close()
  }
}

function logFile(view: Views, number: number | undefined): string | undefined {
  const run = view.latestRun()
  if (!run) return undefined
  if (number !== undefined) {
    const task = view.task(run.id, number)
    if (!task) throw batonError('no-such-task', { task: number, known: view.tasks(run.id).map((row) => row.number) })
    return view.attempts(task.id).at(-1)?.logFile
  }
  const begun = view.tasks(run.id).filter(({ startedAt }) => startedAt !== undefined)
  const latest = begun.toSorted((a, b) => (a.startedAt ?? 0) - (b.startedAt ?? 0)).at(-1)
  const task = view.status().current ?? latest
  return task && (view.attempts(task.id).at(-1) ?? (latest && view.attempts(latest.id).at(-1)))?.logFile
}
