import { z } from 'zod'
import { actorText } from '../../core/actors.ts'
import type { StatusView } from '../../daemon/api/views.ts'
import { addDays, costByDay } from '../cost.ts'
import { HttpFailure } from '../failure.ts'
import { healthOf } from '../health.ts'
import { askAll } from '../machines/ask-all.ts'
import { othersOf } from '../machines/others.ts'
import type { Parts } from '../parts.ts'
import { askBriefOf } from '../present/ask.ts'
import { liveOf } from '../present/live.ts'
import { iso } from '../present/moment.ts'
import { runOf } from '../present/run.ts'
import { taskRowOf } from '../present/task.ts'
import { defineRoute, type Route } from '../route.ts'
import { askBrief } from '../schemas/ask.ts'
import { project, queryNumber } from '../schemas/common.ts'
import { cost, overview, projects } from '../schemas/overview.ts'
import { queueNamed } from '../submit.ts'
import { tasksOfRun } from '../task-pages.ts'
import { runNamed, sessionParams } from './sessions.ts'

const AROUND = 12
const BEFORE = 3

/** What the dashboard opens with, and what it draws. */
export function overviewRoutes(parts: Parts): Route[] {
  const { view } = parts.api
  const access = 'token' as const
  return [
    defineRoute({
      method: 'get',
      path: '/api/overview',
      access,
      summary: 'Everything at a glance, and where to follow the events from',
      query: z.object({ project }),
      answers: { 200: { description: 'The queue, what is running and the open questions', schema: overview } },
      handle: ({ query }) => ({ json: overviewOf(parts, queueNamed(parts, query.project)) }),
    }),
    defineRoute({
      method: 'get',
      path: '/api/projects',
      access,
      summary: 'Every project: what is running in it, for how long, and how many decisions are waiting',
      answers: { 200: { description: 'The projects in the order of the configuration', schema: projects } },
      handle: () => ({ json: projectsOf(parts) }),
    }),
    defineRoute({
      method: 'get',
      path: '/api/cost',
      access,
      summary: 'Cost by the day on which runs started',
      query: z.object({ days: queryNumber(1, 366, 30) }),
      answers: { 200: { description: 'One entry a day, oldest first', schema: cost } },
      handle: async ({ query, req }) => {
        const { answers, away } = await askAll(parts, req, cost)
        const others = answers.map(({ answer }) => answer)
        const days = addDays([costByDay(view, query.days, parts.now()), ...others.map((other) => other.days)])
        const here = view.queues().reduce((sum, queue) => sum + view.status(queue).todayUsd, 0)
        return {
          json: {
            days,
            total_usd: days.reduce((sum, day) => sum + day.cost_usd, 0),
            today_usd: others.reduce((sum, other) => sum + other.today_usd, here),
            ...(away.length > 0 && { machines_away: away }),
          },
        }
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/task-files',
      access,
      summary: 'The task files',
      answers: {
        200: {
          description: 'Paths, relative to the home folder',
          schema: z.object({ task_files: z.array(z.string()) }),
        },
      },
      handle: async () => ({ json: { task_files: (await parts.taskFiles?.()) ?? [] } }),
    }),
    defineRoute({
      method: 'get',
      path: '/api/sessions/:session_id/report',
      access,
      summary: 'The report of a run, as Markdown',
      params: sessionParams,
      answers: { 200: { description: 'The report', type: 'text/markdown' } },
      handle: async ({ params }) => {
        const text = await parts.report?.(runNamed(parts, params.session_id).id)
        if (text === undefined) throw new HttpFailure(404, 'no-report', 'There is no report of this run.')
        return { text: parts.redact(text), type: 'text/markdown; charset=utf-8' }
      },
    }),
  ]
}

function projectsOf(parts: Parts): z.output<typeof projects> {
  const { now } = parts
  const { view } = parts.api
  const seq = view.lastSeq()
  return {
    now: iso(now()),
    seq,
    projects: view.queues().map((name) => {
      const status = view.status(name)
      return { ...glanceOf(status), open_asks: status.asks.length, queued_total: status.queuedTotal }
    }),
    elsewhere: openElsewhere(parts),
  }
}

/** Runs of other machines that are not over. */
const openElsewhere = (parts: Parts) => othersOf(parts).sessions.filter(({ completed_at }) => completed_at === null)

/** What is shown of a project, on its own page and among others. */
function glanceOf({ queue, run, running, current, lives, live, hold, paused, todayUsd }: StatusView) {
  return {
    project: queue,
    session: run ? runOf(run) : null,
    current: current ? taskRowOf(current) : null,
    running: running.map(taskRowOf),
    live: live ? liveOf(live) : null,
    lives: lives.map(liveOf),
    hold: hold ? { why: hold.why, text: hold.text, until: iso(hold.until) } : null,
    paused: paused ? { mode: paused.mode, by: actorText(paused.by), at: iso(paused.at) } : null,
    today_usd: todayUsd,
  }
}

function overviewOf(parts: Parts, queue: string | undefined): z.output<typeof overview> {
  const { view } = parts.api
  // Read before the state: what happens in between is then followed a second time rather than missed.
  const seq = view.lastSeq()
  parts.hub.tellMoment()
  const status = view.status(queue)
  const { run, current } = status
  const offset = Math.max(0, (current?.number ?? 1) - 1 - BEFORE)
  const others = othersOf(parts)
  return {
    ...glanceOf(status),
    projects: view.queues(),
    now: iso(parts.now()),
    seq,
    asks: [...view.openAsks().map(askBriefOf), ...others.asks.map((one) => askBrief.parse(one))],
    elsewhere: openElsewhere(parts),
    around: { tasks: run ? tasksOfRun(parts, run, { offset, limit: AROUND }).tasks.map(taskRowOf) : [], offset },
    queued_sessions: status.queuedRuns.map(runOf),
    queued_total: status.queuedTotal,
    github: parts.gitHubRepo?.(queue ?? status.queue) ?? null,
    health: healthOf(parts),
  }
}
