import { join } from 'node:path'
import { followLog } from '../follow-log.ts'
import { diagnose, isAttended, type Shell } from '../shell/shell.ts'
import { findPlaces, lookAt } from '../state/places.ts'
import { findTmux } from './tmux.ts'

/**
 * Follows a task, read only: its log in a session of tmux, where several can look on, or the window of a person who has taken
 * it over. Without tmux, or without a terminal, the log itself. `root` is the folder of this program.
 */
export async function attachTask(shell: Shell, { task: number }: { task: number }, root: string): Promise<number> {
  const places = await findPlaces(shell)
  const remote = lookAt(places, shell)
  const run = remote?.api.view.latestRun(places.queues[0])
  const task = run && remote?.api.view.task(run.id, number)
  const hasLog = task && (remote?.api.view.attempts(task.id).length ?? 0) > 0
  remote?.close()
  if (!task || !hasLog) {
    diagnose(shell, task ? `Task ${number} has not started yet.` : `There is no task ${number} in the latest run.`)
    return 1
  }
  const tmux = isAttended(shell) ? await findTmux(shell) : undefined
  if (!tmux) return followLog(shell, { task: number })
  const window = task.takenOver && (await tmux.find(`baton-${number}-claude`, task.id))
  const name = window ?? (await tmux.find(`baton-${number}`, task.id)) ?? (await startLog())
  await tmux.show(name, { readOnly: true })
  return 0

  async function startLog(): Promise<string> {
    const { home, project } = shell
    const which = project === undefined ? [] : ['--project', project]
    const words = [process.execPath, join(root, 'bin', 'baton.js'), '--home', home, ...which]
    const command = [...words, 'logs', String(number), '--follow']
    return (await tmux?.start(`baton-${number}`, task?.id ?? '', home, command))?.name ?? ''
  }
}
