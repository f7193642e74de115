import type { ChatContext } from '../context.ts'
import { renderCost } from '../render/cost.ts'
import { renderFileChoice } from '../render/file-choice.ts'
import { renderHelp } from '../render/help.ts'
import { renderNotice } from '../render/notice.ts'
import { renderOverview } from '../render/overview.ts'
import { renderTaskList } from '../render/task-list.ts'
import { inShort } from '../show-ask.ts'
import type { OverviewView } from '../views.ts'
import type { Call, CommandHandler } from './call.ts'
import { projectsAtWork } from './project-meant.ts'

/** Tasks looked through for what comes next. */
const LOOK_AHEAD = 20

/** What is going on, from the database alone: it answers at once whatever runs. */
export const status: CommandHandler = async ({ chat, ctx, queue, named }) => {
  const busy = named === undefined ? projectsAtWork(chat.deps.face.view) : []
  for (const name of busy.length > 0 ? busy : [queue])
    ctx.say(renderOverview(chat.deps.redact(overviewOf(chat, name)), chat.moment()))
}

function overviewOf({ deps }: ChatContext, queue: string): OverviewView {
  const { view } = deps.face
  const status = view.status(queue)
  const at = { offset: status.current?.number ?? 0, limit: LOOK_AHEAD }
  const next = status.run ? view.tasks(status.run.id, at).filter((task) => task.status === 'queued') : []
  const dayBudgetUsd = status.dayBudgetUsd ?? deps.budgetOf?.(queue).dayUsd
  const start = deps.nextStarts?.().find(({ project }) => project === queue)
  return {
    status: { ...status, asks: status.asks.map(inShort) },
    next,
    ...(dayBudgetUsd !== undefined && { dayBudgetUsd }),
    ...(start && { nextStart: { at: start.at, files: start.files ?? ['the task files'] } }),
  }
}

/** The list of tasks, by pages. */
export const tasks: CommandHandler = async ({ chat, ctx, queue }) => {
  const { deps } = chat
  const run = deps.face.view.latestRun(queue)
  if (run) ctx.say(taskPage(chat, run.id, 0) ?? renderNotice('This run is no longer kept.'))
  else ctx.say(renderFileChoice(deps.redact(await deps.taskFiles(queue)), { nothingRan: true }))
}

/** A page of a run's list; undefined when the run is gone. */
export function taskPage({ deps }: ChatContext, runId: string, page: number) {
  const { view } = deps.face
  const run = view.run(runId)
  const asked = view.openAsks().map((ask) => ask.taskId)
  return run && renderTaskList(deps.redact({ run, tasks: view.tasks(runId), page, asked }))
}

/** What it cost. */
export const cost: CommandHandler = async ({ chat, ctx, queue }) => {
  const { deps } = chat
  const { todayUsd, run, dayBudgetUsd: raised } = deps.face.view.status(queue)
  const { dayUsd: configured, runUsd } = deps.budgetOf?.(queue) ?? {}
  const dayUsd = raised ?? configured
  const view = {
    todayUsd,
    ...(dayUsd !== undefined && { dayBudgetUsd: dayUsd }),
    ...(run && { run }),
    ...(runUsd !== undefined && { runBudgetUsd: runUsd }),
    tasks: run ? deps.face.view.tasks(run.id) : [],
  }
  ctx.say(renderCost(deps.redact(view)))
}

export const help: CommandHandler = async ({ ctx }) => ctx.say(renderHelp())

/** A link that works once, for a browser on the same network. */
export const dashboard: CommandHandler = async ({ chat, ctx }: Call) => {
  const link = chat.deps.dashboardLink?.(ctx.by.who)
  const text = link ? `This link opens the dashboard once:\n${link}` : 'The dashboard is switched off (http.enabled).'
  ctx.say(renderNotice(text, { mark: '🔗' }))
}
