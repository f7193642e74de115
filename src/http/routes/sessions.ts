import { z } from 'zod'
import { latestLogOf } from '../../daemon/api/task-in-view.ts'
import type { RunView } from '../../daemon/api/views.ts'
import { shownAsks } from '../asks-shown.ts'
import { HttpFailure } from '../failure.ts'
import { othersOf } from '../machines/others.ts'
import type { Parts } from '../parts.ts'
import { runOf } from '../present/run.ts'
import { runSummaryOf } from '../present/run-summary.ts'
import { presentTask, taskRowOf } from '../present/task.ts'
import { defineRoute, type Route } from '../route.ts'
import { project, queryNumber, taskStatuses } from '../schemas/common.ts'
import { runDetail, runList, run as runSchema, runSummarySchema, taskPageSchema } from '../schemas/run.ts'
import { queueNamed } from '../submit.ts'
import { tasksOfRun } from '../task-pages.ts'

export const sessionParams = z.object({ session_id: z.string().max(200) })

/** The run of a request's address. Throws HttpFailure when there is none. */
export function runNamed({ api }: Pick<Parts, 'api'>, id: string): RunView {
  const run = api.view.run(id)
  if (!run) throw new HttpFailure(404, 'no-such-session', 'There is no such session.')
  return run
}

const newestFirst = (a: { created_at: string }, b: { created_at: string }) => b.created_at.localeCompare(a.created_at)

/** Runs and their tasks. */
export function sessionRoutes(parts: Parts): Route[] {
  const { view } = parts.api
  const access = 'token' as const
  return [
    defineRoute({
      method: 'get',
      path: '/api/status/:session_id',
      access,
      summary: 'A run with its tasks and open questions',
      params: sessionParams,
      answers: { 200: { description: 'The run', schema: runDetail } },
      handle: ({ params }) => {
        const run = runNamed(parts, params.session_id)
        const logOf = ({ id, attempts }: { id: string; attempts: number }) =>
          attempts > 0 ? latestLogOf(view, id) : undefined
        const asks = view.openAsks().filter((ask) => ask.runId === run.id)
        return {
          json: {
            ...runOf(run),
            tasks: view.tasks(run.id).map((task) => presentTask(task, logOf)),
            asks: shownAsks(parts, asks),
          },
        }
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/sessions',
      access,
      summary: 'Every run, newest first',
      query: z.object({ limit: queryNumber(1, 1_000, 500), offset: queryNumber(0, 1_000_000, 0), project }),
      answers: { 200: { description: 'Runs; `next` is the offset of the following page', schema: runList } },
      handle: ({ query: { limit, offset, project: name } }) => {
        const queue = queueNamed(parts, name)
        const runs = view.runs({ limit: limit + 1, offset, ...(queue !== undefined && { queue }) })
        // Those of other machines come with the first page.
        const others =
          offset === 0 ? othersOf(parts).sessions.filter((run) => queue === undefined || run.project === queue) : []
        const sessions = [...others, ...runs.slice(0, limit).map(runOf)]
        return {
          json: { sessions: sessions.toSorted(newestFirst), next: runs.length > limit ? offset + limit : null },
        }
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/sessions/:session_id',
      access,
      summary: 'A run at a glance, without its tasks',
      params: sessionParams,
      answers: { 200: { description: 'The run', schema: runSchema } },
      handle: ({ params }) => ({ json: runOf(runNamed(parts, params.session_id)) }),
    }),
    defineRoute({
      method: 'get',
      path: '/api/sessions/:session_id/summary',
      access,
      summary: 'A summary of a run, readable in a minute; no parts before its end',
      params: sessionParams,
      answers: { 200: { description: 'The parts in the order in which they are read', schema: runSummarySchema } },
      handle: ({ params }) => ({ json: runSummaryOf(view, runNamed(parts, params.session_id)) }),
    }),
    defineRoute({
      method: 'get',
      path: '/api/sessions/:session_id/tasks',
      access,
      summary: 'Some tasks of a run: by number, status or words in the title; ordered by number, by start or by end',
      params: sessionParams,
      query: z.object({
        offset: queryNumber(0, 1_000_000, 0),
        limit: queryNumber(1, 500, 100),
        status: taskStatuses.optional(),
        order: z.enum(['number', 'work', 'ended']).default('number'),
        q: z.string().max(200).optional(),
      }),
      answers: { 200: { description: 'Tasks in that order', schema: taskPageSchema } },
      handle: ({ params, query }) => {
        const run = runNamed(parts, params.session_id)
        const { tasks, total } = tasksOfRun(parts, run, query)
        return { json: { tasks: tasks.map(taskRowOf), total, offset: query.offset } }
      },
    }),
  ]
}
