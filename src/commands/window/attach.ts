import { join } from 'node:path'
import { isOver } from '../../core/status.ts'
import { followLog } from '../follow-log.ts'
import { diagnose, isAttended, type Shell } from '../shell/shell.ts'
import { findPlaces, lookAt } from '../state/places.ts'
import { taskNamed, unknownTask } from '../state/task-named.ts'
import { findTmux, NO_TMUX } from './tmux.ts'

/**
 * Follows a task, read only: its log in a session of tmux, where several can look on, or the window of a person who has taken
 * it over. Without tmux, or without a terminal, the log itself. `root` is the folder of this program.
 */
export async function attachTask(shell: Shell, named: { task: number; run?: string }, root: string): Promise<number> {
  const { task: number } = named
  const places = await findPlaces(shell)
  const remote = lookAt(places, shell)
  const meant =
    remote && taskNamed(shell, { view: remote.api.view, queue: places.queues[0], redact: places.redact }, named)
  const task = meant && remote.api.view.task(meant.runId, number)
  const runId = meant?.runId ?? ''
  const hasLog = task && (remote?.api.view.attempts(task.id).length ?? 0) > 0
  const unknown = task ? undefined : unknownTask({ view: remote?.api.view, queue: places.queues[0] }, named)
  remote?.close()
  if (unknown) throw unknown
  if (!task || !hasLog) {
    diagnose(shell, `Task ${number} has not started yet.`)
    return 1
  }
  const tmux = isAttended(shell) ? await findTmux(shell) : undefined
  if (!tmux) {
    if (isAttended(shell))
      diagnose(shell, `${NO_TMUX}, so this is the log of task ${number}. Ctrl-C leaves it; the task continues.`)
    return followLog(shell, { task: number, run: runId })
  }
  const window = task.takenOver && (await tmux.find(`baton-${number}-claude`, task.id))
  const name = window ?? (await tmux.find(`baton-${number}`, task.id)) ?? (await startLog())
  await tmux.show(name, { readOnly: true })
  sayHowItIs()
  return 0

  /** The screen of tmux has taken what it showed with it. */
  function sayHowItIs(): void {
    const later = lookAt(places, shell)
    const now = later?.api.view.task(runId, number)
    later?.close()
    if (!now) return
    const run = named.run === undefined ? '' : ` --run ${named.run}`
    const more = isOver(now.status)
      ? `Its log: ${shell.call.baton} logs ${number}${run}`
      : `Back: ${shell.call.baton} attach ${number}${run}`
    diagnose(shell, `Task ${number} is ${now.status.replace('_', ' ')}. ${more}`)
  }

  async function startLog(): Promise<string> {
    const { home, project } = shell
    const which = project === undefined ? [] : ['--project', project]
    const words = [process.execPath, join(root, 'bin', 'baton.js'), '--home', home, ...which]
    const command = [...words, 'logs', String(number), '--run', runId, '--follow']
    return (await tmux?.start(`baton-${number}`, task?.id ?? '', home, command))?.name ?? ''
  }
}
