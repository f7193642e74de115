import { argumentsOn, type CommandEntry, isRequired } from '../../core/commands/catalogue.ts'
import type { Command } from '../../core/commands/commands.ts'
import { askFor, commandOf } from '../../core/commands/read-command.ts'
import type { Reply } from '../../core/inputs.ts'
import { isCurrentRun } from '../current-run.ts'
import { renderNotice } from '../render/notice.ts'
import { openReplyField, wordsWanted } from '../reply-field.ts'
import { type CommandCall, type CommandHandler, taskOfReply } from './call.ts'
import { type TaskMeant, whichTask } from './which.ts'

const NOTHING_RUNS = 'Nothing is running. /start to begin, /tasks for the list.'
const NOTHING_WAITS = 'Nothing is paused or stopped. /start to begin.'
const NOTHING_FAILED = 'Nothing has failed. /tasks for the list, /retry 3 to redo task 3 from scratch.'

/** Submits a command and shows the reply; `idle` where there is nothing that it could be about. */
async function command({ ctx, chat, queue }: CommandCall, wanted: Command, idle = NOTHING_RUNS): Promise<void> {
  const reply = await ctx.submit(wanted, queue)
  const tasks = reply.code === 'ambiguous' ? (reply.data?.tasks as TaskMeant[] | undefined) : undefined
  if (tasks) return whichTask(chat, ctx, tasks)
  say({ ctx, chat }, reply, idle)
}

function say({ ctx, chat }: Pick<CommandCall, 'ctx' | 'chat'>, reply: Reply, idle = NOTHING_RUNS): void {
  const text = reply.code === 'idle' ? idle : chat.deps.redact(reply.text)
  ctx.say(renderNotice(text, { mark: reply.ok ? '✅' : 'ℹ️' }))
}

const EARLIER_RUN = 'That task belongs to an earlier run.'

/** The task that was picked or, where no number was written, the one whose message is replied to. */
function pickedTask(call: CommandCall, written: number | undefined): CommandCall['task'] {
  return call.task ?? (written === undefined ? taskOfReply(call) : undefined)
}

/** What to say where there is nothing that the command could be about. */
const IDLE: Readonly<Record<string, string>> = { resume: NOTHING_WAITS, retry: NOTHING_FAILED }

/** Submits a command as it was written; the task of the message that is replied to stands for a number. */
export function submitWritten(entry: CommandEntry): CommandHandler {
  return async (call) => {
    const fields = { ...call.fields }
    const takesTask = argumentsOn(entry, 'chat').some(({ is }) => is === 'task')
    const picked = takesTask ? pickedTask(call, fields.task as number | undefined) : call.task
    if (picked && !call.task && !isCurrentRun(call.chat, picked.runId))
      return say(call, { ok: false, text: EARLIER_RUN })
    if (picked) fields.task = picked.number
    const missing = argumentsOn(entry, 'chat').find((one) => isRequired(one, 'chat') && fields[one.field] === undefined)
    if (missing) return say(call, { ok: false, text: askFor(entry) })
    const wanted = commandOf(entry, fields)
    return command(call, picked && !('target' in wanted) ? aboutTask(wanted, picked) : wanted, IDLE[entry.name])
  }
}

/** Of the task that was picked; where the command can say so, of that run and no later one. */
const aboutTask = (wanted: Command, { runId, number }: NonNullable<CommandCall['task']>): Command => {
  const isOfRun = wanted.type === 'skip' || wanted.type === 'retry' || wanted.type === 'say'
  return { ...wanted, task: number, ...(isOfRun && { runId }) } as Command
}

/** Words for the running task. */
export const sayTo: CommandHandler = async (call) => {
  if (call.text !== '') {
    const wanted: Command = { type: 'say', text: call.text }
    return command(call, call.task ? aboutTask(wanted, call.task) : wanted)
  }
  if (!call.chat.deps.api.view.status(call.queue).current) return say(call, { ok: false, code: 'idle', text: '' })
  const message = wordsWanted('What should I tell Claude?', 'For Claude')
  await openReplyField(call.chat, call.ctx, { slot: `say:${call.queue}`, message })
}

/** A new task for a file: the first line is its title. */
export const add: CommandHandler = async (call) => {
  if (call.text !== '') return command(call, { type: 'add', text: call.text })
  const text = 'What should be done? The first line becomes the title, the rest the instruction.'
  await openReplyField(call.chat, call.ctx, { slot: `add:${call.queue}`, message: wordsWanted(text, 'The task') })
}
