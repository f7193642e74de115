import type { Reply } from '../../core/inputs.ts'
import type { Task } from '../../core/types.ts'
import { encodeTap } from '../callback.ts'
import type { ChatContext } from '../context.ts'
import { editFor } from '../delivery.ts'
import type { Message } from '../message.ts'
import { inProject, nameProject } from '../name-project.ts'
import { renderNotice } from '../render/notice.ts'
import { undoneButtons } from '../render/receipt.ts'
import type { UpdateContext } from '../update-context.ts'
import { type CommandHandler, numberWritten, taskMeant } from './call.ts'

const NOT_KEPT = 'This task is no longer stored.'

/** `/undo 3`: shows what would happen, and asks with buttons. */
export const offerUndo: CommandHandler = async (call) => {
  const { ctx, queue } = call
  const task = taskMeant(call, numberWritten(call))
  if (task === 'asked') return
  if (!task) return ctx.say(renderNotice('There is nothing to undo: no such task has run.'))
  const reply = await ctx.submit({ type: 'undo', task: task.number, runId: task.runId }, queue)
  ctx.say(planMessage(task.id, reply))
}

/** The tap that confirms: `key` stands for the plan that was shown, and only that is done. Its message then shows the result. */
export async function confirmUndo(chat: ChatContext, ctx: UpdateContext, taskId: string, key: string): Promise<void> {
  const found = lookUp(chat, taskId)
  if (!found) return show(ctx, renderNotice(NOT_KEPT))
  const { task, queue } = found
  const reply = await ctx.submit({ type: 'undo', task: task.number, runId: task.runId, confirm: key }, queue)
  const message = nameProject(chat, queue, planMessage(taskId, reply))
  // What was refused leaves the message with its buttons as it is: it can be tapped again, or shows what was done.
  if (reply.ok || typeof reply.data?.confirm === 'string') show(ctx, message)
  else ctx.say(message)
}

/** Shows what bringing an undone task's changes back would do, and asks with buttons. */
export async function bringBack(chat: ChatContext, ctx: UpdateContext, taskId: string): Promise<void> {
  const found = lookUp(chat, taskId)
  if (!found) return ctx.say(renderNotice(NOT_KEPT))
  const { task, queue } = found
  const { say } = inProject(chat, ctx, queue)
  if (task.phase !== 'undone') return say(notUndone(task))
  say(planMessage(taskId, await ctx.submit({ type: 'undo', task: task.number, runId: task.runId }, queue)))
}

/** Has an undone task done again; the tapped message follows. */
export async function redo(chat: ChatContext, ctx: UpdateContext, taskId: string): Promise<void> {
  const found = lookUp(chat, taskId)
  if (!found) return ctx.say(renderNotice(NOT_KEPT))
  const { task, queue } = found
  const { say } = inProject(chat, ctx, queue)
  if (task.phase !== 'undone') return say(notUndone(task))
  const reply = await ctx.submit({ type: 'retry', task: task.number, runId: task.runId }, queue)
  if (reply.ok) show(ctx, nameProject(chat, queue, renderNotice(reply.text, { mark: '🔁' })))
  else say(renderNotice(reply.text))
}

function lookUp({ deps }: ChatContext, taskId: string): { task: Task; queue: string } | undefined {
  const { view } = deps.api
  const task = view.fullTask(taskId)
  const queue = task && view.run(task.runId)?.queue
  return task && queue !== undefined ? { task, queue } : undefined
}

const notUndone = ({ number, phase }: Task): Message =>
  renderNotice(`Task ${number} is no longer undone: it is ${phase}. /tasks for the list.`)

/** What an undo would do, with the buttons that decide; or what it did, with what can follow. */
function planMessage(taskId: string, { ok, text, data }: Reply): Message {
  const key = data?.confirm
  if (ok) return renderNotice(text, { mark: '⏪', ...(data?.undone === true && { buttons: [undoneButtons(taskId)] }) })
  if (typeof key !== 'string') return renderNotice(text, { mark: 'ℹ️' })
  const again = data?.again === true
  const confirm = { text: again ? 'Bring back' : 'Undo', data: encodeTap({ kind: 'undo', taskId, key }) }
  const cancel = { text: 'Cancel', data: encodeTap({ kind: 'keep' }) }
  return renderNotice(text, {
    mark: '⏪',
    buttons: [[{ ...confirm, style: again ? ('success' as const) : ('danger' as const) }, cancel]],
  })
}

function show(ctx: UpdateContext, message: Message): void {
  ctx.put(editFor(ctx.chatId, { messageId: ctx.messageId }, message, { urgent: true }))
}
