import { resolve } from 'node:path'
import type { ProjectConfig } from '../config/types.ts'
import type { TaskSpec } from '../core/types.ts'
import type { TaskView } from '../daemon/api/views.ts'
import { batonError } from '../errors.ts'
import { redactValue } from '../redact/redact-value.ts'
import { fileForTask } from '../sources/files/add-task.ts'
import { shownPath } from '../sources/files/find-files.ts'
import { planTaskFiles, type TaskPlan } from '../sources/files/plan-files.ts'
import { formatProblems } from '../taskfile/report.ts'
import { painter } from '../terminal/show/paint.ts'
import { type ListedTask, taskLines, taskListLines, taskObject } from '../terminal/show/task-text.ts'
import type { TaskCall, TaskCreateCall } from './argv/call.ts'
import { doCommand } from './do-command.ts'
import { isAttended, type Shell } from './shell/shell.ts'
import { type Loaded, loadConfig } from './state/load-config.ts'
import { openThere } from './state/open-there.ts'
import { projectOf } from './state/project.ts'
import { runTasks } from './tasks.ts'

/** The tasks of the task files: makes one, lists them, shows one. Gives the exit code. */
export async function doTask(shell: Shell, call: TaskCall): Promise<number> {
  const loaded = await loadConfig(shell)
  const project = projectOf(shell, loaded.config)
  if (call.what === 'create') return create(shell, loaded, project, call)
  const listed = list(shell, loaded, project, await readTasks(loaded, project))
  const { redact } = loaded
  const paint = painter(shell.stdout)
  const width = isAttended(shell) ? shell.stdout.columns || 80 : 100
  if (call.what === 'list') {
    if (call.json) shell.stdout.write(listed.map((task) => `${json(task)}\n`).join(''))
    else shell.stdout.write(`${taskListLines(listed, { width, paint }).map(redact).join('\n')}\n`)
    return 0
  }
  const task = listed.find(({ number }) => number === call.task)
  if (!task) throw noSuchTask(call.task, listed)
  shell.stdout.write(call.json ? `${json(task)}\n` : `${taskLines(task, { paint }).map(redact).join('\n')}\n`)
  return 0

  function json(task: ListedTask): string {
    return JSON.stringify(redactValue(redact, taskObject(task)))
  }
}

const noSuchTask = (task: number, listed: readonly { number: number }[]) =>
  batonError('usage', {
    message: `There is no task ${task} in the task files.`,
    hint: `List them with: baton task list${listed.length > 0 ? ` (1 to ${listed.length})` : ''}`,
  })

/** All tasks of the project's files, done ones too. Throws BatonError when the files cannot be read as a whole. */
async function readTasks({ config, redact }: Loaded, project: ProjectConfig, files?: string[]): Promise<TaskPlan> {
  const plan = await planTaskFiles(config, project, { all: true, ...(files && { files }) })
  const errors = plan.problems.filter(({ severity }) => severity === 'error')
  if (errors.length > 0)
    throw batonError('task-files-invalid', { problems: redact(formatProblems(errors)), count: errors.length })
  return plan
}

/** Each with how far it is: what its file says, and where it is in the latest run. */
function list(shell: Shell, loaded: Loaded, project: ProjectConfig, plan: TaskPlan): ListedTask[] {
  const remote = openThere(shell, loaded)
  try {
    const { run } = remote?.api.view.status(project.name) ?? {}
    const tasks = remote && run ? remote.api.view.tasks(run.id) : []
    return plan.tasks
      .toSorted((a, b) => a.number - b.number)
      .map(({ spec, number, dependsOn }) => {
        const inRun = tasks.find((task) => isSame(task, spec))
        return { number, spec, dependsOn, status: inRun?.status ?? (spec.done ? 'done' : 'queued'), inRun }
      })
  } finally {
    remote?.close()
  }
}

const isSame = (task: TaskView, spec: TaskSpec) => task.file === spec.origin.file && task.title === spec.title

async function create(shell: Shell, loaded: Loaded, project: ProjectConfig, call: TaskCreateCall): Promise<number> {
  const { title, branch, dependsOn = [], start, json } = call
  if (title.trim() === '')
    throw batonError('usage', { message: 'A task needs a title.', hint: 'For example: task create "Fix the footer"' })
  const { home } = loaded.config
  const file = call.file === undefined ? undefined : resolve(shell.cwd, call.file)
  const writtenTo = shownPath(home, fileForTask(home, project, file))
  const known = dependsOn.length > 0 ? await readTasks(loaded, project) : undefined
  const after = known ? namesOf(dependsOn, known, writtenTo) : []
  let written: { where: string } | undefined
  const exitCode = await doCommand(
    shell,
    {
      command: {
        type: 'add',
        text: title,
        ...(file !== undefined && { file }),
        ...(branch !== undefined && { branch }),
        ...(after.length > 0 && { dependsOn: after.join(', ') }),
      },
      yes: false,
      json,
    },
    ({ data }) => {
      if (typeof data?.where === 'string') written = { where: data.where }
    },
  )
  if (exitCode !== 0 || !start || written === undefined) return exitCode
  const [, path = '', line = ''] = /^(.*):(\d+)$/.exec(written.where) ?? []
  // Alone, unless it waits for tasks of other files, which are then in the same run.
  const files = [...new Set([...(known?.files ?? []), path])].map((one) => resolve(home, one))
  const { tasks } = await readTasks(loaded, project, files)
  const made = tasks.find(({ spec }) => spec.origin.line === Number(line) && spec.origin.file === path)
  if (!made) throw noSuchTask(tasks.length, tasks)
  const only = withWhatItNeeds(made.number, tasks)
  return runTasks(shell, {
    ...{ files, only, json, autoApprove: false, resume: false, all: false, dryRun: false },
  })
}

/**
 * What tasks are called in the file that a new one is written into. People call them by their place over all files; a file
 * knows its own headings' numbers and titles, and those of another as `other.md#2`, whatever else is called alike.
 */
function namesOf(numbers: readonly number[], { tasks }: TaskPlan, writtenTo: string): string[] {
  return numbers.map((number) => {
    const task = tasks.find((one) => one.number === number)
    if (!task) throw noSuchTask(number, tasks)
    const { headingNumber, title, origin } = task.spec
    const own = String(headingNumber ?? title)
    if (origin.file === writtenTo) return own
    // A comma would end the name.
    return origin.file?.includes(',') ? title : `${origin.file}#${own}`
  })
}

/** A task and everything that must be done before it. */
function withWhatItNeeds(number: number, tasks: TaskPlan['tasks']): number[] {
  const needed = new Set([number])
  for (const one of needed)
    for (const before of tasks.find((task) => task.number === one)?.dependsOn ?? []) needed.add(before)
  return [...needed].toSorted((a, b) => a - b)
}
