import type { ProjectConfig } from '../config/types.ts'
import type { Command } from '../core/commands/commands.ts'
import { isWorkedOnHere } from '../core/machine-target.ts'
import { isOver } from '../core/status.ts'
import type { DaemonApi } from '../daemon/api/api.ts'
import { batonError } from '../errors.ts'
import { redactValue } from '../redact/redact-value.ts'
import type { TaskPlan } from '../sources/files/plan-files.ts'
import type { Holder } from '../store/lock.ts'
import { replyText } from '../terminal/show/how-to.ts'
import { painter } from '../terminal/show/paint.ts'
import { planLines, planObjects } from '../terminal/show/plan-text.ts'
import type { TasksCall } from './argv/call.ts'
import { handOver } from './run/hand-over.ts'
import { planOrRefuse } from './run/plan-or-refuse.ts'
import { preflight } from './run/preflight.ts'
import { requireClaude } from './run/require-claude.ts'
import { resolveFiles } from './run/resolve-files.ts'
import { showSummary } from './run/show-summary.ts'
import { type WorkOptions, workHere } from './run/work-here.ts'
import { openDiagnostics } from './shell/diagnostics.ts'
import { openOwnLog } from './shell/own-log.ts'
import { diagnose, isAttended, type Shell } from './shell/shell.ts'
import { alreadyRunning } from './state/already-running.ts'
import { type Loaded, loadConfig } from './state/load-config.ts'
import { openHere, prepareToOpen } from './state/open-here.ts'
import { lookAfter, openThere } from './state/open-there.ts'
import { projectOf, takesAnswersHere } from './state/project.ts'

/** Works through task files from the terminal, or continues the run that was left. Gives the exit code. */
export async function runTasks(
  shell: Shell,
  call: TasksCall,
  { answerer }: Pick<WorkOptions, 'answerer'> = {},
): Promise<number> {
  const loaded = await loadConfig(shell)
  const project = projectOf(shell, loaded.config)
  const plan = await planOf(shell, loaded, project, call)
  if (plan && call.dryRun) return showPlan(shell, loaded, project, plan, call)
  if (plan && plan.tasks.length === 0) return nothingToDo(shell, loaded, plan, call.json)
  const on = call.on ?? otherMachine(loaded, plan)
  if (plan && on !== undefined) {
    const { offerTasks } = await import('./run/offer-tasks.ts')
    return offerTasks(shell, loaded, project, plan, { ...call, on })
  }

  const before = lookBefore(shell, loaded, project)
  if (before.holder?.kind === 'tasks') throw alreadyRunning(before.holder)
  const command = plan ? startOf(shell, call) : resumeOf(call)
  const options = {
    json: call.json,
    queue: project.name,
    alreadyDone: plan?.alreadyDone ?? 0,
    onFailure: project.onFailure,
    answersHere: takesAnswersHere(project),
  }
  if (before.holder) return handOver(shell, loaded, command, options)
  if (!plan && !before.canResume) return nothingToResume(shell, loaded, before.latest, call.json)

  const needsClaude = plan ? plan.tasks.some(({ spec }) => !spec.run) : before.needsClaude
  prepareToOpen()
  await preflight(loaded, project, { env: shell.env, needsClaude: false })
  // Opening takes as long as Claude's answer about its version and login: one beside the other.
  const claude = needsClaude ? requireClaude(project, shell.env, loaded.config.stateDir) : Promise.resolve()
  // Told of below, also where opening fails first.
  claude.catch(() => undefined)
  const attended = (isAttended(shell) && !call.json && options.answersHere) || answerer !== undefined
  const around = { diagnostics: openDiagnostics(shell, loaded.redact), log: openOwnLog(loaded) }
  const opened = await openHere(shell, loaded, attended, around)
  try {
    await claude
  } catch (error) {
    if ('runner' in opened) await opened.runner.stop()
    await around.log.close()
    throw error
  }
  if ('holder' in opened) {
    if (opened.holder.kind === 'tasks') throw alreadyRunning(opened.holder)
    return handOver(shell, loaded, command, options)
  }
  if (plan && before.putAside !== undefined) {
    diagnose(shell, `${loaded.redact(before.putAside)} was set aside; --resume would have continued it.`)
  }
  const worked = await workHere(shell, loaded, opened.runner, command, {
    ...options,
    ...around,
    ...(answerer && { answerer }),
    look: lookAfter(shell, loaded),
  })
  if ('exitCode' in worked) return worked.exitCode
  const { refused } = worked
  if (refused.ok) diagnose(shell, replyText(refused, shell.call))
  else throw batonError('usage', { message: loaded.redact(replyText(refused, shell.call)) })
  return 0
}

/** The machine that the files name, where that is not this one. */
function otherMachine({ config, secrets }: Loaded, plan: TaskPlan | undefined): string | undefined {
  const machine = plan?.machine
  if (machine === undefined) return undefined
  return isWorkedOnHere(machine, config.machine, secrets.databaseUrl !== undefined) ? undefined : machine
}

