import { argumentsOn, commandNamed, isRequired } from '../../core/commands/catalogue.ts'
import { commandOf, type Fields } from '../../core/commands/read-command.ts'
import { hasRunEnded } from '../../core/status.ts'
import { latestLogOf } from '../../daemon/api/task-in-view.ts'
import type { Views } from '../../daemon/api/views.ts'
import { HttpFailure } from '../failure.ts'
import type { Parts } from '../parts.ts'
import { webhookStatusOf } from '../present/webhook-status.ts'
import { done } from '../replies.ts'
import type { RouteAnswer, RouteCall } from '../route.ts'
import type { CommandParams } from '../schemas/commands.ts'
import { queueNamed, submit } from '../submit.ts'
import { taskFileInHome } from '../task-file.ts'
import { answerTo, IDLE, ok } from './webhook-answers.ts'
import { recentLog } from './webhook-log.ts'

type Caller = Pick<RouteCall<unknown, unknown, unknown>, 'by' | 'once'>

/** Does what a command of the predecessor says. Throws HttpFailure. */
export async function runWebhookCommand(
  parts: Parts,
  caller: Caller,
  name: string,
  params: CommandParams,
): Promise<RouteAnswer> {
  const queue = queueNamed(parts, params.project ?? undefined)
  const task = params.task ?? undefined
  if (name === 'start') return start(parts, caller, params, queue)
  if (name === 'status') return status(parts, queue)
  if (name === 'logs')
    return ok('The last lines of the log', await recentLog(parts, queue, params.lines ?? undefined, task))
  const entry = commandNamed('webhook', name)
  if (!entry) throw new HttpFailure(400, 'invalid', 'command: unknown.')
  const text = params.text ?? params.response ?? undefined
  const fields: Fields = {}
  for (const argument of argumentsOn(entry, 'webhook')) {
    const value = argument.is === 'task' ? task : argument.is === 'words' ? text : undefined
    if (value === undefined && isRequired(argument, 'webhook'))
      throw new HttpFailure(400, 'invalid', `params.response: the ${name} is missing.`)
    fields[argument.field] = value
  }
  const reply = await submit(parts, caller, commandOf(entry, fields), queue)
  return answerTo(reply, isAnyOpen(parts.api.view, queue))
}

const isAnyOpen = (view: Views, queue: string | undefined): boolean => {
  const { run } = view.status(queue)
  return run !== undefined && !hasRunEnded(run.status)
}

async function start(
  parts: Parts,
  caller: Caller,
  params: CommandParams,
  queue: string | undefined,
): Promise<RouteAnswer> {
  const named = params.task_file || undefined
  const files = named === undefined ? undefined : [await taskFileInHome(parts.config.home, named)]
  const autoApprove = params.auto_approve === true
  const reply = done(await submit(parts, caller, { type: 'start', autoApprove, ...(files && { files }) }, queue), 400)
  const runId = typeof reply.data?.runId === 'string' ? reply.data.runId : undefined
  const taskFile = named ?? parts.api.view.run(runId ?? '')?.files.join(', ') ?? null
  return ok(reply.text, {
    task_file: taskFile,
    auto_approve: autoApprove,
    session_id: runId ?? null,
    total_tasks: reply.data?.tasks ?? 0,
  })
}

function status({ api: { view } }: Parts, queue: string | undefined): RouteAnswer {
  const session = webhookStatusOf(view, (taskId) => latestLogOf(view, taskId), queue)
  if (!session) return { json: IDLE }
  const { status: word, ...fields } = session
  const { live, current } = view.status(queue)
  const what = current ? `: task ${current.number} of ${session.total}, ${current.title} (${current.status})` : ''
  const doing = live ? `, ${live.activity}` : ''
  return ok(`The run is ${word}${what}${doing}`, { ...fields, session_status: word, session })
}
