import { isAsItShouldBe, missingText } from '../../core/deploy/words.ts'
import type { ChatContext } from '../context.ts'
import { nameProject } from '../name-project.ts'
import { renderCost } from '../render/cost.ts'
import { renderFileChoice } from '../render/file-choice.ts'
import { renderHelp } from '../render/help.ts'
import { renderNotice } from '../render/notice.ts'
import { renderOverview } from '../render/overview.ts'
import { renderProjectCosts, renderProjects, renderProjectTasks } from '../render/projects.ts'
import { renderTaskList } from '../render/task-list.ts'
import { inShort } from '../show-ask.ts'
import type { CostView, OverviewView } from '../views.ts'
import type { CommandCall, CommandHandler } from './call.ts'
import { costElsewhere, runsElsewhere, tasksElsewhere } from './elsewhere.ts'

/** How many tasks are searched for what comes next. */
const LOOK_AHEAD = 20

/** The current state, from the database alone: it answers at once whatever runs. */
export const status: CommandHandler = async (call) => {
  const { chat, ctx, queue } = call
  const { redact } = chat.deps
  const all = allProjects(call)
  if (all) ctx.say(renderProjects(redact(all.map((name) => overviewOf(chat, name))), chat.moment()))
  else ctx.say(nameProject(chat, queue, renderOverview(redact(overviewOf(chat, queue)), chat.moment())))
  const wrong = chat.deps.api.view
    .environments()
    .flatMap(({ environment }) => (isAsItShouldBe(environment) ? [] : [missingText(environment)]))
  if (wrong.length > 0) ctx.say(renderNotice(redact(wrong.join('\n')), { mark: '⚠️', silent: true }))
  const elsewhere = await runsElsewhere(chat.deps)
  if (elsewhere.length > 0) ctx.say(renderNotice(redact(elsewhere.join('\n'))))
}

/** Every project, where there are several and none is named. */
function allProjects({ chat, named }: CommandCall): string[] | undefined {
  const queues = chat.deps.api.view.queues()
  return named === undefined && queues.length > 1 ? queues : undefined
}

function overviewOf({ deps }: ChatContext, queue: string): OverviewView {
  const { view } = deps.api
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
export const tasks: CommandHandler = async (call) => {
  await ownTasks(call)
  const { chat, ctx, named } = call
  const elsewhere = named === undefined ? await tasksElsewhere(chat.deps) : []
  if (elsewhere.length > 0) ctx.say(renderNotice(chat.deps.redact(elsewhere.join('\n\n'))))
}

const ownTasks: CommandHandler = async (call) => {
  const { chat, ctx, queue } = call
  const { deps } = chat
  const { view } = deps.api
  const all = allProjects(call)?.map((name) => {
    const run = view.latestRun(name)
    return { queue: name, ...(run && { list: { run, tasks: view.tasks(run.id) } }) }
  })
  if (all) return ctx.say(renderProjectTasks(deps.redact(all)))
  const run = view.latestRun(queue)
  if (run) ctx.say(showTaskPage(chat, run.id, 0) ?? renderNotice('This run is no longer stored.'))
  else {
    const choice = renderFileChoice(deps.redact(await deps.taskFiles(queue)), { nothingRan: true })
    ctx.say(nameProject(chat, queue, choice))
  }
}

/** A page of a run's list; undefined when the run is gone. */
export function showTaskPage(chat: ChatContext, runId: string, page: number) {
  const { deps } = chat
  const { view } = deps.api
  const run = view.run(runId)
  const asked = view.openAsks().map((ask) => ask.taskId)
  const list = run && renderTaskList(deps.redact({ run, tasks: view.tasks(runId), page, asked }))
  return list && nameProject(chat, run.queue, list)
}

/** What it cost. */
export const showCost: CommandHandler = async (call) => {
  const { chat, ctx, named } = call
  await ownCost(call)
  const { view } = chat.deps.api
  const own = view.queues().reduce((sum, name) => sum + view.status(name).todayUsd, 0)
  const elsewhere = named === undefined ? await costElsewhere(chat.deps, own) : undefined
  if (elsewhere !== undefined) ctx.say(renderNotice(chat.deps.redact(elsewhere)))
}

const ownCost: CommandHandler = async (call) => {
  const { chat, ctx, queue } = call
  const { redact } = chat.deps
  const all = allProjects(call)?.map((name) => ({ queue: name, ...costOf(chat, name) }))
  if (all) return ctx.say(renderProjectCosts(redact(all)))
  ctx.say(nameProject(chat, queue, renderCost(redact(costOf(chat, queue)))))
}

function costOf({ deps }: ChatContext, queue: string): CostView {
  const { todayUsd, run, dayBudgetUsd: raised } = deps.api.view.status(queue)
  const { dayUsd: configured, runUsd } = deps.budgetOf?.(queue) ?? {}
  const dayUsd = raised ?? configured
  return {
    todayUsd,
    ...(dayUsd !== undefined && { dayBudgetUsd: dayUsd }),
    ...(run && { run }),
    ...(runUsd !== undefined && { runBudgetUsd: runUsd }),
    tasks: run ? deps.api.view.tasks(run.id) : [],
  }
}

export const help: CommandHandler = async ({ ctx }) => ctx.say(renderHelp())

/** A link that works once, for a browser on the same network. */
export const dashboard: CommandHandler = async ({ chat, ctx }: CommandCall) => {
  // Everybody who reads the chat could open it.
  if (chat.transport.isShared(ctx.chatId)) return ctx.say(renderNotice(NOT_SHARED, { mark: '🔗' }))
  const link = chat.deps.dashboardLink?.(ctx.by)
  const note = link !== undefined && isLoopback(link) ? `\n\n${ONLY_HERE}` : ''
  const text = link
    ? `This link opens the dashboard once:\n${link}${note}`
    : 'The dashboard is turned off (http.enabled).'
  ctx.say(renderNotice(text, { mark: '🔗' }))
}

const NOT_SHARED = 'A link to the dashboard goes to private chats only. Send me /dashboard there.'
const ONLY_HERE =
  'It opens only on the machine that Baton runs on. For other devices set http.host, or http.url behind a proxy.'

function isLoopback(link: string): boolean {
  const host = URL.parse(link)?.hostname ?? ''
  return host === 'localhost' || host === '[::1]' || host.startsWith('127.')
}