/** What a start would work on; undefined: the run that was left continues. */
async function planOf(
  shell: Shell,
  loaded: Loaded,
  project: ProjectConfig,
  call: TasksCall,
): Promise<TaskPlan | undefined> {
  if (call.resume && call.files.length === 0) return undefined
  const plan = await planOrRefuse(shell, loaded, project, call)
  if (!call.resume || plan.tasks.length === 0) return plan
  const { left = [] } = lookBefore(shell, loaded, project)
  if (left.length > 0 && [...left].sort().join('\n') === [...plan.files].sort().join('\n')) return undefined
  diagnose(shell, `No run of ${loaded.redact(plan.files.join(', '))} was left, so a new one starts with what is to do.`)
  return plan
}

const resumeOf = ({ autoApprove }: TasksCall): Command => ({ type: 'resume', ...(autoApprove && { autoApprove }) })

function startOf(shell: Shell, { files, autoApprove, only, all }: TasksCall): Command {
  return {
    type: 'start',
    ...(files.length > 0 && { files: resolveFiles(shell, files) }),
    autoApprove,
    ...(only && { only }),
    all,
    supersede: true,
  }
}

/** What is there before this process does anything. */
interface Before {
  holder?: Holder
  /** A run that was left and that a new one takes the place of. */
  putAside?: string
  canResume: boolean
  /** The files of the run that would be resumed. */
  left?: string[]
  needsClaude: boolean
  /** How the latest run ended, where there is nothing to resume. */
  latest?: string
}

function lookBefore(shell: Shell, loaded: Loaded, project: ProjectConfig): Before {
  const remote = openThere(shell, loaded)
  if (!remote) return { canResume: false, needsClaude: false }
  try {
    const holder = remote.holder()
    return { ...(holder && { holder }), ...lookAtRun(remote.api, project.name) }
  } finally {
    remote.close()
  }
}

function lookAtRun({ view }: Pick<DaemonApi, 'view'>, queue: string): Omit<Before, 'holder'> {
  const { run } = view.status(queue)
  if (!run) return { canResume: false, needsClaude: false }
  const hasEnded = run.status === 'done' || run.status === 'failed'
  const stopped = view.runs({ queue }).find(({ status }) => status === 'stopped')
  const resumed = hasEnded || run.status === 'stopped' ? stopped : run
  const left = view.tasks(run.id).filter(({ status }) => !isOver(status))
  const wasLeft = !hasEnded && (run.status !== 'stopped' || run.reason === 'interrupted') && left.length > 0
  return {
    canResume: !hasEnded || stopped !== undefined,
    ...(resumed && { left: resumed.files }),
    needsClaude: hasEnded || left.some(({ id }) => !view.fullTask(id)?.spec.run),
    ...(wasLeft && { putAside: `An earlier run (${run.files.join(', ')}, ${left.length} left)` }),
    latest: run.status,
  }
}

function nothingToResume(shell: Shell, { redact }: Loaded, latest: string | undefined, json: boolean): number {
  if (latest === undefined)
    throw batonError('usage', {
      message: 'There is nothing to resume: nothing has run here yet.',
      hint: 'Start with: baton tasks',
    })
  const next = latest === 'done' ? 'Start what is new with: baton tasks' : 'Retry a task with: baton retry N'
  diagnose(shell, `There is nothing to resume: the latest run has ended (${latest}).\n  ${next}`)
  const exitCode = latest === 'done' ? 0 : 1
  if (json) {
    const summary = { exitCode, runs: [], tasks: [], alreadyDone: 0, asks: [], decided: [], durationMs: 0 }
    showSummary(shell, summary, { json, redact })
  }
  return exitCode
}

function nothingToDo(shell: Shell, { redact }: Loaded, { files, alreadyDone }: TaskPlan, json: boolean): number {
  diagnose(shell, `Nothing to do: every task in ${redact(files.join(', '))} is already done; --all runs them again.`)
  if (json) {
    const summary = { exitCode: 0, runs: [], tasks: [], alreadyDone, asks: [], decided: [], durationMs: 0 }
    showSummary(shell, summary, { json, redact })
  }
  return 0
}

function showPlan(shell: Shell, { redact }: Loaded, project: ProjectConfig, plan: TaskPlan, call: TasksCall): number {
  const { files, tasks, alreadyDone } = plan
  const shown = { files, tasks, alreadyDone, autoApprove: call.autoApprove, approval: project.approval }
  const lines = call.json
    ? planObjects(shown).map((object) => JSON.stringify(redactValue(redact, object)))
    : planLines(shown, painter(shell.stdout)).map(redact)
  shell.stdout.write(`${lines.join('\n')}\n`)
  return 0
}
