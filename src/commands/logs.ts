import { latestLogOf, taskInView } from '../daemon/api/task-in-view.ts'
import { batonError } from '../errors.ts'
import { clean } from '../terminal/show/clean.ts'
import { tail } from '../terminal/tail.ts'
import { diagnose, type Shell } from './shell/shell.ts'
import { findPlaces, lookAt } from './state/places.ts'
import { taskNamed, unknownTask } from './state/task-named.ts'

type Look = Parameters<typeof taskNamed>[1]

/** Shows the end of the log of a task of the latest run; without a number, of the running task or the last one that ran. */
export async function showLogs(
  shell: Shell,
  { task, lines, follow = false, ...named }: { task?: number; run?: string; lines: number; follow?: boolean },
): Promise<number> {
  if (follow && task !== undefined) return (await import('./follow-log.ts')).followLog(shell, { task, lines, ...named })
  if (follow) throw batonError('usage', { message: 'Which task? For example: logs 3 --follow' })
  const places = await findPlaces(shell)
  const { redact } = places
  const remote = lookAt(places, shell)
  const { run } = named
  try {
    if (run !== undefined && task !== undefined && !remote?.api.view.run(run)) {
      const { askElsewhere } = await import('./state/ask-elsewhere.ts')
      const there = await askElsewhere(shell, { run, task }, 'log')
      if (there) return showThere(shell, there, { task, lines, redact })
    }
    const look = remote && { view: remote.api.view, queue: places.queues[0], redact }
    const file = look && (task === undefined ? latestLogIn(look) : logOf(shell, look, { task, ...named }))
    if (file === undefined)
      throw batonError('usage', {
        message: task === undefined ? 'There is no log yet.' : `There is no log of task ${task} yet.`,
        hint: 'A log begins when its task starts; see what is running, on other machines too, with: baton status',
      })
    diagnose(shell, file)
    const shown = tail(file, lines)
    if (shown.length > 0) shell.stdout.write(`${shown.map((line) => redact(clean(line))).join('\n')}\n`)
    return 0
  } finally {
    remote?.close()
  }
}

/** The end of a log that another machine has. */
function showThere(
  shell: Shell,
  { machine, json }: { machine: string; json: Record<string, unknown> },
  { task, lines, redact }: { task: number; lines: number; redact: (text: string) => string },
): number {
  const text = String(json.text ?? '').replace(/\n$/, '')
  if (text === '') throw batonError('usage', { message: `There is no log of task ${task} on ${machine} yet.` })
  diagnose(shell, `On ${machine}:`)
  const end = text.split('\n').slice(-lines)
  shell.stdout.write(`${end.map((line) => redact(clean(line))).join('\n')}\n`)
  return 0
}

function latestLogIn({ view, queue }: Look): string | undefined {
  const task = taskInView(view, queue)
  return task && latestLogOf(view, task.id)
}

function logOf(shell: Shell, look: Look, named: { task: number; run?: string }): string | undefined {
  const task = taskNamed(shell, look, named)
  if (task) return look.view.attempts(task.id).at(-1)?.logFile
  throw unknownTask(look, named)
}
