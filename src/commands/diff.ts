import { createArtifacts } from '../artifacts/artifacts.ts'
import type { TaskDiff } from '../daemon/api/artifacts.ts'
import { taskInView } from '../daemon/api/task-in-view.ts'
import { openDatabase } from '../store/open.ts'
import { createReader } from '../store/read.ts'
import { diffLine } from '../terminal/show/ask-text.ts'
import { clean } from '../terminal/show/clean.ts'
import { painter } from '../terminal/show/paint.ts'
import { diagnose, type Shell } from './shell/shell.ts'
import { loadConfig } from './state/load-config.ts'
import { openThere } from './state/open-there.ts'
import { projectOf } from './state/project.ts'
import { taskNamed, unknownTask } from './state/task-named.ts'

/** Shows what a task changed; without a number, the last one that was worked on. */
export async function showDiff(shell: Shell, { task, ...named }: { task?: number; run?: string }): Promise<number> {
  const loaded = await loadConfig(shell)
  const { config, redact } = loaded
  const remote = openThere(shell, loaded)
  const { run } = named
  if (run !== undefined && task !== undefined && !remote?.api.view.run(run)) {
    const { askElsewhere } = await import('./state/ask-elsewhere.ts')
    const there = await askElsewhere(shell, { run, task }, 'diff')
    if (there) {
      remote?.close()
      return showThere(shell, redact, there)
    }
  }
  const look = remote && { view: remote.api.view, queue: projectOf(shell, config).name, redact }
  const id =
    look && (task === undefined ? taskInView(look.view, look.queue)?.id : taskOf(shell, look, { task, ...named }))
  remote?.close()
  if (id === undefined) {
    diagnose(shell, task === undefined ? 'No task has run yet.' : `Task ${task} has not run yet.`)
    return 1
  }
  const db = openDatabase(config.stateDir, { readOnly: true })
  try {
    const artifacts = createArtifacts({
      read: createReader(db),
      logsDir: config.logsDir,
      exclude: [config.stateDir, config.logsDir],
      projects: config.projects,
    })
    return show(shell, redact, await artifacts.diff(id))
  } finally {
    db.close()
  }
}

function show(shell: Shell, redact: (text: string) => string, diff: TaskDiff): number {
  if (!diff.ok) {
    diagnose(shell, redact(diff.why))
    return 1
  }
  print(shell, redact, diff.patch.toString('utf8'))
  diagnose(shell, `${redact(diff.stat)}${diff.truncated ? TOO_LONG : ''}`)
  return 0
}

const TOO_LONG = '\nThe rest is too long to show.'

function print(shell: Shell, redact: (text: string) => string, patch: string): void {
  const paint = painter(shell.stdout)
  const text = patch.replace(/\n$/, '')
  const lines = redact(text).split('\n')
  if (text === '') diagnose(shell, 'No changes.')
  else shell.stdout.write(`${lines.map((line) => diffLine(clean(line), paint)).join('\n')}\n`)
}

/** What a task changed on another machine. */
function showThere(
  shell: Shell,
  redact: (text: string) => string,
  { machine, status, json }: { machine: string; status: number; json: Record<string, unknown> },
): number {
  if (status !== 200) {
    diagnose(shell, `No changes of it are recorded on ${machine}.`)
    return 1
  }
  print(shell, redact, String(json.patch ?? ''))
  diagnose(shell, `On ${machine}.${json.truncated === true ? TOO_LONG : ''}`)
  return 0
}

type Look = Parameters<typeof taskNamed>[1]

function taskOf(shell: Shell, look: Look, named: { task: number; run?: string }): string | undefined {
  const task = taskNamed(shell, look, named)
  if (!task) throw unknownTask(look, named)
  return task.attempts > 0 ? task.id : undefined
}
