import { latestLogOf } from '../../daemon/api/task-in-view.ts'
import type { Parts } from '../parts.ts'
import { webhookStatusOf } from '../present/webhook-status.ts'
import { type AnswerSpec, defineRoute, type Route } from '../route.ts'
import { commandDone, webhookBody, webhookCommandBody, webhookLogs, webhookLogsBody } from '../schemas/commands.ts'
import { idle, webhookStatus } from '../schemas/run.ts'
import { queueNamed } from '../submit.ts'
import { IDLE } from './webhook-answers.ts'
import { runWebhookCommand } from './webhook-commands.ts'
import { recentLog } from './webhook-log.ts'

const access = 'secret' as const
const method = 'post' as const
const acted: Record<number, AnswerSpec> = {
  200: { description: 'Done, or no active session', schema: commandDone },
}

/** The routes of the Python predecessor, word for word, so that flows made for it keep working. */
export function webhookRoutes(parts: Parts): Route[] {
  const { view } = parts.api
  return [
    defineRoute({
      method,
      path: '/webhook/command',
      access,
      summary: 'Any command of the phone',
      body: webhookCommandBody,
      answers: acted,
      handle: (call) => runWebhookCommand(parts, call, call.body.command, call.body.params ?? {}),
    }),
    defineRoute({
      method,
      path: '/webhook/status',
      access,
      summary: 'The current or latest run, with its tasks',
      body: webhookBody,
      answers: { 200: { description: 'The run, or no active session', schema: webhookStatus.or(idle) } },
      handle: ({ body }) => {
        const queue = queueNamed(parts, body.params?.project ?? undefined)
        return { json: webhookStatusOf(view, (taskId) => latestLogOf(view, taskId), queue) ?? IDLE }
      },
    }),
    ...(['approve', 'pause', 'resume', 'skip'] as const).map((command) =>
      defineRoute({
        method,
        path: `/webhook/${command}`,
        access,
        summary: `The command ${command}`,
        body: webhookBody,
        answers: acted,
        handle: (call) => runWebhookCommand(parts, call, command, call.body.params ?? {}),
      }),
    ),
    defineRoute({
      method,
      path: '/webhook/logs',
      access,
      summary: 'The last log lines of the current task',
      body: webhookLogsBody,
      answers: { 200: { description: 'The last lines', schema: webhookLogs } },
      handle: async ({ body }) => {
        const queue = queueNamed(parts, body.project ?? undefined)
        return { json: await recentLog(parts, queue, body.lines ?? undefined) }
      },
    }),
  ]
}
