import { randomBytes } from 'node:crypto'
import type { z } from 'zod'
import type { Command } from '../../core/commands/commands.ts'
import type { Reply } from '../../core/inputs.ts'
import { HttpFailure } from '../failure.ts'
import { taskFileOf } from '../inline-tasks.ts'
import type { Parts } from '../parts.ts'
import { done } from '../replies.ts'
import { defineRoute, type Route, type RouteAnswer } from '../route.ts'
import { orchestrateBody, quickStartBody, type TaskInBody } from '../schemas/orchestrate.ts'
import { started } from '../schemas/run.ts'
import { queueNamed, submit } from '../submit.ts'
import { taskFileInHome } from '../task-file.ts'

const answers = {
  200: { description: 'Nothing to do: every task is done or already queued', schema: started },
  202: { description: 'The tasks are queued', schema: started },
}

/** The routes that start runs. */
export function startRoutes(parts: Parts): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/api/orchestrate',
      access: 'token',
      summary: 'Start a task file, tasks that are sent along, or the configured task files',
      body: orchestrateBody,
      answers,
      handle: async (call) => {
        const { auto_approve, max_parallel_agents, project } = call.body
        const { file, tasks } = whatStarts(call.body)
        const command: Command = { type: 'start', autoApprove: auto_approve === true }
        if (file !== undefined) command.files = [await taskFileInHome(parts.config.home, file)]
        if (tasks) command.inline = { name: nameOf(parts.now()), text: taskFileOf(tasks), form: 'json' }
        if (tasks) command.shownAs = ['tasks of a request']
        if (max_parallel_agents) command.lanes = max_parallel_agents
        const reply = done(await submit(parts, call, command, queueNamed(parts, project)), 400)
        return answerOf(reply)
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/quick-start',
      access: 'token',
      summary: 'Start the configured task files',
      body: quickStartBody,
      answers,
      handle: async (call) => {
        const command: Command = { type: 'start', autoApprove: call.body.auto_approve === true }
        return answerOf(done(await submit(parts, call, command, queueNamed(parts, call.body.project)), 400))
      },
    }),
  ]
}

/** The file or the tasks of a request; neither: the configured files. Throws HttpFailure for what could mean both. */
function whatStarts({ task_file, tasks, use_task_file }: z.output<typeof orchestrateBody>): {
  file?: string
  tasks?: readonly TaskInBody[]
} {
  const file = task_file || undefined
  // A list that is empty by mistake must not start everything there is.
  if (tasks?.length === 0 && use_task_file !== true)
    throw new HttpFailure(
      400,
      'invalid',
      'body.tasks: must contain a task; leave it out to start the configured files.',
    )
  const given = tasks?.length ? tasks : undefined
  if (given && use_task_file === true)
    throw new HttpFailure(400, 'invalid', 'Send either tasks or use_task_file, not both.')
  if (given && file !== undefined)
    throw new HttpFailure(
      400,
      'invalid',
      'Send either task_file or tasks, not both; without either, the configured files start.',
    )
  return { ...(file !== undefined && { file }), ...(given && { tasks: given }) }
}

/** Each request has a file of its own: the same name again would be mistaken for the same tasks. */
function nameOf(now: number): string {
  const time = new Date(now).toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-')
  return `request-${time}-${randomBytes(3).toString('hex')}`
}

function answerOf({ text: message, data }: Reply): RouteAnswer {
  const runId = data?.runId
  // The machine that takes it gives it its id.
  if (typeof data?.offer === 'string')
    return { status: 202, json: { session_id: null, status: 'started', total_tasks: 0, message } }
  if (typeof runId !== 'string')
    return { status: 200, json: { session_id: null, status: 'nothing_to_do', total_tasks: 0, message } }
  const total = typeof data?.tasks === 'number' ? data.tasks : 0
  return { status: 202, json: { session_id: runId, status: 'started', total_tasks: total, message } }
}
