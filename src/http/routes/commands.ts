import type { Command } from '../../core/commands.ts'
import { HttpFailure } from '../failure.ts'
import type { Parts } from '../parts.ts'
import { refusalOf } from '../replies.ts'
import { defineRoute, type Route } from '../route.ts'
import { type CommandBody, commandAnswer, commandBody } from '../schemas/commands.ts'
import { queueNamed, submit } from '../submit.ts'
import { taskFileInHome } from '../task-file.ts'

/** Every act of the phone that is no answer to an ask. */
export function commandRoutes(parts: Parts): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/api/commands',
      access: 'token',
      summary: 'Start, pause, resume, skip, retry, stop, say, add, accept, undo',
      body: commandBody,
      answers: { 200: { description: 'Done, or to be confirmed first', schema: commandAnswer } },
      handle: async (call) => {
        const command = await commandOf(parts.config.home, call.body)
        const reply = await submit(parts, call, command, queueNamed(parts, call.body.project))
        const data = reply.data ?? {}
        if (reply.ok) return { json: { status: 'ok', message: reply.text, data } }
        // An undo is asked back: nothing went wrong, and nothing was done.
        if (typeof data.confirm === 'string') return { json: { status: 'confirm', message: reply.text, data } }
        throw refusalOf(reply, call.body.command === 'start' ? 400 : 409)
      },
    }),
  ]
}

async function commandOf(home: string, body: CommandBody): Promise<Command> {
  switch (body.command) {
    case 'start': {
      const files = body.task_files && (await Promise.all(body.task_files.map((name) => taskFileInHome(home, name))))
      return {
        type: 'start',
        autoApprove: body.auto_approve === true,
        ...(files && { files }),
        ...(body.only && { only: body.only }),
        ...(body.all === true && { all: true }),
      }
    }
    case 'pause':
      return { type: 'pause', afterTask: body.after_task === true }
    case 'resume':
      return { type: 'resume' }
    case 'stop':
      return { type: 'stop', ...(body.text !== undefined && { why: body.text }) }
    case 'skip':
      return { type: 'skip', ...taskOf(body), ...(body.text !== undefined && { why: body.text }) }
    case 'retry':
      if (body.session_id !== undefined && body.task === undefined)
        throw new HttpFailure(400, 'invalid', 'body.task: a session_id needs the task of that session.')
      return { type: 'retry', ...taskOf(body), ...(body.session_id !== undefined && { runId: body.session_id }) }
    case 'say':
      return { type: 'say', ...taskOf(body), text: body.text }
    case 'add': {
      const file = body.task_file === undefined ? undefined : await taskFileInHome(home, body.task_file)
      return { type: 'add', text: body.text, ...(file !== undefined && { file }) }
    }
    case 'accept':
      return { type: 'accept-run', ...(body.session_id !== undefined && { runId: body.session_id }) }
    case 'undo': {
      const { task, session_id: runId, confirm, overwrite } = body
      const more = { ...(runId !== undefined && { runId }), ...(confirm !== undefined && { confirm }) }
      return { type: 'undo', task, ...more, ...(overwrite && { overwrite }) }
    }
  }
}

const taskOf = ({ task }: { task?: number | undefined }) => (task === undefined ? {} : { task })
