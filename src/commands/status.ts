import type { StatusView } from '../daemon/api/views.ts'
import { redactValue, withoutSecrets } from '../redact/redact-value.ts'
import { withProject } from '../terminal/show/how-to.ts'
import { painter } from '../terminal/show/paint.ts'
import { type QueueStatus, statusLines, statusObject } from '../terminal/show/status-text.ts'
import { isAttended, type Shell } from './shell/shell.ts'
import { findPlaces, lookAt } from './state/places.ts'

/** Lines of the terminal that are for what is around the tasks, and the next prompt. */
const BESIDE = 10
const LEAST_ROWS = 10
/** What other machines did longer ago helps nobody. */
const REMEMBERED_MS = 24 * 3_600_000

/** Shows what runs, what waits and what is done. Looks only: nothing is created or changed. */
export async function showStatus(shell: Shell, { json }: { json: boolean }): Promise<number> {
  const places = await findPlaces(shell)
  const { queues, redact } = places
  const remote = lookAt(places, shell)
  try {
    const shown = queues.map((queue): QueueStatus => {
      const status = remote?.api.view.status(queue) ?? nothing(queue)
      const { run } = status
      if (!remote || !run) return { status, tasks: [] }
      const { tasks, asksOfRun } = remote.api.view
      return { status, tasks: tasks(run.id), ...(run.endedAt !== undefined && { decided: asksOfRun(run.id) }) }
    })
    const noted = remote?.api.view.elsewhere()
    const kept = noted && shell.now() - noted.at < REMEMBERED_MS ? noted : undefined
    // What others show takes a checker of forms, and most machines share with none.
    const machines = kept && (await import('./state/elsewhere.ts')).machinesIn(kept)
    const listening = kept?.listening ?? {}
    if (json) {
      const object = { ...statusObject(shown, shell.now()), ...(machines && { elsewhere: machines, listening }) }
      shell.stdout.write(`${JSON.stringify(redactValue(redact, object))}\n`)
      return 0
    }
    const paint = painter(shell.stdout)
    // Elsewhere than at a terminal every task of a usual run is shown.
    const { columns, rows } = isAttended(shell) ? shell.stdout : { columns: 120, rows: 200 + BESIDE }
    const frame = { width: columns || 80, rows: Math.max(LEAST_ROWS, (rows || 24) - BESIDE) }
    const callOf = (queue: string) => (queue === queues[0] ? shell.call : withProject(shell.call, queue))
    const lines = withoutSecrets(redact, shown).flatMap((one, i) => [
      ...(shown.length > 1 ? [...(i > 0 ? [''] : []), paint('bold', `── ${one.status.queue}`)] : []),
      ...statusLines(one, { now: shell.now(), ...frame, paint, call: callOf(one.status.queue) }),
    ])
    if (kept && machines && machines.length > 0) {
      const { elsewhereLines } = await import('../terminal/show/elsewhere-lines.ts')
      const isNow = shown.some(({ status: { runner } }) => runner?.kind === 'daemon' && runner.since <= kept.at)
      const at = isNow ? {} : { at: kept.at }
      lines.push('', ...elsewhereLines(withoutSecrets(redact, machines), { now: shell.now(), paint, ...at }, listening))
    }
    shell.stdout.write(`${lines.map(redact).join('\n')}\n`)
    return 0
  } finally {
    remote?.close()
  }
}

const nothing = (queue: string): StatusView => ({
  queue,
  running: [],
  lives: [],
  asks: [],
  queuedRuns: [],
  queuedTotal: 0,
  todayUsd: 0,
})
