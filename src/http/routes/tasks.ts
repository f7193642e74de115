import { z } from 'zod'
import { latestLogOf } from '../../daemon/api/task-in-view.ts'
import type { TaskView } from '../../daemon/api/views.ts'
import type { Redact } from '../../redact/redact.ts'
import { hideIn } from '../../text/document/hide.ts'
import { fromMarkdown } from '../../text/document/markdown.ts'
import { shownAsks } from '../asks-shown.ts'
import { HttpFailure } from '../failure.ts'
import { readLogPart } from '../log-files.ts'
import type { Parts } from '../parts.ts'
import { isoOrNull } from '../present/moment.ts'
import { presentTask } from '../present/task.ts'
import { defineRoute, type Route } from '../route.ts'
import { ask } from '../schemas/ask.ts'
import { queryNumber } from '../schemas/common.ts'
import { taskDetail } from '../schemas/task.ts'

const params = z.object({ session_id: z.string().max(200), number: z.string().regex(/^\d{1,7}$/) })
const LARGEST_PART = 1_024 * 1_024

/** One task: everything about it, its log and its diff. */
export function taskRoutes(parts: Parts): Route[] {
  const { view } = parts.api
  const access = 'token' as const
  const base = '/api/sessions/:session_id/tasks/:number'
  const taskNamed = (named: z.output<typeof params>): TaskView => {
    const task = view.task(named.session_id, Number(named.number))
    if (!task) throw new HttpFailure(404, 'no-such-task', 'There is no such task.')
    return task
  }
  return [
    defineRoute({
      method: 'get',
      path: base,
      access,
      summary: 'A task with its instruction, attempts, proof and questions',
      params,
      answers: { 200: { description: 'The task', schema: taskDetail.extend({ asks: z.array(ask) }) } },
      handle: ({ params: named }) => {
        const task = taskNamed(named)
        const asks = view.asksOfRun(named.session_id).filter((row) => row.taskId === task.id)
        return { json: { ...detailOf(parts, named.session_id, task), asks: shownAsks(parts, asks) } }
      },
    }),
    defineRoute({
      method: 'get',
      path: `${base}/log`,
      access,
      summary: 'A part of the log of an attempt: bytes from an offset, up to an offset, or the end',
      params,
      query: z.object({
        attempt: z
          .string()
          .regex(/^\d{1,4}$/)
          .optional(),
        after: queryNumber(0, Number.MAX_SAFE_INTEGER, 0).optional(),
        before: queryNumber(0, Number.MAX_SAFE_INTEGER, 0).optional(),
        bytes: queryNumber(1_024, LARGEST_PART, 262_144),
      }),
      answers: { 200: { description: 'Whole lines', schema: logPart } },
      handle: async ({ params: named, query }) => {
        const task = taskNamed(named)
        const attempts = view.attempts(task.id)
        const attempt = attempts.findLast((one) => query.attempt === undefined || one.number === Number(query.attempt))
        const { after, before, bytes } = query
        const place = after !== undefined ? { after } : before !== undefined ? { before } : ('end' as const)
        const part = attempt && (await readLogPart(attempt.logFile, place, bytes, parts.redact))
        const nothing = { text: '', from: 0, next: 0, size: 0 }
        return { json: { ...(part ?? nothing), attempt: attempt?.number ?? null, live: attempt?.live ?? false } }
      },
    }),
    defineRoute({
      method: 'get',
      path: `${base}/diff`,
      access,
      summary: 'What the task changed, as a unified diff',
      params,
      answers: { 200: { description: 'The diff', schema: z.object({ patch: z.string(), truncated: z.boolean() }) } },
      handle: async ({ params: named }) => {
        const task = taskNamed(named)
        const diff = await parts.diff?.({ runId: named.session_id, number: task.number })
        if (!diff) throw new HttpFailure(404, 'no-diff', 'No changes are recorded for this task.')
        return { json: diff }
      },
    }),
  ]
}

const logPart = z.object({
  text: z.string(),
  from: z.int(),
  next: z.int(),
  size: z.int(),
  attempt: z.int().nullable(),
  live: z.boolean(),
})

/**
 * Claude's words are Markdown; why a task failed may be the output of a program, which is shown as it is. Secrets are hidden before
 * and after it is read: a secret may hold marks, and marks may be in a secret.
 */
function resultDocument({ status, result }: TaskView, redact: Redact) {
  return result === undefined || status === 'failed' || status === 'blocked'
    ? null
    : hideIn(fromMarkdown(redact(result)), redact)
}

function detailOf({ api: { view }, diff, redact }: Parts, runId: string, task: TaskView): z.output<typeof taskDetail> {
  const spec = view.fullTask(task.id)?.spec
  const attempts = view.attempts(task.id)
  return {
    ...presentTask(task, ({ id }) => latestLogOf(view, id)),
    session_id: runId,
    description: spec?.description ?? null,
    acceptance_criteria: spec?.criteria ?? [],
    verify: spec?.verify ?? [],
    run: spec?.run ?? [],
    instruction: spec?.instruction ?? '',
    result_document: resultDocument(task, redact),
    proof: task.proof ?? null,
    attempt_list: attempts.map((attempt) => ({
      number: attempt.number,
      claude_session: attempt.sessionId,
      live: attempt.live,
      started_at: isoOrNull(attempt.startedAt),
      completed_at: isoOrNull(attempt.endedAt),
      outcome: attempt.outcome ?? null,
      turns: attempt.turns,
      cost_usd: attempt.costUsd,
      processes: attempt.processes,
      log: attempt.logFile,
    })),
    can: { diff: diff !== undefined && attempts.some((attempt) => attempt.checkpointAfter !== undefined) },
  }
}
